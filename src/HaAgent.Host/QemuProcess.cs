using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using HaAgent.Host.Child;
using HaAgent.Host.Native;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace HaAgent.Host;

/// <summary>
/// A verified QEMU process, held by a pidfd: whatever is sent or waited for meets this process and no other that may get its number later.
/// </summary>
internal sealed unsafe class QemuProcess : IDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private readonly int _pidfd;

    /// <summary>Why the process is not held; null: it is.</summary>
    private readonly string? _notHeld;

    private QemuProcess(int pid, int pidfd, long startTime, string? notHeld)
    {
        Pid = pid;
        StartTime = startTime;
        _pidfd = pidfd;
        _notHeld = notHeld;
    }

    public int Pid { get; }

    /// <summary>Clock ticks since boot.</summary>
    public long StartTime { get; }

    /// <summary>The whole thread group is gone: no thread of it can write any more.</summary>
    public bool HasEnded => WaitForEnd(TimeSpan.Zero);

    /// <summary>It was started in this second since boot, or later.</summary>
    public bool StartedAfter(long secondsSinceBoot) => StartTime / HostClock.TicksPerSecond >= secondsSinceBoot;

    /// <summary>Takes hold of a process that a question is true of; absent: it is not, or the process is gone.</summary>
    public static Fact<QemuProcess> Open(int pid, Func<Fact<bool>> verify)
    {
        // Most processes end here, without a descriptor.
        Fact<bool> first = verify();
        if (first.State != FactState.Known)
            return first.Then(_ => Fact.Absent<QemuProcess>());

        // Verified again when it is held, so that what is verified is what is held.
        return Held(pid, _ => verify());
    }

    /// <summary>
    /// Takes hold of a process that was verified earlier: its start time proves that it is the same. A QEMU that is being torn down has no
    /// command line any more while a thread of it may still write.
    /// </summary>
    public static Fact<QemuProcess> OpenKnown(int pid, long startTime) =>
        Held(pid, process => process.StartTime == startTime ? Fact.Known<bool>(true) : Fact.Absent<bool>());

    /// <summary>Waits for its end.</summary>
    /// <returns>Whether it has ended.</returns>
    public bool WaitForEnd(TimeSpan atMost)
    {
        if (_notHeld is not null)
            return WaitUnheld(atMost);
        var wait = new pollfd { fd = _pidfd, events = (short)POLLIN };
        return poll(&wait, 1, (int)Math.Ceiling(atMost.TotalMilliseconds)) > 0;
    }

    /// <summary>Sends a signal (SIGTERM, SIGKILL).</summary>
    /// <returns>Null, or why it could not be sent.</returns>
    public string? Signal(int signal)
    {
        if (_notHeld is not null)
            return $"it cannot be held by a descriptor ({_notHeld}), and its number alone might meanwhile be another process's";
        return Posix.SignalProcess(_pidfd, signal, out int error) || HasEnded ? null : Errno.Text(error);
    }

    public void Dispose()
    {
        if (_pidfd >= 0)
            _ = close(_pidfd);
    }

    /// <summary>
    /// Takes hold of a process and verifies it. One that is there but cannot be held (no descriptor left, a kernel or a sandbox without
    /// pidfd_open) counts all the same: it is only watched by its number and start time, and never signalled.
    /// </summary>
    private static Fact<QemuProcess> Held(int pid, Func<QemuProcess, Fact<bool>> verify)
    {
        int pidfd = Posix.OpenProcess(pid, out int error);
        string? notHeld = pidfd < 0 ? Errno.Text(error) : null;

        // EINVAL: the number of a thread, not of a process.
        if (pidfd < 0 && (error == ESRCH || error == EINVAL))
            return Fact.Absent<QemuProcess>();
        Fact<long> start = ProcessTable.StartTime(pid);
        var process = new QemuProcess(pid, pidfd, start is { State: FactState.Known } known ? known.Value : 0, notHeld);
        Fact<bool> verdict = start is { State: FactState.NotLearned } unknown ? Fact.NotLearned<bool>(unknown.Why!) : verify(process);
        if (verdict is { State: FactState.Known } && start is { State: FactState.Known } && !process.HasEnded)
            return Fact.Known<QemuProcess>(process);
        process.Dispose();
        return verdict is { State: FactState.NotLearned } why ? Fact.NotLearned<QemuProcess>(why.Why!) : Fact.Absent<QemuProcess>();
    }

    private bool WaitUnheld(TimeSpan atMost)
    {
        long end = Environment.TickCount64 + (long)Math.Ceiling(atMost.TotalMilliseconds);
        while (true)
        {
            Fact<long> start = ProcessTable.StartTime(Pid);
            if (start is { State: FactState.Absent } || (start is { State: FactState.Known } now && now.Value != StartTime))
                return true;
            long left = end - Environment.TickCount64;
            if (left <= 0)
                return false;
            Thread.Sleep((int)Math.Min(left, (long)Glance.TotalMilliseconds));
        }
    }
}

/// <summary>
/// Finds guests' processes without touching any process's memory itself: the arguments of one that stands still can be out of reach as long
/// as it does.
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
        Fact<QemuProcess> found = child
            .AskProcesses<ProcessSeen>(new FindProcess(identity.Name, identity.Uuid), deadline)
            .Match(
                seen => seen.Pid > 0 ? QemuProcess.OpenKnown(seen.Pid, seen.StartTime) : Fact.Absent<QemuProcess>(),
                Fact.Absent<QemuProcess>,
                Fact.NotLearned<QemuProcess>
            );
        return found.State == FactState.Absent && known.State == FactState.NotLearned ? known : found;
    }

    /// <summary>A QEMU process that carries another guest of this one's name or UUID; absent: none does.</summary>
    public Fact<GuestProcess> FindConfused(GuestIdentity identity, Deadline deadline) =>
        child
            .AskProcesses<GuestsSeen>(new FindConfused(identity.Name, identity.Uuid), deadline)
            .Then(seen => seen.Guests is [var other, ..] ? Fact.Known(other) : Fact.Absent<GuestProcess>());

    /// <summary>The process that was remembered; absent: it lives no more, or none was.</summary>
    public static Fact<QemuProcess> Remembered(GuestRecord? record) =>
        record is { Pid: > 0 } ? QemuProcess.OpenKnown(record.Pid, record.StartTime) : Fact.Absent<QemuProcess>();

    /// <summary>Every guest that a QEMU process of this node carries.</summary>
    public Fact<IReadOnlyList<GuestProcess>> Guests(Deadline deadline) =>
        child.AskProcesses<GuestsSeen>(new ListGuests(), deadline).Map(seen => seen.Guests);
}
