using System.Text.Json.Nodes;
using System.Xml.Linq;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Tests;

namespace HaAgent.Cluster.Tests.Scenarios;

/// <summary>
/// What is asked of a verb (desired), what the nodes answer (facts) and the cluster's configuration (cib). A case says what it has otherwise
/// than its verb's base.txt, and that what it has otherwise than the cluster of the base.txt beside this file. A new case needs no code.
///
/// Facts are laid over those below as RFC 7396 has it: null takes away, and a list is given anew. What stands under "each" holds for every
/// node. In a CIB an element is found by its name and id, and new when there is none; absent="true" takes it away, and an empty attribute
/// that attribute.
/// </summary>
internal sealed class PlannerCase(string verb, string name)
{
    private const string Root = "tests/HaAgent.Cluster.Tests/Scenarios";

    private readonly CaseFile _case = new($"{Root}/{verb}", name, ["desired", "facts", "cib"], $"{Root}/{verb}", Root);

    public JsonNode Desired => JsonNode.Parse(_case["desired"])!;

    /// <summary>A list of words among what is desired; empty when it is not given.</summary>
    public string[] Words(string key) => [.. (Desired[key]?.AsArray() ?? []).Select(word => (string)word!)];

    public Snapshot Current
    {
        get
        {
            var facts = new JsonObject { ["nodes"] = new JsonObject() };
            foreach (string layer in _case.Layers("facts"))
                facts = LayFacts(facts, JsonNode.Parse(layer)!.AsObject());
            var cib = new XElement("cib");
            foreach (string layer in _case.Layers("cib"))
                LayCib(cib, XElement.Parse(layer));
            NodeFacts[] nodes = [.. facts["nodes"]!.AsObject().Select(node => CompactFacts.Read(node.Key, node.Value!.AsObject()))];
            ClusterStatus status = CompactFacts.ReadStatus(facts["status"]!.AsObject());
            return new Snapshot((string)facts["self"]!, Cib.Parse(cib.ToString()), status, nodes);
        }
    }

    public void AssertExpected(IEnumerable<string> lines) => _case.AssertExpected(lines);

    private static JsonObject LayFacts(JsonObject below, JsonObject own)
    {
        JsonObject nodes = own["nodes"]?.AsObject() ?? [];
        JsonNode each = nodes["each"] ?? new JsonObject();
        nodes.Remove("each");
        var result = (JsonObject)Merge(below, own)!;
        foreach (string node in result["nodes"]!.AsObject().Select(pair => pair.Key).ToArray())
            result["nodes"]![node] = Merge(Merge(below["nodes"]![node], each), nodes[node] ?? new JsonObject());
        return result;
    }

    private static JsonNode? Merge(JsonNode? below, JsonNode? own)
    {
        if (own is not JsonObject changes)
            return own?.DeepClone();

        // What is absent or was not learned is nothing to merge with.
        JsonObject result = below is JsonObject present && !IsWord(present) && !IsWord(changes) ? present.DeepClone().AsObject() : [];
        foreach ((string key, JsonNode? value) in changes)
        {
            if (value is null)
                result.Remove(key);
            else
                result[key] = Merge(result[key], value);
        }

        return result;
    }

    private static bool IsWord(JsonObject fact) => fact.ContainsKey("absent") || fact.ContainsKey("not-learned");

    private static void LayCib(XElement below, XElement own)
    {
        foreach (XAttribute attribute in own.Attributes())
            below.SetAttributeValue(attribute.Name, attribute.Value.Length == 0 ? null : attribute.Value);
        foreach (XElement element in own.Elements())
        {
            string? id = element.Attribute("id")?.Value;
            XElement? present = below.Elements(element.Name).SingleOrDefault(e => e.Attribute("id")?.Value == id);
            if (element.Attribute("absent") is not null)
                (present ?? throw new FormatException($"{element} is absent already")).Remove();
            else if (present is null)
                below.Add(element);
            else
                LayCib(present, element);
        }
    }
}
