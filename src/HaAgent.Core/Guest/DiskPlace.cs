namespace HaAgent.Core.Guest;

/// <summary>The file or device that a path leads to.</summary>
/// <param name="Name">The same for the same, by whatever path.</param>
/// <param name="Over">The devices that a device of several is made of, through all layers, by their names: a multipath device of its
/// paths.</param>
public sealed record DiskPlace(string Name, IReadOnlyList<string> Over)
{
    /// <summary>Whether they are one, or one lies on the other.</summary>
    public bool Overlaps(DiskPlace other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Name == other.Name || Over.Contains(other.Name) || other.Over.Contains(Name);
    }
}
