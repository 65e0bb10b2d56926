using System.Globalization;
using System.Text.RegularExpressions;

namespace HaAgent.Cluster.Status;

/// <summary>What the agent logged when a migration was over: Pacemaker keeps the time of a migration, only the agent knows the downtime.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="To">The node it was migrated to.</param>
/// <param name="Took">How long the migration took.</param>
/// <param name="Downtime">How long the guest stood still.</param>
public sealed partial record MigrationLine(string Resource, string To, TimeSpan Took, TimeSpan Downtime)
{
    /// <summary>A text that every such line contains, to search logs for.</summary>
    public const string Mark = " ms of downtime";

    /// <summary>Reads a line of a log; null when it is another one.</summary>
    public static MigrationLine? Parse(string line)
    {
        Match match = Pattern().Match(line);
        return match.Success
            ? new MigrationLine(match.Groups["resource"].Value, match.Groups["node"].Value,
                TimeSpan.FromSeconds(double.Parse(match.Groups["seconds"].Value, CultureInfo.InvariantCulture)),
                TimeSpan.FromMilliseconds(double.Parse(match.Groups["downtime"].Value, CultureInfo.InvariantCulture)))
            : null;
    }

    [GeneratedRegex(@"VirtualDomain\((?<resource>[^)]+)\)\[\d+\]: +INFO: .* was migrated to (?<node>\S+) in (?<seconds>\d+(\.\d+)?) s, with (?<downtime>\d+) ms of downtime")]
    private static partial Regex Pattern();
}
