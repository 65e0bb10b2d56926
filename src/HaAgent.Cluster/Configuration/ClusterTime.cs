using System.Globalization;

namespace HaAgent.Cluster.Configuration;

/// <summary>Durations as Pacemaker reads them: a number of seconds, or a number with us, ms, s, m, min, h or hr.</summary>
public static class ClusterTime
{
    private static readonly (string Unit, double Seconds)[] Units =
    [
        ("usec", 1e-6), ("us", 1e-6), ("msec", 1e-3), ("ms", 1e-3), ("sec", 1), ("s", 1), ("min", 60), ("m", 60), ("hr", 3600), ("h", 3600),
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

        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? TimeSpan.FromSeconds(value * seconds) : null;
    }
}
