using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using HaAgent.Cluster.Facts;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Tests.Scenarios;

/// <summary>
/// Reads a node's facts from the short form of the cases: a plain value is known, {"absent": true} is known to be absent, {"not-learned": "why"} is
/// not learned. What a case does not mention is known to be none, except for files, directories, devices and paths: those were not asked for.
/// A long text may be a list of its pieces.
/// </summary>
internal static class CompactFacts
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNameCaseInsensitive = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(), new FactConverterFactory(), new FailureConverter() },
    };

    private static readonly string[] Nothing = ["Programs", "Agents", "Mounts", "Daemons", "Domains", "Links", "RingAddresses", "Leases", "MigrationLines", "PacemakerAfter", "TcpPorts"];

    /// <summary>
    /// The cluster's state: nodes by their names, and of each resource the nodes on which it is started, or what else is to be said of it.
    /// </summary>
    public static ClusterStatus ReadStatus(JsonObject status)
    {
        JsonObject nodes = Take("Nodes"), resources = Take("Resources");
        status["Nodes"] = new JsonArray([.. nodes.Select(node => Named("Name", node.Key, node.Value!.AsObject()))]);
        status["Resources"] = new JsonArray([.. resources.SelectMany(resource => Instances(resource.Key, resource.Value!))]);
        return status.Deserialize<ClusterStatus>(Options)!;

        JsonObject Take(string key) => status[key]?.DeepClone().AsObject() ?? [];

        static JsonObject Named(string key, string name, JsonObject of)
        {
            JsonObject named = of.DeepClone().AsObject();
            named[key] = name;
            return named;
        }

        static IEnumerable<JsonObject> Instances(string id, JsonNode of) => of switch
        {
            JsonArray { Count: 0 } => [new JsonObject { ["Id"] = id, ["Role"] = "Stopped" }],
            JsonArray started => started.Select(
                node => new JsonObject { ["Id"] = id, ["Role"] = "Started", ["Active"] = true, ["Managed"] = true, ["Nodes"] = new JsonArray((string)node!) }),
            _ => [Named("Id", id, of.AsObject())],
        };
    }

    public static NodeFacts Read(string name, JsonObject node)
    {
        node["Name"] = name;
        foreach (string list in Nothing)
            node[list] ??= new JsonArray();
        foreach (string map in new[] { "Units", "Neighbours" })
            node[map] ??= new JsonObject();
        foreach (string absent in new[] { "Sbd", "ClusterName", "Packages", "DlmHelper", "DlmWaits" })
            node[absent] ??= Absent();
        node["LockPlugin"] ??= node["Programs"] is not JsonArray programs ? node["Programs"]!.DeepClone()
            : programs.Any(program => (string?)program == "virtlockd") ? "/usr/lib64/libvirt/lock-driver/lockd.so" : Absent();
        node["Systemd"] ??= false;
        node["PacemakerNeedsReload"] ??= false;
        node["CpuModel"] ??= "";
        node["KernelFilesystems"] ??= new JsonObject { ["ocfs2"] = false, ["gfs2"] = false };
        node["Guests"] ??= new JsonObject();
        if (node["Guests"] is JsonObject guests)
        {
            foreach ((string guest, JsonNode? pid) in guests.ToArray().Where(each => each.Value is JsonValue value && value.GetValueKind() == JsonValueKind.Number))
                guests[guest] = new JsonObject { ["Pid"] = pid!.DeepClone(), ["StartTime"] = 5 };
        }

        node["Peers"] ??= new JsonObject();
        foreach (JsonObject domain in Objects(node["Domains"]))
        {
            Join(domain, "Xml");
            Join(domain, "LiveXml");

            // Mostly what runs is what is defined.
            bool both = (bool?)domain["Active"] == true && (bool?)domain["Persistent"] == true;
            Fill(domain, ("LiveXml", both ? domain["Xml"]?.DeepClone() ?? Absent() : Absent()));
            Fill(domain, ("Uuid", Uuid(domain)), ("Active", false), ("Autostart", false), ("Persistent", false), ("State", "NoState"), ("Paused", "Unknown"), ("Xml", Absent()));
        }

        foreach (JsonObject link in Objects(node["Links"]))
            Fill(link, ("Bridge", false), ("Addresses", new JsonArray()));
        foreach (JsonObject file in Objects(node["Files"]))
        {
            Join(file, "Text");
            Fill(file, ("Age", "00:00:00"));
        }

        foreach (JsonObject directory in Objects(node["Directories"]))
            Fill(directory, ("Mark", Absent()));
        foreach (JsonObject device in Objects(node["Devices"]))
        {
            Fill(device, ("RealPath", ""), ("Size", 0), ("ReadOnly", false), ("StableNames", new JsonArray()), ("Signatures", new JsonArray()),
                ("UsedBy", new JsonArray()), ("ClusterFilesystem", Absent()));
            Fill(device, ("Blank", device["Signatures"] is JsonArray { Count: 0 }));
        }

        foreach (JsonObject path in Objects(node["Paths"]))
            Fill(path, ("RealPath", ""), ("MountPoint", ""), ("Identity", Absent()), ("Size", 0), ("StableNames", new JsonArray()));
        return node.Deserialize<NodeFacts>(Options)!;
    }

    private static JsonObject Absent() => new() { ["absent"] = true };

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonArray array => array.OfType<JsonObject>(),
        JsonObject map => map.Select(pair => pair.Value).OfType<JsonObject>(),
        _ => [],
    };

    private static void Fill(JsonObject target, params (string Key, JsonNode Value)[] values)
    {
        foreach ((string key, JsonNode value) in values)
            target[key] ??= value;
    }

    private static void Join(JsonObject target, string key)
    {
        if (target[key] is JsonArray pieces)
            target[key] = string.Concat(pieces.Select(piece => (string)piece!));
    }

    private static string Uuid(JsonObject domain) => domain["Xml"] is JsonValue xml ? DomainXml.Parse((string)xml!, out _)?.Identity.Uuid ?? "" : "";

    /// <summary>What ssh says stands for all that keeps a node from being asked; a number is the seconds within which it said nothing.</summary>
    private sealed class FailureConverter : JsonConverter<NodeFailure>
    {
        public override NodeFailure Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Number ? new NodeFailure.TooLate(TimeSpan.FromSeconds(reader.GetInt32())) : new NodeFailure.NotReached(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, NodeFailure value, JsonSerializerOptions options) => throw new NotSupportedException();
    }

    private sealed class FactConverterFactory : JsonConverterFactory
    {
        public override bool CanConvert(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Fact<>);

        public override JsonConverter CreateConverter(Type type, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(typeof(FactConverter<>).MakeGenericType(type.GetGenericArguments()))!;
    }

    private sealed class FactConverter<T> : JsonConverter<Fact<T>>
        where T : notnull
    {
        public override Fact<T> Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            JsonNode node = JsonNode.Parse(ref reader)!;
            if (node is JsonObject { } fact && fact["absent"] is not null)
                return Fact.Absent<T>();
            return node is JsonObject unknown && unknown["not-learned"] is { } why ? Fact.NotLearned<T>((string)why!) : Fact.Known(node.Deserialize<T>(options)!);
        }

        public override void Write(Utf8JsonWriter writer, Fact<T> value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}
