using HaAgent.Core.Node;

namespace HaAgent.Core.Guest;

/// <summary>Whether two guests write to one disk that was not meant for several.</summary>
public static class CommonDisk
{
    /// <summary>
    /// A disk of ours that the other guest writes to, by our name for it; absent only when each of our disks was compared with each of its
    /// disks.
    /// </summary>
    /// <param name="ours">Our guest's disks, volumes resolved to their paths.</param>
    /// <param name="theirs">The other's, likewise.</param>
    /// <param name="identify">
    /// What lies at a path, by whatever name; absent: nothing does, so that nobody has it open.
    /// </param>
    public static Fact<string> Of(IEnumerable<Disk> ours, IEnumerable<Disk> theirs, Func<string, Fact<DiskPlace>> identify)
    {
        string? unknown = null;
        Disk[] written = [.. theirs.Where(IsWritten)];
        foreach (Disk our in ours.Where(disk => IsWritten(disk) && !disk.Shareable))
        {
            foreach (Disk their in written)
            {
                Fact<bool> same = IsSame(our, their, identify);
                if (same.State == FactState.Known)
                    return Fact.Known(our.Source ?? our.Network ?? our.Target);
                unknown ??= same.Why;
            }
        }

        return unknown is null ? Fact.Absent<string>() : Fact.NotLearned<string>(unknown);
    }

    /// <summary>An empty drive has nothing that could be written to.</summary>
    private static bool IsWritten(Disk disk) => !disk.ReadOnly && !disk.IsEmpty;

    private static Fact<bool> IsSame(Disk our, Disk their, Func<string, Fact<DiskPlace>> identify)
    {
        if (our.Network is string image && their.Network is string other)
            return Canonical(image) == Canonical(other) ? Fact.Known(true) : Fact.Absent<bool>();
        if (our.Network is not null && their.Source is not null)
            return IsMapped(our.Network, their, identify);
        if (our.Source is not null && their.Network is not null)
            return IsMapped(their.Network, our, identify);
        if (IsPath(our) && IsBeyondPaths(their) || IsBeyondPaths(our) && IsPath(their))
            return Fact.Absent<bool>();
        if (our.Type == "vhostuser" != (their.Type == "vhostuser"))
            return Fact.NotLearned<bool>($"what another process serves as {our.Target} or {their.Target} cannot be compared");
        if (our.Source is not string ourPath || their.Source is not string theirPath)
            return Fact.NotLearned<bool>($"its disk {our.Target} of type {our.Type} cannot be compared");
        if (ourPath == theirPath)
            return Fact.Known(true);
        return identify(ourPath).Then(one => identify(theirPath).Then(two => one.Overlaps(two) ? Fact.Known(true) : Fact.Absent<bool>()));
    }

    /// <summary>A target without a unit is its first (iSCSI, LUN 0).</summary>
    private static string Canonical(string network) =>
        network.StartsWith("iscsi ", StringComparison.Ordinal) && !network.Contains('/', StringComparison.Ordinal)
            ? network + "/0"
            : network;

    /// <summary>What a host maps or mounts it reaches by a path as well: an image as a block device, a volume's file as a file.</summary>
    private static Fact<bool> IsMapped(string network, Disk local, Func<string, Fact<DiskPlace>> identify)
    {
        string protocol = network.Split(' ')[0];
        if (protocol == "rbd" && local.Source == $"/dev/rbd/{network["rbd".Length..].TrimStart()}")
            return Fact.Known(true);
        bool isDevice = local.Type == "block" || local.Source!.StartsWith("/dev/", StringComparison.Ordinal);
        Fact<bool> maybe = Fact.NotLearned<bool>($"{local.Source} may be the image {network}");
        if (protocol is "gluster" or "nfs")
            return isDevice ? Fact.Absent<bool>() : maybe;
        if (protocol is not ("rbd" or "iscsi" or "nbd") || !isDevice)
            return Fact.Absent<bool>();

        // By the driver that maps such images; whatever lies over one has it among what it is made of.
        string driver = protocol == "iscsi" ? "sd" : protocol;
        return identify(local.Source!)
            .Then(place =>
                place.KernelNames.Count > 0 && !place.KernelNames.Any(name => name.StartsWith(driver, StringComparison.Ordinal))
                    ? Fact.Absent<bool>()
                    : maybe
            );
    }

    private static bool IsPath(Disk disk) => disk.Source is not null && disk.Type is "file" or "block" or "dir";

    /// <summary>A controller that the guest has has no path on the host.</summary>
    private static bool IsBeyondPaths(Disk disk) => disk.Type == "nvme";
}
