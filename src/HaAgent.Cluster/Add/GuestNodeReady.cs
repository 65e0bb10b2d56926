using HaAgent.Cluster.Check.Guests;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Add;

/// <summary>
/// Whether a guest can become a node that runs pacemaker_remote (Pacemaker Remote, "Guest Nodes"). A name that is taken makes the cluster
/// ignore or mix up both; a guest node that cannot be reached is recovered, and its guest with it, again and again.
/// </summary>
public static class GuestNodeReady
{
    /// <summary>The key that both ends need.</summary>
    public const string KeyFile = "/etc/pacemaker/authkey";

    /// <summary>What Pacemaker before 3.0.0 takes where that one is not there.</summary>
    public const string OtherKeyFile = "/etc/corosync/authkey";

    private const string Attribute = "remote-node";
    private const int LongestName = 253;
    private const int LongestLabel = 63;

    /// <summary>The paths that have to be looked at on the nodes.</summary>
    public static IReadOnlyList<string> Paths(AddIntent intent)
    {
        ArgumentNullException.ThrowIfNull(intent);
        return intent.GuestNode is null ? [] : [KeyFile, OtherKeyFile];
    }

    /// <summary>Refuses what would not work.</summary>
    /// <param name="intent">What the admin wants.</param>
    /// <param name="snapshot">What was seen.</param>
    /// <param name="guests">The guests that are added.</param>
    public static Plan PlanFor(AddIntent intent, Snapshot snapshot, IReadOnlyList<GuestFacts> guests)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(guests);
        if (intent.GuestNode is not { } name)
            return new Plan();
        if (guests.Count != 1)
            return Plan.Refuse($"{guests.Count} guests cannot be one guest node", $"add each with a --guest-node of its own");
        GuestFacts guest = guests[0];
        Refusal[] refusals = [.. Name(name), .. Taken(name, snapshot, guest), .. Other(name, guest), .. Reachable(guest), .. Key(snapshot)];
        return refusals.Length > 0
            ? new Plan { Refusals = refusals }
            : Plan.Note(
                $"the cluster reaches the guest node as {name} on TCP port 3121: that name must resolve on every node, and "
                    + $"pacemaker_remote run in {guest.Name} with the same {KeyOf(snapshot.Node(snapshot.Self))}"
            );
    }

    // It is the host's name too, by which the cluster reaches the guest.
    private static IEnumerable<Refusal> Name(string name)
    {
        bool good =
            name.Length is > 0 and <= LongestName
            && name.Split('.')
                .All(label =>
                    label.Length is > 0 and <= LongestLabel
                    && label[0] != '-'
                    && label[^1] != '-'
                    && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
                );
        if (!good)
            yield return new Refusal(
                $"{name} cannot be a host's name, by which the cluster reaches the guest node",
                $"name it with letters, digits and '-' only, the '-' neither first nor last"
            );
    }

    // Node names and resources' names are one space, and DNS knows no case.
    private static IEnumerable<Refusal> Taken(string name, Snapshot snapshot, GuestFacts guest)
    {
        Cib cib = snapshot.Cib;
        bool own = Same(guest.Resource?.MetaValue(Attribute), name);
        if (own)
            yield break;
        string? holder =
            cib.Nodes.Any(node => Same(node, name)) ? "a node of the cluster"
            : cib.Primitives.FirstOrDefault(p => Same(p.MetaValue(Attribute), name)) is { } other ? $"the guest node {other.Id}"
            : Same(guest.Name, name) ? "the guest's own resource"
            : cib.OtherNodes.Any(node => Same(node, name)) ? null
            : cib.HasId(name) ? "something in the cluster's configuration"
            : "";
        if (holder is null)
            yield return new Refusal(
                $"the cluster still knows a remote node or guest node {name}",
                $"choose another name; if that node is gone for good: crm_node --force --remove {name}"
            );
        else if (holder.Length > 0)
            yield return new Refusal($"{name} is the name of {holder} already", $"choose another name for the guest node");
    }

    // The node's record, and what is placed on it, would stay behind under the old name.
    private static IEnumerable<Refusal> Other(string name, GuestFacts guest)
    {
        if (guest.Resource?.MetaValue(Attribute) is { } present && !Same(present, name))
            yield return new Refusal(
                $"{guest.Name} is the guest node {present} already",
                $"end that first: crm resource meta {guest.Name} delete {Attribute}"
            );
    }

    private static IEnumerable<Refusal> Reachable(GuestFacts guest)
    {
        if (guest.Document is { HasNetworkCard: false } document && document.Domain.HostDevices.Count == 0)
            yield return new Refusal(
                $"{guest.Name} has no network card, by which the cluster could reach pacemaker_remote in it",
                $"give its XML an <interface>, or leave out --guest-node"
            );
    }

    private static IEnumerable<Refusal> Key(Snapshot snapshot)
    {
        bool takesOther = PacemakerVersion.IsBefore3(snapshot.Cib) == true;
        var keys = new List<(string Node, string File)>();
        foreach (NodeFacts node in snapshot.Reached)
        {
            if (node.Path(KeyFile).IsNotLearned(out string? why))
                yield return Refusal.NotLearned($"whether {KeyFile} is there", node.Name, why);
            else if (node.Path(KeyFile).State == FactState.Known)
                keys.Add((node.Name, KeyFile));
            else if (takesOther && node.Path(OtherKeyFile).IsNotLearned(out why))
                yield return Refusal.NotLearned($"whether {OtherKeyFile} is there", node.Name, why);
            else if (takesOther && node.Path(OtherKeyFile).State == FactState.Known)
                keys.Add((node.Name, OtherKeyFile));
            else
                yield return new Refusal(
                    takesOther
                        ? $"{node.Name} has no {KeyFile} and no {OtherKeyFile}, without which it cannot speak with pacemaker_remote"
                        : $"{node.Name} has no {KeyFile}, without which it cannot speak with pacemaker_remote "
                            + $"(only a Pacemaker before 3 takes {OtherKeyFile} instead)",
                    $"put the same {KeyFile} on every node and into the guest (Pacemaker Remote, \"Prepare\"); where remote nodes use "
                        + $"another key already (PCMK_authkey_location), copy that one"
                );
        }

        if (keys.Select(key => key.File).Distinct().Count() > 1)
            yield return new Refusal(
                $"the nodes do not use the same key: {string.Join(", ", keys.Select(key => $"{key.Node} {key.File}"))}; "
                    + "pacemaker_remote in the guest has one alone",
                $"put the same {KeyFile} on every node and into the guest (Pacemaker Remote, \"Prepare\")"
            );
    }

    // In Pacemaker's order.
    private static string KeyOf(NodeFacts node) => node.Path(KeyFile).State == FactState.Absent ? OtherKeyFile : KeyFile;

    private static bool Same(string? one, string? other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
