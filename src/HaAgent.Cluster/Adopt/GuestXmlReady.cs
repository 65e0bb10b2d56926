using System.Text;
using HaAgent.Cluster.Check.Guests;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Adopt;

/// <summary>
/// Whether the agent that a guest is handed to finds the guest's XML: without it the agent can neither say whether the guest runs nor start
/// it again, and whatever failed first would end the guest.
/// </summary>
internal static class GuestXmlReady
{
    /// <summary>Why the guest cannot be handed over.</summary>
    /// <param name="guest">The guest.</param>
    /// <param name="home">Where it runs; null when it does not.</param>
    /// <param name="snapshot">What was seen.</param>
    public static IEnumerable<Refusal> Refusals(Primitive guest, string? home, Snapshot snapshot)
    {
        if (guest.Parameter("config") is not { } path)
        {
            yield return new Refusal(
                $"{guest.Id} has no parameter config, which names its XML",
                $"crm resource param {guest.Id} set config PATH, to where its XML lies on every node"
            );
            yield break;
        }

        NodeFacts[] nodes = [.. snapshot.Reached.Where(node => node.Name == home || snapshot.Status.TakesResources(node.Name))];
        foreach (NodeFacts node in nodes)
        {
            if (node.File(path).IsNotLearned(out string? why))
                yield return Refusal.NotLearned($"what the XML of {guest.Id}, {path}, says", node.Name, why);
            else if (
                node.File(path).Value is { } file
                && GuestDocument.Read(Encoding.Latin1.GetBytes(file.Text), out string problem) is null
            )
                yield return new Refusal(
                    $"the XML of {guest.Id} on {node.Name}, {path}, {problem}",
                    $"write it anew by virsh dumpxml --inactive --security-info, where the guest is defined"
                );
        }

        NodeFacts[] without = [.. nodes.Where(node => node.File(path).State == FactState.Absent)];
        if (without.Any(node => node.Name == home) || (without.Length > 0 && without.Length == nodes.Length))
            yield return new Refusal(
                $"the XML of {guest.Id}, {path}, is missing on {string.Join(", ", without.Select(node => node.Name))}",
                $"write it there by virsh dumpxml --inactive --security-info, where the guest is defined"
            );
    }

    /// <summary>Where it could not be started.</summary>
    public static Plan Notes(Primitive guest, Snapshot snapshot)
    {
        string path = guest.Parameter("config") ?? "";
        string[] without = [.. snapshot.Reached.Where(node => node.File(path).State == FactState.Absent).Select(node => node.Name)];
        return without.Length == 0
            ? new Plan()
            : Plan.Note($"{path} is missing on {string.Join(", ", without)}, so {guest.Id} cannot start there");
    }
}
