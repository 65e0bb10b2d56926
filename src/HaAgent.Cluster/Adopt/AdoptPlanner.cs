using System.Globalization;
using HaAgent.Cluster.Check;
using HaAgent.Cluster.Check.Rules;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Remove;
using HaAgent.Core.Node;
using HaAgent.Core.Ocf;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Adopt;

/// <summary>
/// Hands running guests from one agent to the other without stopping them: the cluster lets go of the guest and takes the new agent in one
/// change, forgets what the old agent said, asks the new one, and takes the guest in hand again. Between the last two the guest counts as
/// stopped, and what is to run beside it would be stopped: the whole cluster stands still meanwhile (maintenance mode).
/// </summary>
public static class AdoptPlanner
{
    /// <summary>
    /// A meta attribute that says that the guest's maintenance is ours to end, also after an interruption: "true", or the value that it had
    /// before. And a cluster property that names the guests that are handed over.
    /// </summary>
    public const string Mark = "haagent-adopting";

    private const string Maintenance = "maintenance";
    private const string WholeMaintenance = "maintenance-mode";

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
        if (snapshot.Cib.Property(RemovePlanner.Mark) is not null)
        {
            Finding removal = Management.OfCluster(snapshot.Cib).First();
            return Plan.Refuse(removal.Sentence, removal.Mend!);
        }

