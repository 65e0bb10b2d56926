using System.Text;
using HaAgent.Cluster.Check;
using HaAgent.Cluster.Check.Guests;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Node;
using HaAgent.Core.Text;
using GuestIdentity = HaAgent.Core.Guest.GuestIdentity;

namespace HaAgent.Cluster.Add;

/// <summary>Whether a guest may be handed to the cluster: what the doctor finds wrong with it is a reason not to.</summary>
internal static class GuestReady
{
    /// <summary>Refuses for errors, and notes warnings.</summary>
    public static Plan PlanFor(AddIntent intent, CheckScope scope, GuestFacts guest)
    {
        var refusals = new List<Refusal>(NameTaken(scope, guest));
        if (guest.Xml is null)
        {
            refusals.Add(
                guest.NotLearned is { } why
                    ? new Refusal($"haagent cannot tell what the XML of {guest.Name} is: {why}", $"see to that, then run this again")
                    {
                        IsNotLearned = true,
                    }
                    : new Refusal(
                        !guest.HasText ? $"no node's libvirt knows a guest {guest.Name}" : $"the XML of {guest.Name} {guest.Problem}",
                        guest.Choice
                            ?? (
                                KeptFile(scope, guest) is { } kept
                                    ? Advice.Of($"an earlier run put its XML at {kept}: haagent add --xml {kept} takes it")
                                    : $"name a guest that 'virsh list --all' shows on a node, or its XML with --xml FILE"
                            )
                    )
            );
            return new Plan { Refusals = refusals };
        }

        refusals.AddRange(RunsTwice(scope.Snapshot, guest));
        refusals.AddRange(OtherFile(scope, guest));

        // The other guests take part where two of them are compared; autostart is switched off by the plan itself.
        Finding[] findings =
        [
            .. GuestPaths.Look(scope with { Guests = [guest] }),
            .. GuestDisks.Of(scope, guest),
            .. intent.Migrate ? GuestMigration.Look(scope with { Guests = [guest] }) : [],
            .. GuestDefinitions.OtherGuests(scope.Snapshot, guest),
            .. Rules(scope),
            // It would be shut down, and not started again.
            .. guest.Resource is null ? Check.Rules.Management.OfCluster(scope.Snapshot.Cib) : [],
        ];

        bool Hinders(Finding finding) => finding.Severity == Severity.Error || finding.IsDoubt;
        refusals.AddRange(findings.Where(Hinders).Select(f => new Refusal(f.Sentence, f.Mend ?? Advice.Of($"haagent check"))));
        return new Plan
        {
            Refusals = refusals,
            Notes = [.. findings.Where(f => f.Severity == Severity.Warning && !Hinders(f)).Select(f => f.Sentence)],
        };
    }

    // A guest that is started without its agent, or without the settings of its locks, is not highly available.
    private static IEnumerable<Finding> Rules(CheckScope scope) =>
        [.. Check.Rules.AgentInstalled.Look(scope), .. Check.Rules.LockSettingsEqual.Look(scope), .. Check.Rules.Lockspace.Look(scope)];

    // Where the XML of a guest that is not in the cluster is put, if a file lies there.
    private static string? KeptFile(CheckScope scope, GuestFacts guest) =>
        scope.Storage is { } storage
        && GuestFacts.PathOn(storage.Mount, guest.Name) is var path
        && scope.Snapshot.Node(scope.Snapshot.Self).File(path).Value is not null
            ? path
            : null;

    // The file of a guest that was in the cluster: it may have been edited there, and nobody keeps a definition beside it true.
    private static IEnumerable<Refusal> OtherFile(CheckScope scope, GuestFacts guest)
    {
        if (guest.Resource is not null || guest.IsGiven || KeptFile(scope, guest) is not { } path)
            yield break;
        FileFact file = scope.Snapshot.Node(scope.Snapshot.Self).File(path).Value!;
        string[] nodes =
        [
            .. scope.Snapshot.Reached.Where(node => node.Domain(guest.Xml!.Identity.Name).Value is not null).Select(node => node.Name),
        ];
        GuestDocument? kept = GuestDocument.Read(Encoding.Latin1.GetBytes(file.Text), out _);
        if (kept is null || GuestFacts.FileText(kept.Text) != GuestFacts.FileText(guest.Document!.Text))
            yield return new Refusal(
                $"another XML of {guest.Name} than libvirt has lies at {path}: which is the right one is not known",
                GuestFacts.Choosing(guest.Name, nodes, path)
            );
    }

    private static IEnumerable<Refusal> NameTaken(CheckScope scope, GuestFacts guest)
    {
        Cib cib = scope.Snapshot.Cib;
        if (cib.Primitive(guest.Name) is { } resource && !resource.Agent.IsVirtualMachine)
            yield return new Refusal(
                $"{guest.Name} is the name of a resource of another kind ({resource.Agent.FullName})",
                $"rename the guest (virsh domrename)"
            );
        else if (cib.Primitive(guest.Name) is { } other && other.Agent == AgentName.Theirs)
            yield return new Refusal(
                $"{guest.Name} is in the cluster already, under {other.Agent.FullName}",
                $"haagent adopt {guest.Name} hands it over to ours"
            );
        else if (cib.Primitive(guest.Name) is null && cib.HasId(guest.Name))
            yield return new Refusal(
                $"the name {guest.Name} is taken in the cluster's configuration",
                $"rename the guest (virsh domrename)"
            );
        if (
            guest.Xml is not null
            && guest.Resource is null
            && scope.Guests.FirstOrDefault(g => g.Resource is not null && g.Xml?.Identity.Name == guest.Xml.Identity.Name) is { } same
        )
        {
            yield return new Refusal(
                $"the guest {guest.Xml.Identity.Name} is in the cluster already, as {same.Name}",
                $"haagent remove --stop {same.Name} takes it out"
            );
        }
    }

    private static IEnumerable<Refusal> RunsTwice(Snapshot snapshot, GuestFacts guest)
    {
        GuestIdentity identity = guest.Xml!.Identity;
        foreach (NodeFacts node in snapshot.Reached)
        {
            if (node.Domain(identity.Name).Then(_ => node.Guests).IsNotLearned(out string? why) || node.Guests.IsNotLearned(out why))
                yield return Refusal.NotLearned($"whether {identity.Name} runs", node.Name, why);
        }

        string[] nodes =
        [
            .. snapshot
                .Reached.Where(n => n.Domain(identity.Name) is { Value.Active: true } || n.Runs(identity.Name) is { Value: true })
                .Select(n => n.Name),
        ];
        if (nodes.Length > 1)
            yield return new Refusal(
                $"{identity.Name} runs on {string.Join(" and ", nodes)} at once, and both write to its disks",
                $"shut down the copy that is not the true one at once (virsh destroy), and check the guest's filesystems"
            );
    }
}
