using System.Globalization;

namespace HaAgent.Cluster.Configuration;

/// <summary>Pacemaker's scores: whole numbers, and INFINITY, which is a million and outweighs everything.</summary>
public static class Score
{
    /// <summary>INFINITY.</summary>
    public const long Infinity = 1_000_000;

    /// <summary>Reads a score; what is none counts as 0, as for Pacemaker.</summary>
    public static long Parse(string? text) => text?.Trim().TrimStart('+') switch
    {
        null or "" => 0,
        var t when t.Equals("INFINITY", StringComparison.OrdinalIgnoreCase) || t.Equals("inf", StringComparison.OrdinalIgnoreCase) => Infinity,
        var t when t.Equals("-INFINITY", StringComparison.OrdinalIgnoreCase) || t.Equals("-inf", StringComparison.OrdinalIgnoreCase) => -Infinity,
        var t => long.TryParse(t, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? Math.Clamp(value, -Infinity, Infinity) : 0,
    };

    /// <summary>As Pacemaker writes it.</summary>
    public static string Write(long score) => score switch
    {
        >= Infinity => "INFINITY",
        <= -Infinity => "-INFINITY",
        _ => score.ToString(CultureInfo.InvariantCulture),
    };
}
