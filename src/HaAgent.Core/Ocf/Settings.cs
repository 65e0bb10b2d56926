using System.Globalization;

namespace HaAgent.Core.Ocf;

/// <summary>
/// The parameters of one call, read on demand: a recurring monitor looks at few of them.
/// A value that does not fit its row counts as its default; <see cref="Problem"/> tells of it, and the actions that may refuse do.
/// </summary>
public sealed class Settings(Invocation invocation)
{
    public string Config => Text(ParameterTable.Config);
    public string Hypervisor => Text(ParameterTable.Hypervisor);
    public bool ForceStop => Flag(ParameterTable.ForceStop);
    public string MigrationTransport => Text(ParameterTable.MigrationTransport);
    public string MigrationUser => Text(ParameterTable.MigrationUser);

    /// <summary>Milliseconds; 0: the hypervisor's default.</summary>
    public long MigrationDowntime => Number(ParameterTable.MigrationDowntime) ?? 0;

    /// <summary>MiB/s; 0: no limit.</summary>
    public long MigrationSpeed => Number(ParameterTable.MigrationSpeed) ?? 0;

    public string MigrationNetworkSuffix => Text(ParameterTable.MigrationNetworkSuffix);
    public string MigrateUri => Text(ParameterTable.MigrateUri);
    public string MigrateOptions => Text(ParameterTable.MigrateOptions);
    public string[] MonitorScripts => Text(ParameterTable.MonitorScripts).Split(' ', StringSplitOptions.RemoveEmptyEntries);
    public bool AutosetUtilizationCpu => Flag(ParameterTable.AutosetUtilizationCpu);
    public bool AutosetUtilizationHostMemory => Flag(ParameterTable.AutosetUtilizationHostMemory);
    public bool AutosetUtilizationHvMemory => Flag(ParameterTable.AutosetUtilizationHvMemory);
    public bool UnsetUtilizationCpu => Flag(ParameterTable.UnsetUtilizationCpu);
    public bool UnsetUtilizationHostMemory => Flag(ParameterTable.UnsetUtilizationHostMemory);
    public bool UnsetUtilizationHvMemory => Flag(ParameterTable.UnsetUtilizationHvMemory);

    /// <summary>A TCP port; null: choose one.</summary>
    public long? MigratePort => Number(ParameterTable.MigratePort);

    public string RemoteUri => Text(ParameterTable.RemoteUri);
    public bool SaveConfigOnStop => Flag(ParameterTable.SaveConfigOnStop) || SyncConfigOnStop;
    public bool SyncConfigOnStop => Flag(ParameterTable.SyncConfigOnStop);
    public string Snapshot => Text(ParameterTable.Snapshot);
    public string BackingFile => Text(ParameterTable.BackingFile);
    public bool Stateless => Flag(ParameterTable.Stateless);
    public string[] CopyInDirs => Text(ParameterTable.CopyInDirs).Split(' ', StringSplitOptions.RemoveEmptyEntries);
    public string ShutdownMode => Text(ParameterTable.ShutdownMode);
    public bool StartResources => Flag(ParameterTable.StartResources);
    public string RequireLock => Text(OwnParameters.RequireLock);
    public Policy OnLockLost => Policies.Parse(Text(OwnParameters.OnLockLost));
    public Policy OnPausedError => Policies.Parse(Text(OwnParameters.OnPausedError));

    /// <summary>Seconds; null: automatic.</summary>
    public long? StopReserve => Number(OwnParameters.StopReserve);

    public string MigrationTimeoutAction => Text(OwnParameters.MigrationTimeoutAction);
    public bool MigrationAutoConverge => Flag(OwnParameters.MigrationAutoConverge);
    public bool MonitorGuestAgent => Flag(OwnParameters.MonitorGuestAgent);

    /// <summary>The first thing wrong with the parameters, as one sentence; null when there is nothing.</summary>
    public string? Problem()
    {
        foreach (Parameter parameter in ParameterTable.Rows)
        {
            string? text = invocation.Raw(parameter);
            if (text is null)
            {
                if (parameter.Required)
                    return $"The parameter {parameter.Name} is not set. Set it with: crm resource param {invocation.Resource} set "
                        + $"{parameter.Name} VALUE";
                continue;
            }

            if (parameter.Problem(text) is string problem)
                return $"The parameter {parameter.Name} {problem}. Correct it with: crm resource param {invocation.Resource} set "
                    + $"{parameter.Name} VALUE";
        }

        if (ForceStop && Snapshot.Length > 0)
            return "The parameters force_stop and snapshot cannot be used together: one destroys what the other saves. Remove one of them";
        if (Stateless && BackingFile.Length == 0)
            return "The parameter stateless needs backingfile: without a backing image there is nothing to begin anew from. Set "
                + "backingfile or remove stateless";
        return null;
    }

    private string Text(Parameter parameter) =>
        invocation.Raw(parameter) is string text && parameter.Problem(text) is null ? text : parameter.Default;

    private bool Flag(Parameter parameter) => OcfBoolean.TryParse(Text(parameter), out bool value) && value;

    private long? Number(Parameter parameter) =>
        long.TryParse(Text(parameter), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;
}

/// <summary>The booleans of ocf-shellfuncs: ocf_is_true takes yes, true, 1, on and ja, in any common spelling.</summary>
public static class OcfBoolean
{
    private static readonly string[] True = ["true", "yes", "on", "1", "ja", "y", "t"];
    private static readonly string[] False = ["false", "no", "off", "0", "nein", "n", "f"];

    /// <summary>Reads one; false is returned for a text that is neither.</summary>
    public static bool TryParse(string text, out bool value)
    {
        value = IsOneOf(True, text);
        return value || IsOneOf(False, text);
    }

    private static bool IsOneOf(string[] words, string text)
    {
        foreach (string word in words)
        {
            if (string.Equals(word, text, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}

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
