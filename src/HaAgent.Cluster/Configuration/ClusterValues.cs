using System.Globalization;

namespace HaAgent.Cluster.Configuration;

/// <summary>Yes and no as Pacemaker reads them (crm_str_to_boolean).</summary>
public static class ClusterBoolean
{
    private static readonly string[] Yes = ["true", "on", "yes", "y", "1"];
    private static readonly string[] No = ["false", "off", "no", "n", "0"];

    /// <summary>It says yes.</summary>
    public static bool IsTrue(string? text) => text is not null && Yes.Contains(text.ToLowerInvariant());

    /// <summary>It says yes, or nothing: for what is on unless it is switched off.</summary>
    public static bool IsTrueOrUnset(string? text) => text is null || IsTrue(text);

    /// <summary>It says no.</summary>
    public static bool IsFalse(string? text) => text is not null && No.Contains(text.ToLowerInvariant());
}

/// <summary>Durations as Pacemaker reads them: a number of seconds, or a number with us, ms, s, m, min, h or hr.</summary>
public static class ClusterTime
{
    private static readonly (string Unit, double Seconds)[] Units =
    [
        ("usec", 1e-6),
        ("us", 1e-6),
        ("msec", 1e-3),
        ("ms", 1e-3),
        ("sec", 1),
        ("s", 1),
        ("min", 60),
        ("m", 60),
        ("hr", 3600),
        ("h", 3600),
    ];

    /// <summary>The duration, or null when the text is none.</summary>
    public static TimeSpan? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        string number = text.Trim();
        double seconds = 1;
        foreach ((string unit, double factor) in Units)
        {
            if (!number.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
                continue;
            number = number[..^unit.Length].TrimEnd();
            seconds = factor;
            break;
        }

        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? TimeSpan.FromSeconds(value * seconds)
            : null;
    }
}

/// <summary>Pacemaker's scores: whole numbers, and INFINITY, which is a million and outweighs everything.</summary>
public static class Score
{
    /// <summary>INFINITY.</summary>
    public const long Infinity = 1_000_000;

    /// <summary>Reads a score; what is none counts as 0, as for Pacemaker.</summary>
    public static long Parse(string? text) =>
        text?.Trim().TrimStart('+') switch
        {
            null or "" => 0,
            var t when t.Equals("INFINITY", StringComparison.OrdinalIgnoreCase) || t.Equals("inf", StringComparison.OrdinalIgnoreCase) =>
                Infinity,
            var t when t.Equals("-INFINITY", StringComparison.OrdinalIgnoreCase) || t.Equals("-inf", StringComparison.OrdinalIgnoreCase) =>
                -Infinity,
            var t => long.TryParse(t, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
                ? Math.Clamp(value, -Infinity, Infinity)
                : 0,
        };

    /// <summary>As Pacemaker writes it.</summary>
    public static string Write(long score) =>
        score switch
        {
            >= Infinity => "INFINITY",
            <= -Infinity => "-INFINITY",
            _ => score.ToString(CultureInfo.InvariantCulture),
        };
}

/// <summary>The release of Pacemaker that leads the cluster.</summary>
internal static class PacemakerVersion
{
    /// <summary>Whether it is older than 3.0.0, as the property dc-version says ("2.1.5-a3f44794f94"); null: nothing says it.</summary>
    public static bool? IsBefore3(Cib cib) =>
        int.TryParse(cib.Property("dc-version")?.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
            ? major < 3
            : null;
}
