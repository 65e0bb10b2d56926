using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using HaAgent.Host.Child;

namespace HaAgent.Host;

/// <summary>
/// Finds guests' processes without touching any process's memory itself: the arguments of one that stands still can be out of reach as long as it does.
/// A child process reads them, and what it found is then held here and known again by its start time.
/// </summary>
internal sealed class ProcessSearch(ChildCall child)
{
    /// <summary>The QEMU process that carries a guest; absent: no process of this node does.</summary>
    /// <param name="identity">Whose.</param>
    /// <param name="hint">What was remembered; null: nothing.</param>
    /// <param name="deadline">When to give up.</param>
    public Fact<QemuProcess> Find(GuestIdentity identity, GuestRecord? hint, Deadline deadline)
    {
        Fact<QemuProcess> known = Remembered(hint);
        if (known.State == FactState.Known)
            return known;
        Fact<QemuProcess> found = child.AskProcesses<ProcessSeen>(new FindProcess(identity.Name, identity.Uuid), deadline).Match(
            seen => seen.Pid > 0 ? QemuProcess.OpenKnown(seen.Pid, seen.StartTime) : Fact.Absent<QemuProcess>(),
            Fact.Absent<QemuProcess>,
            Fact.NotLearned<QemuProcess>);
        return found.State == FactState.Absent && known.State == FactState.NotLearned ? known : found;
    }

    /// <summary>The process that was remembered; absent: it lives no more, or none was.</summary>
    public static Fact<QemuProcess> Remembered(GuestRecord? record) =>
        record is { Pid: > 0 } ? QemuProcess.OpenKnown(record.Pid, record.StartTime) : Fact.Absent<QemuProcess>();

    /// <summary>Every guest that a QEMU process of this node carries.</summary>
    public Fact<IReadOnlyList<GuestIdentity>> Guests(Deadline deadline) => child.AskProcesses<GuestsSeen>(new ListGuests(), deadline).Match(
        seen => Fact.Known(seen.Guests),
        Fact.Absent<IReadOnlyList<GuestIdentity>>,
        Fact.NotLearned<IReadOnlyList<GuestIdentity>>);
}
