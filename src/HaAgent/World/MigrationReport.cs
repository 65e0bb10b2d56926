using System.Globalization;
using HaAgent.Libvirt;

namespace HaAgent.World;

/// <summary>A migration in words.</summary>
internal static class MigrationReport
{
    private const double Mebi = 1024 * 1024;

    /// <summary>How far it is.</summary>
    public static string Line(string domain, string node, MigrationProgress progress)
    {
        double percent = progress.TotalBytes == 0 ? 0 : 100.0 * (progress.TotalBytes - Math.Min(progress.RemainingBytes, progress.TotalBytes)) / progress.TotalBytes;
        return string.Create(CultureInfo.InvariantCulture,
            $"Migrating {domain} to {node}: {percent:F0} %, {progress.ProcessedBytes / Mebi:F0} MiB transferred, {progress.BytesPerSecond / Mebi:F1} MiB/s, "
            + $"{progress.DirtyPagesPerSecond * progress.PageSize / Mebi:F1} MiB/s changed by the guest");
    }

    /// <summary>What it was.</summary>
    public static string Done(string domain, string node, MigrationProgress completed) => completed.ElapsedMilliseconds == 0
        ? $"{domain} was migrated to {node}"
        : string.Create(CultureInfo.InvariantCulture,
            $"{domain} was migrated to {node} in {completed.ElapsedMilliseconds / 1000.0:F1} s, with {completed.DowntimeMilliseconds} ms of downtime and {completed.ProcessedBytes / Mebi:F0} MiB transferred");
}
