using System.Runtime.InteropServices;

namespace HaAgent.Host.Native;

/// <summary>Those of processes.</summary>
internal static unsafe partial class Posix
{
    // Without names in older C libraries; the numbers are the same on every architecture (asm-generic/unistd.h).
    private const nint PidfdSendSignal = 424;
    private const nint PidfdOpen = 434;
    private const nint CloseRange = 436;
    private const nint CloseRangeCloexec = 4;

    /// <summary>signal(7).</summary>
    public const int SigKill = 9;

    /// <summary>signal(7).</summary>
    public const int SigTerm = 15;

    [LibraryImport(LibC, EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    /// <summary>pidfd_open(2).</summary>
    /// <returns>A descriptor; negative: <paramref name="error"/> says why.</returns>
    public static int OpenProcess(int pid, out int error)
    {
        int fd = (int)syscall(PidfdOpen, pid, 0, 0, 0);
        error = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
        return fd;
    }

    /// <summary>pidfd_send_signal(2).</summary>
    /// <returns>False: <paramref name="error"/> says why.</returns>
    public static bool SignalProcess(int pidfd, int signal, out int error)
    {
        nint result = syscall(PidfdSendSignal, pidfd, signal, 0, 0);
        error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        return result >= 0;
    }

    /// <summary>Marks every descriptor above the standard streams to be closed on exec, also those that whoever started us left
    /// open.</summary>
    public static void CloseAllOnExec()
    {
        if (syscall(CloseRange, 3, int.MaxValue, CloseRangeCloexec, 0) == 0)
            return;

        // Before Linux 5.11.
        foreach (string entry in Directory.GetFiles("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(entry.AsSpan()), out int fd) && fd > 2)
                _ = fcntl(fd, FSetFd, FdCloexec);
        }
    }

    /// <summary>prctl(2), PR_SET_PDEATHSIG: ends this process when the thread that started it ends.</summary>
    public static void EndWithParent()
    {
        const int setParentDeathSignal = 1;
        _ = prctl(setParentDeathSignal, Tmds.Linux.LibC.SIGKILL, 0, 0, 0);
    }

    /// <summary>Takes note of a child's end, if it has ended (waitpid(2), WNOHANG).</summary>
    /// <returns>False: it has not.</returns>
    public static bool Reap(int pid)
    {
        const int withoutWaiting = 1;
        return waitpid(pid, out _, withoutWaiting) != 0;
    }

    /// <summary>Waits for a child's end and takes no note of it (waitid(2), WNOWAIT): its number stays its own.</summary>
    /// <returns>Its exit status, or 128 and the signal that ended it.</returns>
    public static int WaitForEnd(int pid)
    {
        const int thatProcess = 1; // P_PID
        const int exited = 4; // WEXITED
        const int withoutNote = 0x01000000; // WNOWAIT
        const int byItself = 1; // CLD_EXITED

        // siginfo_t: si_code is its third number, si_status its seventh.
        int* about = stackalloc int[32];
        while (waitid(thatProcess, (uint)pid, about, exited | withoutNote) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Tmds.Linux.LibC.EINTR)
                return -1;
        }

        return about[2] == byItself ? about[6] : 128 + about[6];
    }

    [LibraryImport(LibC, SetLastError = true)]
    private static partial nint syscall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport(LibC, SetLastError = true)]
    private static partial int waitid(int kind, uint id, int* about, int options);

    [LibraryImport(LibC)]
    private static partial int waitpid(int pid, out int status, int options);

    [LibraryImport(LibC, SetLastError = true)]
    private static partial int prctl(int option, nint second, nint third, nint fourth, nint fifth);
}
