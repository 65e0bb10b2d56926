using System.Globalization;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Node;
using HaAgent.Core.Ocf;

namespace HaAgent.Cluster.Adopt;

/// <summary>
/// Hands running guests from one agent to the other without stopping them: the cluster lets go of the guest and takes the new agent in one
/// change, forgets what the old agent said, asks the new one, and takes the guest in hand again.
/// </summary>
public static class AdoptPlanner
{
    /// <summary>A meta attribute that says that the guest's maintenance is ours to end, also after an interruption.</summary>
    public const string Mark = "haagent-adopting";

    private const string Maintenance = "maintenance";

    /// <summary>What the agent of resource-agents does not know.</summary>
    private static readonly string[] OursAlone = [.. OwnParameters.Rows.Select(parameter => parameter.Name)];

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>The plan; without I/O. An empty one means that all these guests are under the wanted agent.</summary>
    /// <param name="names">The resources.</param>
    /// <param name="revert">Whether they go back to the agent of resource-agents.</param>
    /// <param name="snapshot">What was seen.</param>
    public static Plan PlanFor(IReadOnlyList<string> names, bool revert, Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(snapshot);
        AgentName to = revert ? AgentName.Theirs : AgentName.Ours;
        Refusal[] refusals = [.. AgentMissing(to, snapshot), .. names.SelectMany(name => Unfit(name, to, snapshot))];
        if (refusals.Length > 0)
            return new Plan { Refusals = refusals };
        Primitive[] guests =
        [
            .. names.Select(name => snapshot.Cib.Primitive(name)!).Where(guest => guest.Agent != to || guest.MetaValue(Mark) is not null),
        ];
        return guests.Length == 0
            ? new Plan()
            : Change(guests, to, snapshot)
                + Plan.All(guests.Where(guest => guest.Agent != to).Select(guest => GuestXmlReady.Notes(guest, snapshot)));
    }

    private static Plan Change(Primitive[] guests, AgentName to, Snapshot snapshot)
    {
        Cib cib = snapshot.Cib;
        var changes = new List<Change>();
        string list = string.Join(", ", guests.Select(g => g.Id));
        if (guests.Where(guest => guest.Agent != to).ToArray() is { Length: > 0 } others)
        {
            CibDraft draft = cib.Edit();
            foreach (Primitive guest in others)
            {
                draft.SetAgent(guest.Id, to);

                // A guest that rests because the admin wants it to, rests on.
                if (!ClusterBoolean.IsTrue(guest.MetaValue(Maintenance)))
                    draft.SetMeta(guest.Id, Maintenance, "true").SetMeta(guest.Id, Mark, "true");
            }

            Cib changed = draft.Finish();
            changes.Add(
                new Change.Configure(
                    $"hand {string.Join(", ", others.Select(g => g.Id))} over to {to.FullName}, the cluster leaving "
                        + $"{(others.Length == 1 ? "it" : "them")} alone meanwhile",
                    cib,
                    changed
                )
            );
            cib = changed;
        }

        // The new agent must have looked before the cluster acts on what it said.
        changes.AddRange(
            guests.Select(guest => new Change.OnNode(
                snapshot.Self,
                $"let {to.FullName} look at {guest.Id}",
                new RefreshResource(guest.Id),
                Limit
            ))
        );
        foreach (Primitive guest in guests)
        {
            if (Where(guest, snapshot) is var (node, process))
            {
                changes.Add(
                    new Change.OnNode(
                        node,
                        $"see that {guest.Id} is still process {process.Pid.ToString(CultureInfo.InvariantCulture)} on {node}",
                        new SeeGuestProcess(DomainName(guest, snapshot), process),
                        Limit
                    )
                );
                changes.Add(new Change.Await($"see that the cluster finds {guest.Id} running", guest.Id, new Goal.Somewhere(), Limit));
            }
        }

        string[] marked = [.. guests.Where(guest => cib.Primitive(guest.Id)!.MetaValue(Mark) is not null).Select(guest => guest.Id)];
        if (marked.Length > 0)
        {
            Cib done = marked.Aggregate(cib.Edit(), (draft, name) => draft.RemoveMeta(name, Maintenance).RemoveMeta(name, Mark)).Finish();
            changes.Add(new Change.Configure($"let the cluster take {list} in hand again", cib, done));
        }

        return new Plan { Changes = changes };
    }

