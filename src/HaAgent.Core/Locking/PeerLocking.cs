using HaAgent.Core.Node;

namespace HaAgent.Core.Locking;

/// <summary>How another node's libvirt locks, read by its shell, which may be that of a user who may not read everything.</summary>
public static class PeerLocking
{
    private const string Mark = "# haagent: the end of qemu.conf";

    /// <summary>What is said to the shell: always the same words.</summary>
    public const string Command = $"cat /etc/libvirt/qemu.conf && echo '{Mark}' && cat /etc/libvirt/qemu-lockd.conf";

    /// <summary>What follows from its answer.</summary>
    /// <param name="output">What it printed, one char per byte.</param>
    /// <param name="isWhole">Everything succeeded, and nothing of it is missing.</param>
    /// <returns>
    /// Known; a lock manager without its lockspace is not, but no lock manager is known as soon as qemu.conf was read. Else not learned, and why.
    /// </returns>
    public static Fact<LockSetup> Read(string output, bool isWhole)
    {
        ArgumentNullException.ThrowIfNull(output);
        int mark = output.IndexOf(Mark + "\n", StringComparison.Ordinal);
        if (mark < 0)
            return Fact.NotLearned<LockSetup>("its /etc/libvirt/qemu.conf could not be read");
        LockSetup setup = LockSetup.Parse(output[..mark], output[(mark + Mark.Length + 1)..]);
        return isWhole || setup.LockManager is null ? Fact.Known(setup) : Fact.NotLearned<LockSetup>("its /etc/libvirt/qemu-lockd.conf could not be read");
    }
}
