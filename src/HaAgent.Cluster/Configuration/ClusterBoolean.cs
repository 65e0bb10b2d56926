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
