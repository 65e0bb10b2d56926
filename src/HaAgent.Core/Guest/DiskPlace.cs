namespace HaAgent.Core.Guest;

/// <summary>The file or device that a path leads to.</summary>
/// <param name="Name">The same for the same, by whatever path.</param>
/// <param name="Over">The files and devices that a device is made of, through all layers, by their names: a multipath device of its paths,
/// a partition of its disk, a loop device of its file.</param>
public sealed record DiskPlace(string Name, IReadOnlyList<string> Over)
{
    /// <summary>What the kernel calls it and the devices under it ("dm-0", "sdb"); empty: it is no device, or that is not known.</summary>
    public IReadOnlyList<string> KernelNames { get; init; } = [];

    /// <summary>Whether they are one, or one lies on the other.</summary>
    public bool Overlaps(DiskPlace other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Name == other.Name || Over.Contains(other.Name) || other.Over.Contains(Name);
    }
}
