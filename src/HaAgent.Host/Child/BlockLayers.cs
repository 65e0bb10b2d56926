namespace HaAgent.Host.Child;

/// <summary>What a block device is made of, as the kernel shows it: a multipath device of its paths, a volume of its disks, a partition of
/// its disk, a loop device of its file.</summary>
internal static class BlockLayers
{
    private const string Devices = "/sys/dev/block";
    private const int Deepest = 6;

    /// <summary>The numbers (MAJOR:MINOR) of all devices under one, in all layers.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="devices">Where the kernel shows block devices by their numbers.</param>
    public static IReadOnlyCollection<string> Under(string number, string devices = Devices)
    {
        var found = new HashSet<string>();
        Add($"{devices}/{number}", 1, found);
        return found;
    }

    /// <summary>The file or device that a loop device shows; null: it is none.</summary>
    public static string? File(string number, string devices = Devices) => Read($"{devices}/{number}/loop/backing_file");

    /// <summary>What the kernel calls a device, "sdb"; null: that is not known.</summary>
    public static string? Name(string number, string devices = Devices)
    {
        const string field = "DEVNAME=";
        return Read($"{devices}/{number}/uevent")
            ?.Split('\n')
            .FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal))
            ?[field.Length..];
    }

    private static void Add(string device, int depth, HashSet<string> found)
    {
        if (depth > Deepest)
            return;

        // A partition is shown within its disk.
        if (Read($"{device}/partition") is not null)
            AddAll([$"{device}/.."], depth, found);
        string slaves = $"{device}/slaves";
        if (Directory.Exists(slaves))
            AddAll(Directory.EnumerateFileSystemEntries(slaves), depth, found);
    }

    private static void AddAll(IEnumerable<string> devices, int depth, HashSet<string> found)
    {
        foreach (string device in devices)
        {
            if (found.Add(RegularFile.Text($"{device}/dev").Trim()))
                Add(device, depth + 1, found);
        }
    }

    private static string? Read(string path)
    {
        const int most = 64 * 1024;
        return RegularFile.Read(path, most, out _)?.Text.Trim();
    }
}
