using System.Globalization;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;

namespace HaAgent.Cli.Probe.Questions;

/// <summary>A shared block device as one node sees it.</summary>
internal static class DeviceQuestions
{
    /// <summary>The devices of those names.</summary>
    public static Question Devices(params IReadOnlyList<string> paths) => new("devices",
        $$"""
        for device in {{string.Join(' ', paths.Select(ShellWord.Quote))}}; do
        echo "path $device"
        [ -b "$device" ] || continue
        real=$(readlink -f "$device"); name=$(basename "$real")
        echo "real $real"
        echo "size $(blockdev --getsize64 "$device")"
        echo "read-only $(blockdev --getro "$device")"
        find -L /dev/disk -samefile "$real" 2>/dev/null | sed 's/^/name /'
        wipefs --no-act --parsable "$device" | grep -v '^#' | cut -d, -f4 | sort -u | sed 's/^/signature /'
        for holder in /sys/class/block/"$name"/holders/* /sys/class/block/"$name"/"$name"*/holders/*; do
          [ -e "$holder" ] && echo "used $(basename "$holder")"
        done
        for number in $(cat /sys/class/block/"$name"/dev /sys/class/block/"$name"/"$name"*/dev 2>/dev/null); do
          awk -v number="$number" '$3 == number { print "used " $5 }' /proc/self/mountinfo
        done
        awk -v device="$real" '$1 == device { print "used swap" }' /proc/swaps
        debugfs.ocfs2 -R stats "$device" 2>/dev/null | sed -n 's/^[[:space:]]*Cluster stack: /ocfs2-stack /p; s/^[[:space:]]*Cluster name: /ocfs2-cluster /p'
        tunegfs2 -l "$device" 2>/dev/null | sed -n 's/^[Ll]ock protocol: *"*\([^"]*\)"*$/gfs2-stack \1/p; s/^File system volume name: *"*\([^":]*\):.*$/gfs2-cluster \1/p'
        done
        """,
        (facts, answer) => facts with { Devices = ReadAll(answer) });

    private static Dictionary<string, DeviceFact> ReadAll(string answer) => ("\n" + answer)
        .Split("\npath ", StringSplitOptions.RemoveEmptyEntries)
        .Select(block => block.Split('\n', 2)).Where(parts => parts.Length == 2)
        .ToDictionary(parts => parts[0], parts => Read(parts[1]));

    private static DeviceFact Read(string answer)
    {
        ILookup<string, string> found = answer.Split('\n').Select(line => line.Split(' ', 2)).Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => pair[1]);
        if (!found.Contains("real"))
            return new DeviceFact(false);
        return new DeviceFact(true)
        {
            RealPath = found["real"].First(),
            Size = long.TryParse(found["size"].FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size : 0,
            ReadOnly = found["read-only"].FirstOrDefault() == "1",
            StableNames = [.. found["name"].Order(StringComparer.Ordinal)],
            Signatures = [.. found["signature"]],
            UsedBy = [.. found["used"].Distinct()],
            ClusterFilesystem = Filesystem(found, "ocfs2") ?? Filesystem(found, "gfs2"),
        };
    }

    private static ClusterFilesystemFact? Filesystem(ILookup<string, string> found, string type) =>
        found[type + "-stack"].FirstOrDefault() is { } stack
            ? new ClusterFilesystemFact(type, stack, found[type + "-cluster"].FirstOrDefault() ?? "")
            : null;
}
