namespace HaAgent.Cluster.Facts;

/// <summary>A systemd unit as <c>systemctl show</c> reports it.</summary>
/// <param name="Load">LoadState: loaded, not-found, masked, …</param>
/// <param name="Active">ActiveState: active, inactive, failed, …</param>
/// <param name="File">UnitFileState: enabled, disabled, static, …; empty when there is no unit file.</param>
public sealed record UnitFact(string Load, string Active, string File)
{
    /// <summary>A unit that systemd does not know.</summary>
    public static readonly UnitFact None = new("not-found", "inactive", "");

    /// <summary>Whether systemd has it.</summary>
    public bool Exists => Load is "loaded" or "masked";

    /// <summary>Whether it starts at boot.</summary>
    public bool Enabled => File is "enabled" or "enabled-runtime" or "alias";

    /// <summary>Whether it runs or listens now.</summary>
    public bool Running => Active is "active" or "activating" or "reloading";
}