    private static IEnumerable<Refusal> AgentMissing(AgentName to, Snapshot snapshot)
    {
        foreach (NodeFacts node in snapshot.Nodes)
        {
            if (node.Unreachable is not null)
                yield return new Refusal(
                    $"node {node.Name} could not be asked: {node.Unreachable.Sentence}",
                    $"{node.Unreachable.WayOut(node.Name)}, then run this again"
                );
            else if (node.Agents.IsNotLearned(out string? why))
                yield return Refusal.NotLearned($"whether {to.FullName} is installed", node.Name, why);
            else if (node.Agents is not { Value: { } agents } || !agents.Contains($"{to.Provider}/{to.Type}"))
                yield return new Refusal(
                    $"{to.FullName} is not installed on {node.Name}",
                    $"install {(to == AgentName.Ours ? "haagent" : "resource-agents")} on {node.Name}"
                );
        }
    }

    private static IEnumerable<Refusal> Unfit(string name, AgentName to, Snapshot snapshot)
    {
        Cib cib = snapshot.Cib;
        if (cib.Primitive(name) is not { } guest || !guest.Agent.IsVirtualMachine)
        {
            yield return new Refusal($"the cluster has no guest {name}", $"haagent status lists its guests");
            yield break;
        }

        if (guest.Agent == to)
            yield break;
        foreach (Refusal refusal in GuestXmlReady.Refusals(guest, Where(guest, snapshot)?.Node, snapshot))
            yield return refusal;
        string[] unknown = to == AgentName.Theirs ? [.. guest.Parameters.Select(p => p.Key).Where(OursAlone.Contains)] : [];
        if (unknown.Length > 0)
            yield return new Refusal(
                $"{name} has {string.Join(", ", unknown)}, which {to.FullName} does not know",
                $"take {(unknown.Length == 1 ? "it" : "them")} out first: crm resource param {name} delete {unknown[0]}"
            );
        if (snapshot.Status.Resources.Any(r => r.Id == name && (r.Pending || r.Failed)))
            yield return new Refusal(
                $"{name} is on its way, or has failed: what the other agent says of it now could not be trusted",
                $"wait until it is settled (crm_mon), or crm resource cleanup {name}"
            );
        if (snapshot.Status.Anywhere(name).Distinct().Count() > 1)
            yield return new Refusal($"{name} is active on several nodes", $"crm_mon -1; this must be mended first");
        if (snapshot.Status.Anywhere(name).Any() && Where(guest, snapshot) is null)
        {
            foreach (NodeFacts node in snapshot.Reached.Where(n => n.Guests.State == FactState.NotLearned))
                yield return Refusal.NotLearned($"whether the process of {name} runs", node.Name, node.Guests.Why!);
        }

        if (
            snapshot.Status.Anywhere(name).Any()
            && Where(guest, snapshot) is null
            && snapshot.Reached.All(n => n.Guests.State != FactState.NotLearned)
        )
            yield return new Refusal($"the cluster says that {name} runs, but no node shows its QEMU process", $"haagent explain {name}");
    }

    private static (string Node, ProcessFact Process)? Where(Primitive guest, Snapshot snapshot)
    {
        string domain = DomainName(guest, snapshot);
        return snapshot
            .Reached.Where(n => n.Guests is { Value: { } guests } && guests.ContainsKey(domain))
            .Select(n => ((string, ProcessFact)?)(n.Name, n.Guests.Value![domain]))
            .FirstOrDefault();
    }

    // The resource need not bear the domain's name: its XML says it.
    private static string DomainName(Primitive guest, Snapshot snapshot)
    {
        string? text = guest.Parameter("config") is { } path
            ? snapshot.Reached.Select(n => n.File(path).Value?.Text).FirstOrDefault(t => t is not null)
            : null;
        return (text is null ? null : Core.Guest.DomainXml.Parse(System.Text.Encoding.Latin1.GetBytes(text), out _)?.Identity.Name)
            ?? guest.Id;
    }
}
