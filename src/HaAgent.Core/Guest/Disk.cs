namespace HaAgent.Core.Guest;

/// <summary>A disk of a domain, as its XML has it (libvirt.org/formatdomain.html, "Hard drives, floppy disks, CDROMs").</summary>
/// <param name="Type">file, block, dir, network, volume, nvme, vhostuser…</param>
/// <param name="Device">disk, cdrom, floppy or lun.</param>
/// <param name="Target">The name inside the guest, for example vda.</param>
/// <param name="Source">The path of a file, block or dir disk; null for others and for an empty drive.</param>
/// <param name="ReadOnly">The guest cannot write to it.</param>
/// <param name="Shareable">Several guests may write to it; its lock is a shared one.</param>
public sealed record Disk(string Type, string Device, string Target, string? Source, bool ReadOnly, bool Shareable)
{
    /// <summary>The pool of a volume disk, or null.</summary>
    public string? Pool { get; init; }

    /// <summary>The volume of a volume disk, or null.</summary>
    public string? Volume { get; init; }

    /// <summary>lockd takes a lease for it: writable, and a path on this machine (virDomainLockManagerAddImage).</summary>
    public bool IsLockable => !ReadOnly && Source is not null && (Type is "file" or "block" or "dir");
}
