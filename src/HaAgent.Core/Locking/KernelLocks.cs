using System.Globalization;

namespace HaAgent.Core.Locking;

/// <summary>The locks that processes of this node hold (proc(5), /proc/locks).</summary>
public static class KernelLocks
{
    /// <summary>
    /// The processes that hold a shared lock of a file's first byte. F_GETLK names one holder of many, which may be another node's; this
    /// table names all of this node, also on a cluster filesystem.
    /// </summary>
    /// <param name="table">The text of /proc/locks.</param>
    /// <param name="major">Of the file's device.</param>
    /// <param name="minor">Of the file's device.</param>
    /// <param name="inode">The file.</param>
    public static IEnumerable<int> Readers(string table, uint major, uint minor, ulong inode)
    {
        string file = string.Create(CultureInfo.InvariantCulture, $"{major:x2}:{minor:x2}:{inode}");
        foreach (string line in table.Split('\n'))
        {
            // "1: POSIX  ADVISORY  READ 1234 08:02:131114 0 0"; who waits for a lock has "->" as second word.
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is [_, "POSIX", _, "READ", var holder, var where, "0", ..] && where == file
                && int.TryParse(holder, NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
                yield return pid;
        }
    }
}
