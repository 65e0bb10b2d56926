namespace HaAgent.Host.Child;

/// <summary>What a block device is made of, as the kernel shows it: a multipath device of its paths, a volume of its disks.</summary>
internal static class BlockLayers
{
    private const int Deepest = 4;

    /// <summary>The numbers (MAJOR:MINOR) of all devices under one, in all layers.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="devices">Where the kernel shows block devices by their numbers.</param>
    public static IReadOnlyCollection<string> Under(string number, string devices = "/sys/dev/block")
    {
        var found = new HashSet<string>();
        Add(Path.Combine(devices, number), 1, found);
        return found;
    }

    private static void Add(string device, int depth, HashSet<string> found)
    {
        string slaves = Path.Combine(device, "slaves");
        if (depth > Deepest || !Directory.Exists(slaves))
            return;
        foreach (string slave in Directory.EnumerateFileSystemEntries(slaves))
        {
            if (found.Add(RegularFile.Text(Path.Combine(slave, "dev")).Trim()))
                Add(slave, depth + 1, found);
        }
    }
}
