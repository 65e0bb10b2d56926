using HaAgent.Core.Guest;
using HaAgent.Host.Native;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace HaAgent.Host;

/// <summary>
/// A verified QEMU process, held by a pidfd: whatever is sent or waited for meets this process and no other that may get its number later.
/// </summary>
internal sealed unsafe class QemuProcess : IDisposable
{
    private readonly int _pidfd;

    private QemuProcess(int pid, int pidfd, long startTime)
    {
        Pid = pid;
        StartTime = startTime;
        _pidfd = pidfd;
    }

    public int Pid { get; }

    /// <summary>Clock ticks since boot.</summary>
    public long StartTime { get; }

    /// <summary>The whole thread group is gone: no thread of it can write any more.</summary>
    public bool HasEnded => WaitForEnd(TimeSpan.Zero);

    /// <summary>Takes hold of a process if it carries this guest.</summary>
    /// <returns>Null: it does not, or it is gone.</returns>
    public static QemuProcess? Open(int pid, GuestIdentity identity)
    {
        if (OpenUnverified(pid) is not QemuProcess process)
            return null;

        // Read after the pidfd was taken, so that what is verified is what is held.
        if (ProcessTable.Carries(pid, identity) && !process.HasEnded)
            return process;
        process.Dispose();
        return null;
    }

    /// <summary>
    /// Takes hold of a process that was verified earlier: its start time proves that it is the same. A QEMU that is being torn down has no
    /// command line any more while a thread of it may still write.
    /// </summary>
    public static QemuProcess? OpenKnown(int pid, long startTime)
    {
        if (OpenUnverified(pid) is not QemuProcess process)
            return null;
        if (process.StartTime == startTime && !process.HasEnded)
            return process;
        process.Dispose();
        return null;
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Whether it has ended.</returns>
    public bool WaitForEnd(TimeSpan atMost)
    {
        var wait = new pollfd { fd = _pidfd, events = (short)POLLIN };
        return poll(&wait, 1, (int)Math.Ceiling(atMost.TotalMilliseconds)) > 0;
    }

    /// <summary>Sends a signal (SIGTERM, SIGKILL).</summary>
    /// <returns>Null, or why it could not be sent.</returns>
    public string? Signal(int signal) =>
        Posix.SignalProcess(_pidfd, signal, out int error) || HasEnded ? null : Errno.Text(error);

    public void Dispose() => _ = close(_pidfd);

    private static QemuProcess? OpenUnverified(int pid)
    {
        int pidfd = Posix.OpenProcess(pid, out _);
        return pidfd < 0 ? null : new QemuProcess(pid, pidfd, ProcessTable.StartTime(pid));
    }
}