        // The cluster stands still until all of them are handed over.
        string[] earlier = [.. Unfinished(snapshot.Cib).Select(guest => guest.Id)];
        Refusal[] refusals =
        [
            .. AgentMissing(to, snapshot, earlier),
            .. names.SelectMany(name => Unfit(name, to, snapshot)),
            .. earlier
                .Except(names)
                .Take(1)
                .Select(_ => new Refusal(
                    $"'haagent adopt' was interrupted for {string.Join(", ", earlier)}",
                    $"{Finishing(snapshot.Cib)} finishes it; then run this again"
                )),
        ];
        if (refusals.Length > 0)
            return new Plan { Refusals = refusals };
        Primitive[] guests =
        [
            .. names
                .Select(name => snapshot.Cib.Primitive(name)!)
                .Where(guest => guest.Agent != to || guest.MetaValue(Mark) is not null || earlier.Contains(guest.Id)),
        ];
        return guests.Length == 0
            ? new Plan()
            : Change(guests, to, snapshot)
                + Plan.All(guests.Where(guest => guest.Agent != to).Select(guest => GuestXmlReady.Notes(guest, snapshot)));
    }

    /// <summary>The guests of an adoption that was interrupted; empty when there was none, or when nothing of it is left.</summary>
    public static IReadOnlyList<Primitive> Unfinished(Cib cib)
    {
        ArgumentNullException.ThrowIfNull(cib);
        string[] marked = (cib.Property(Mark) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return [.. marked.Select(cib.Primitive).OfType<Primitive>().Where(guest => guest.Agent.IsVirtualMachine)];
    }

    /// <summary>What finishes an adoption that was interrupted.</summary>
    public static Advice Finishing(Cib cib)
    {
        IReadOnlyList<Primitive> left = Unfinished(cib);
        IEnumerable<string> names = left.Select(guest => guest.Id);
        return left.Count == 0 ? RemovePlanner.Ending(cib)
            : left[0].Agent == AgentName.Theirs ? Advice.Of($"haagent adopt --revert {names}")
            : $"haagent adopt {names}";
    }

    private static Plan Change(Primitive[] guests, AgentName to, Snapshot snapshot)
    {
        Cib cib = snapshot.Cib;
        var changes = new List<Change>();
        string list = string.Join(", ", guests.Select(g => g.Id));
        bool resting = ClusterBoolean.IsTrue(cib.Property(WholeMaintenance));
        Primitive[] others = [.. guests.Where(guest => guest.Agent != to)];
        bool begun = cib.Property(Mark) is not null && resting;
        if (others.Length > 0 || !begun)
        {
            CibDraft draft = cib.Edit().SetProperty(Mark, string.Join(' ', guests.Select(guest => guest.Id)));
            if (!resting)
                draft.SetProperty(WholeMaintenance, "true").SetProperty(RemovePlanner.OwnMaintenance, "true");
            foreach (Primitive guest in others)
            {
                draft.SetAgent(guest.Id, to);

                // A guest that rests because the admin wants it to, rests on.
                if (!ClusterBoolean.IsTrue(guest.MetaValue(Maintenance)))
                    draft.SetMeta(guest.Id, Maintenance, "true").SetMeta(guest.Id, Mark, guest.MetaValue(Maintenance) ?? "true");
            }

            Cib changed = draft.Finish();
            changes.Add(
                new Change.Configure(
                    others.Length == 0
                        ? $"let the cluster stand still while {list} {(guests.Length == 1 ? "is" : "are")} looked at"
                        : $"hand {string.Join(", ", others.Select(g => g.Id))} over to {to.FullName}, the cluster standing still meanwhile",
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

        changes.Add(new Change.Configure($"let the cluster take {list} in hand again", cib, Ended(cib, guests)));
        return new Plan { Changes = changes };
    }

    private static Cib Ended(Cib cib, Primitive[] guests)
    {
        CibDraft draft = cib.Edit().RemoveProperty(Mark);
        if (cib.Property(RemovePlanner.OwnMaintenance) is not null)
            draft.RemoveProperty(RemovePlanner.OwnMaintenance).RemoveProperty(WholeMaintenance);
        foreach (Primitive guest in guests)
        {
            if (cib.Primitive(guest.Id)!.MetaValue(Mark) is not { } before)
                continue;
            draft.RemoveMeta(guest.Id, Mark);
            _ = ClusterBoolean.IsTrue(before) ? draft.RemoveMeta(guest.Id, Maintenance) : draft.SetMeta(guest.Id, Maintenance, before);
        }

        return draft.Finish();
    }

    private static IEnumerable<Refusal> AgentMissing(AgentName to, Snapshot snapshot, string[] unfinished)
    {
        foreach (NodeFacts node in snapshot.Nodes)
        {
            if (node.Unreachable is not null)
                yield return new Refusal(
                    $"node {node.Name} could not be asked: {node.Unreachable.Sentence}",
                    unfinished.Length == 0
                        ? Advice.Of($"{node.Unreachable.WayOut(node.Name)}, then run this again")
                        : $"{node.Unreachable.WayOut(node.Name)}, then run this again; to have the cluster move "
                            + $"until then, {Prose.List(unfinished)} alone staying in maintenance: {RemovePlanner.Ending(snapshot.Cib)}"
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
        {
            // An adoption that was interrupted. What is wrong by now is no reason to stand still, but what nobody has seen is.
            if (guest.MetaValue(Mark) is not null || Unfinished(cib).Any(one => one.Id == name))
            {
                Refusal[] looks =
                [
                    .. GuestXmlReady.Refusals(guest, Where(guest, snapshot)?.Node, snapshot),
                    .. ProcessNotLearned(guest, snapshot),
                ];
                foreach (Refusal refusal in looks.Where(look => look.IsNotLearned))
                    yield return refusal;
            }

            yield break;
        }

        foreach (Refusal refusal in GuestXmlReady.Refusals(guest, Where(guest, snapshot)?.Node, snapshot))
            yield return refusal;
        string[] unknown = to == AgentName.Theirs ? [.. guest.Parameters.Select(p => p.Key).Where(OursAlone.Contains)] : [];
        if (unknown.Length > 0)
            yield return new Refusal(
                $"{name} has {string.Join(", ", unknown)}, which {to.FullName} does not know",
                $"take {(unknown.Length == 1 ? "it" : "them")} out first: crm resource param {name} delete {unknown[0]}"
            );
        foreach (Refusal refusal in GuestNode.Busy(guest, snapshot.Status, "a resource in it would be taken for stopped meanwhile"))
            yield return refusal;
        if (snapshot.Status.Resources.Any(r => r.Id == name && (r.Pending || r.Failed)))
            yield return new Refusal(
                $"{name} is on its way, or has failed: what the other agent says of it now could not be trusted",
                $"wait until it is settled (crm_mon), or crm resource cleanup {name}"
            );
        if (snapshot.Status.Anywhere(name).Distinct().Count() > 1)
            yield return new Refusal($"{name} is active on several nodes", $"crm_mon -1; this must be mended first");
        if (snapshot.Status.Anywhere(name).Any())
        {
            foreach (Refusal refusal in ProcessNotLearned(guest, snapshot))
                yield return refusal;
        }

        if (
            snapshot.Status.Anywhere(name).Any()
            && Where(guest, snapshot) is null
            && snapshot.Reached.All(n => n.Guests.State != FactState.NotLearned)
        )
            yield return new Refusal($"the cluster says that {name} runs, but no node shows its QEMU process", $"haagent explain {name}");
    }

    private static IEnumerable<Refusal> ProcessNotLearned(Primitive guest, Snapshot snapshot) =>
        Where(guest, snapshot) is not null
            ? []
            : snapshot
                .Reached.Where(node => node.Guests.State == FactState.NotLearned)
                .Select(node => Refusal.NotLearned($"whether the process of {guest.Id} runs", node.Name, node.Guests.Why!));

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
