using HaAgent.Core.Guest;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace HaAgent.Host;

/// <summary>
/// A verified QEMU process, held by a pidfd: whatever is sent or waited for meets this process and no other that may get its number later.
/// </summary>
internal sealed unsafe class QemuProcess : IDisposable
{
    // Without names in older C libraries; the numbers are the same on every architecture (asm-generic/unistd.h).
    private const int SYS_pidfd_send_signal = 424;
    private const int SYS_pidfd_open = 434;

    /// <summary>In which /proc counts (time(7), USER_HZ): 100 on every architecture that libvirt's QEMU driver runs on.</summary>
    private const int TicksPerSecond = 100;

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
    public bool StartedAfter(long secondsSinceBoot) => StartTime / TicksPerSecond >= secondsSinceBoot;

    /// <summary>Takes hold of a process if it carries this guest; absent: it does not, or it is gone.</summary>
    public static Fact<QemuProcess> Open(int pid, GuestIdentity identity)
    {
        // Most processes end here, without a descriptor.
        Fact<bool> claims = ProcessTable.Carries(pid, identity);
        if (claims is not Fact<bool>.Known)
            return claims is Fact<bool>.NotLearned unknown ? new Fact<QemuProcess>.NotLearned(unknown.Why) : new Fact<QemuProcess>.Absent();

        // Verified again when it is held, so that what is verified is what is held.
        return Held(pid, process => ProcessTable.Carries(pid, identity));
    }

    /// <summary>
    /// Takes hold of a process that was verified earlier: its start time proves that it is the same. A QEMU that is being torn down has no
    /// command line any more while a thread of it may still write.
    /// </summary>
    public static Fact<QemuProcess> OpenKnown(int pid, long startTime) =>
        Held(pid, process => process.StartTime == startTime ? new Fact<bool>.Known(true) : new Fact<bool>.Absent());

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
        if ((long)syscall(SYS_pidfd_send_signal, _pidfd, signal, 0, 0) == 0)
            return null;
        string error = Errno.Text();
        return HasEnded ? null : error;
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
        int pidfd = (int)(long)syscall(SYS_pidfd_open, pid, 0);
        int error = pidfd < 0 ? Errno.Number : 0;

        // EINVAL: the number of a thread, not of a process.
        if (error == ESRCH || error == EINVAL)
            return new Fact<QemuProcess>.Absent();
        Fact<long> start = ProcessTable.StartTime(pid);
        var process = new QemuProcess(pid, pidfd, start is Fact<long>.Known known ? known.Value : 0, error == 0 ? null : Errno.Text(error));
        Fact<bool> verdict = start is Fact<long>.NotLearned unknown ? new Fact<bool>.NotLearned(unknown.Why) : verify(process);
        if (verdict is Fact<bool>.Known && start is Fact<long>.Known && !process.HasEnded)
            return new Fact<QemuProcess>.Known(process);
        process.Dispose();
        return verdict is Fact<bool>.NotLearned why ? new Fact<QemuProcess>.NotLearned(why.Why) : new Fact<QemuProcess>.Absent();
    }

    private bool WaitUnheld(TimeSpan atMost)
    {
        long end = Environment.TickCount64 + (long)Math.Ceiling(atMost.TotalMilliseconds);
        while (true)
        {
            Fact<long> start = ProcessTable.StartTime(Pid);
            if (start is Fact<long>.Absent || (start is Fact<long>.Known now && now.Value != StartTime))
                return true;
            long left = end - Environment.TickCount64;
            if (left <= 0)
                return false;
            Thread.Sleep((int)Math.Min(left, (long)Glance.TotalMilliseconds));
        }
    }
}
