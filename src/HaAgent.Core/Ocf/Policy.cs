namespace HaAgent.Core.Ocf;

/// <summary>What monitor makes of a finding that an administrator may judge differently.</summary>
public enum Policy
{
    /// <summary>A failure: the cluster recovers the guest.</summary>
    Fail,

    /// <summary>Running, but degraded.</summary>
    Degraded,

    /// <summary>Only a line in the log.</summary>
    Ignore,
}

/// <summary>The words of a <see cref="Policy"/>.</summary>
public static class Policies
{
    /// <summary>As they are written in the CIB.</summary>
    public static string[] Names { get; } = ["fail", "degraded", "ignore"];

    /// <summary>The policy of a validated word.</summary>
    public static Policy Parse(string name) => (Policy)Array.IndexOf(Names, name);
}
