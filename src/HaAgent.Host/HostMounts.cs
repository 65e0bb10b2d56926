using System.Globalization;
using HaAgent.Core.Locking;

namespace HaAgent.Host;

/// <summary>The mounts of this process's mount namespace (proc(5), mountinfo). The kernel writes them from memory and asks no
/// filesystem.</summary>
internal static class HostMounts
{
    /// <summary>Every mount, in the kernel's order.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    public static IReadOnlyList<Mount> All() => MountTable.Parse(RegularFile.Text("/proc/self/mountinfo"));

    /// <summary>The mount that an open file lies on, symbolic links and bind mounts included (proc(5), fdinfo); null: the kernel does not
    /// show it.</summary>
    public static Mount? Of(int fd)
    {
        const string field = "mnt_id:";
        string? id = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fdinfo/{fd}"))
            .FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal))
            ?[field.Length..].Trim();
        return All().FirstOrDefault(mount => mount.Id == id);
    }

    /// <summary>Whether something is mounted at exactly that path.</summary>
    public static bool IsMountPoint(string path, IReadOnlyList<Mount> mounts) =>
        mounts.Any(mount => mount.Point == (path == "/" ? path : path.TrimEnd('/')));
}
