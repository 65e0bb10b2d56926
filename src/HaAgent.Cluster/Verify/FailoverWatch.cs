using HaAgent.Cluster.Facts;
using HaAgent.Cluster.History;

namespace HaAgent.Cluster.Verify;

/// <summary>Watches a guest whose node was told to go, and says when there is nothing more to wait for.</summary>
/// <param name="test">Reboot or crash.</param>
/// <param name="guest">The guest.</param>
/// <param name="node">The node.</param>
/// <param name="before">What the cluster remembered before.</param>
public sealed class FailoverWatch(GuideTest test, string guest, string node, ClusterHistory before)
{
    /// <summary>
    /// A node that crashed is missed by the others within corosync's token timeout, some seconds as a rule; one that is still there after
    /// this time has not crashed.
    /// </summary>
    public static readonly TimeSpan Missed = TimeSpan.FromSeconds(60);

    private readonly OperationRecord[] _starts = [.. Starts(before, guest, node)];

    /// <summary>The cluster saw the node leave.</summary>
    public bool Left { get; private set; }

    /// <summary>Where the guest runs in the end; null while that is open.</summary>
    public string? RunsOn { get; private set; }

    /// <summary>It ran on where it was: it was not started anew.</summary>
    public bool Stayed { get; private set; }

    /// <summary>When it ran there.</summary>
    public TimeSpan? At { get; private set; }

    /// <summary>Takes in one look.</summary>
    /// <param name="status">The cluster's status.</param>
    /// <param name="history">What the cluster remembers.</param>
    /// <param name="at">How long ago the node was told to go.</param>
    /// <returns>Whether there is nothing more to wait for.</returns>
    public bool See(ClusterStatus status, ClusterHistory history, TimeSpan at)
    {
        ArgumentNullException.ThrowIfNull(status);
        ArgumentNullException.ThrowIfNull(history);
        Left |= status.Nodes.Any(n => n.Name == node && (!n.Online || n.Unclean));
        string[] runs = [.. status.Where(guest)];
        string? elsewhere = runs.FirstOrDefault(n => n != node);
        bool here = runs.Contains(node) && status.Nodes.Any(n => n.Name == node && n is { Online: true, Unclean: false });
        bool startedHere = here && Starts(history, guest, node).Except(_starts).Any();
        string? found = elsewhere ?? (startedHere || (here && test == GuideTest.Crash && !Left && at >= Missed) ? node : null);
        At = found is null ? null : found == RunsOn ? At : at;
        RunsOn = found;
        Stayed = found == node && !startedHere;

        // A node that is rebooted hands its guest over first, and leaves then.
        return found is not null && (Left || found == node || test == GuideTest.Crash);
    }

    private static IEnumerable<OperationRecord> Starts(ClusterHistory history, string guest, string node) =>
        history.Of(guest).Where(o => o is { Operation: "start", Status: 0, ReturnCode: 0 } && o.Node == node);
}
