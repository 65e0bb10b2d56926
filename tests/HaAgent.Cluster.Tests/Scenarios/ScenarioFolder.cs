using System.Text.Json;
using System.Text.Json.Nodes;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using Xunit;

namespace HaAgent.Cluster.Tests.Scenarios;

/// <summary>
/// A folder per case: current.json (what differs from the base folder's, as an RFC 7396 merge patch), cib.xml (the base folder's unless it has
/// its own), desired.json, expected.txt. A new case needs no code. Nothing is created here: a missing expectation is a failure.
/// </summary>
internal sealed class ScenarioFolder(string verb, string name)
{
    /// <summary>The cases of a verb, for a theory.</summary>
    public static IEnumerable<TheoryDataRow<string>> Of(string verb) =>
        Directory.EnumerateDirectories(Path.Combine(Root, verb)).Select(Path.GetFileName).OfType<string>()
            .Where(name => name != "base").Order(StringComparer.Ordinal).Select(name => new TheoryDataRow<string>(name));

    public JsonNode Desired => JsonNode.Parse(Read("desired.json"))!;

    /// <summary>A list of words among what is desired; empty when it is not given.</summary>
    public string[] Words(string key) => [.. (Desired[key]?.AsArray() ?? []).Select(word => (string)word!)];

    public Snapshot Current
    {
        get
        {
            JsonNode facts = Merge(JsonNode.Parse(File.ReadAllText(Base("current.json"))), Optional("current.json") is { } own ? JsonNode.Parse(own) : new JsonObject())!;
            string cib = Optional("cib.xml") ?? File.ReadAllText(Base("cib.xml"));
            NodeFacts[] nodes = [.. facts["nodes"]!.AsObject().Select(node => CompactFacts.Read(node.Key, node.Value!.AsObject()))];
            return new Snapshot((string)facts["self"]!, Cib.Parse(cib), facts["status"].Deserialize<ClusterStatus>(CompactFacts.Options)!, nodes);
        }
    }

    /// <summary>Compares with expected.txt, and leaves what was seen in actual.txt beside the test's binary so that it can be read and, when right, copied.</summary>
    public void AssertExpected(IEnumerable<string> lines)
    {
        string actual = string.Join('\n', lines) + "\n";
        string place = Path.Combine(AppContext.BaseDirectory, "actual", verb, name);
        Directory.CreateDirectory(place);
        File.WriteAllText(Path.Combine(place, "expected.txt"), actual);
        Assert.Equal(Read("expected.txt"), actual);
    }

    private static string Root => Path.Combine(TestFile.Root, "Scenarios");

    private string Base(string file) => Path.Combine(Root, verb, "base", file);

    private string Read(string file) => File.ReadAllText(Path.Combine(Root, verb, name, file));

    private string? Optional(string file) => Path.Combine(Root, verb, name, file) is var path && File.Exists(path) ? File.ReadAllText(path) : null;

    private static bool IsWord(JsonObject fact) => fact.ContainsKey("absent") || fact.ContainsKey("not-learned");

    private static JsonNode? Merge(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
            return patch?.DeepClone();

        // What is absent or was not learned is nothing to merge with.
        JsonObject result = target is JsonObject present && !IsWord(present) && !IsWord(changes) ? present.DeepClone().AsObject() : [];
        foreach ((string key, JsonNode? value) in changes)
        {
            if (value is null)
                result.Remove(key);
            else
                result[key] = Merge(result[key], value);
        }

        return result;
    }
}
