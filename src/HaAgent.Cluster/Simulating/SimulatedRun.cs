using System.Xml.Linq;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Simulating;

/// <summary>One thing that the scheduler would do to a resource.</summary>
/// <param name="Resource">The primitive, without an instance number.</param>
/// <param name="Kind">start, stop, move, migrate, restart, recover, … in lower case.</param>
/// <param name="From">Where it runs now; null when it does not.</param>
/// <param name="To">Where it would run; null when nowhere.</param>
/// <param name="Reason">What the scheduler says; null when it says nothing.</param>
public sealed record SimulatedAction(string Resource, string Kind, string? From, string? To, string? Reason)
{
    /// <summary>It is wanted, but the scheduler may not do it, as without quorum.</summary>
    public bool Blocked { get; init; }
}

/// <summary>What <c>crm_simulate --output-as=xml --show-scores</c> answered: the cluster's own scheduler, asked and not imitated.</summary>
public sealed record SimulatedRun
{
    /// <summary>What would be done, resource by resource; what stays as it is is left out.</summary>
    public IReadOnlyList<SimulatedAction> Actions { get; init; } = [];

    /// <summary>The final score of each resource on each node.</summary>
    public IReadOnlyDictionary<(string Resource, string Node), long> Scores { get; init; } = new Dictionary<(string, string), long>();

    /// <summary>What would be done to a resource, or null: it stays as it is.</summary>
    public SimulatedAction? For(string resource) => Actions.FirstOrDefault(a => a.Resource == resource);

    /// <summary>Where a primitive, or any instance of it, would be once all that is done.</summary>
    public IEnumerable<string> PlacesAfter(string resource, ClusterStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        SimulatedAction[] own = [.. Actions.Where(a => a.Resource == resource && !a.Blocked)];
        return status.Anywhere(resource).Except(own.Select(a => a.From).OfType<string>()).Union(own.Select(a => a.To).OfType<string>());
    }

    /// <summary>Parses the answer.</summary>
    /// <exception cref="System.Xml.XmlException">It is not XML, or no answer of Pacemaker's.</exception>
    public static SimulatedRun Parse(string xml)
    {
        XElement root = ForeignXml.Parse(xml, root: "pacemaker-result");
        var scores = new Dictionary<(string, string), long>();

        // The scheduler weighs several times; its last word is the one it acts on.
        foreach (XElement weight in root.Elements("allocations").Elements("node_weight"))
            scores[((string?)weight.Attribute("id") ?? "", (string?)weight.Attribute("node") ?? "")] = Score.Parse(
                (string?)weight.Attribute("score")
            );
        return new SimulatedRun
        {
            Actions = [.. root.Elements("actions").Elements("rsc_action").Select(ReadAction).Where(a => a.Kind is not ("" or "leave"))],
            Scores = scores,
        };
    }

    private static SimulatedAction ReadAction(XElement action)
    {
        // Pacemaker 2.1 writes "migrate", the text output "Migrate".
        string kind = ((string?)action.Attribute("action") ?? "").ToLowerInvariant();
        string? node = (string?)action.Attribute("node");
        string? source = (string?)action.Attribute("source") ?? (kind == "start" ? null : node);
        string? target = (string?)action.Attribute("dest") ?? (kind == "stop" ? null : node ?? source);
        return new SimulatedAction(
            ((string?)action.Attribute("resource") ?? "").Split(':')[0],
            kind,
            source,
            target,
            (string?)action.Attribute("reason")
        )
        {
            Blocked = (string?)action.Attribute("blocked") == "true",
        };
    }
}

/// <summary>What <c>crm_simulate --simulate --output-as=xml</c> says the cluster would do, in sentences.</summary>
public static class SimulatedActions
{
    /// <summary>One sentence for each resource that would be started, stopped, moved or restarted.</summary>
    public static IReadOnlyList<string> Sentences(SimulatedRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return [.. run.Actions.Select(Sentence)];
    }

    /// <summary>One of them.</summary>
    public static string Sentence(SimulatedAction action)
    {
        ArgumentNullException.ThrowIfNull(action);
        (string resource, string? from, string? to) = (action.Resource, action.From, action.To);
        string reason = action switch
        {
            { Blocked: true } => $" (blocked: {action.Reason ?? "no reason given"})",
            { Reason: { } why } => $" ({why})",
            _ => "",
        };
        return action.Kind switch
        {
            "start" => $"start {resource} on {to}{reason}",
            "stop" => $"stop {resource} on {from}{reason}",
            "move" => $"move {resource} from {from} to {to}{reason}",
            "migrate" => $"migrate {resource} live from {from} to {to}{reason}",
            "restart" => $"restart {resource} on {from}{reason}",
            "recover" => $"recover {resource} from {from} to {to}{reason}",
            { } other => $"{other} {resource}{(from is null ? "" : $" on {from}")}{reason}",
        };
    }
}
