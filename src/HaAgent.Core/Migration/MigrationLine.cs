using System.Globalization;
using System.Text.RegularExpressions;

namespace HaAgent.Core.Migration;

/// <summary>What the agent logged when a migration was over: Pacemaker keeps the time of a migration, only the agent knows the
/// downtime.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="To">The node it was migrated to.</param>
/// <param name="Took">How long the migration took.</param>
/// <param name="Downtime">How long the guest stood still.</param>
public sealed partial record MigrationLine(string Resource, string To, TimeSpan Took, TimeSpan Downtime)
{
    /// <summary>A text that every such line contains, to search logs for.</summary>
    public const string Mark = " ms of downtime";

    /// <summary>
    /// Reads a line of a log; null when it is another one. Only a line that the agent itself wrote counts, as syslog, the journal or
    /// HA_LOGFILE hold it: the time, the host where there is one, then at once the agent's name. What others say within their own lines
    /// does not.
    /// </summary>
    public static MigrationLine? Parse(string line)
    {
        Match match = Pattern().Match(line);
        return match.Success
            ? new MigrationLine(
                match.Groups["resource"].Value,
                match.Groups["node"].Value,
                TimeSpan.FromSeconds(double.Parse(match.Groups["seconds"].Value, CultureInfo.InvariantCulture)),
                TimeSpan.FromMilliseconds(double.Parse(match.Groups["downtime"].Value, CultureInfo.InvariantCulture))
            )
            : null;
    }

    // Some syslog daemons write the facility after the host. A guest's name may hold anything but a line break: the last words are the
    // agent's.
    [GeneratedRegex(
        @"^([A-Z][a-z]{2} [ 0-3]?[0-9] [0-9:]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.+Z-]+) +([^\s:]+ +)?([a-z0-9]+\.[a-z]+ +)?"
            + @"VirtualDomain\((?<resource>[^()\s]+)\)\[[0-9]+\]: +INFO: .* was migrated to (?<node>\S+) "
            + @"in (?<seconds>[0-9]{1,7}(\.[0-9]{1,3})?) s, with (?<downtime>[0-9]{1,9}) ms of downtime and [0-9]+ MiB transferred$"
    )]
    private static partial Regex Pattern();
}
