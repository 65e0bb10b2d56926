namespace HaAgent.Core.Ocf;

/// <summary>One advertised name of an action.</summary>
/// <param name="Name">The word on the command line.</param>
/// <param name="Action">What it runs.</param>
/// <param name="TimeoutSeconds">The suggested timeout, also the one that holds when the environment names none; 0: not advertised.</param>
/// <param name="IntervalSeconds">The suggested interval of a recurring action; 0: not recurring.</param>
/// <param name="Depth">The check level of a monitor (OCF_CHECK_LEVEL).</param>
public sealed record ActionRow(string Name, OcfAction Action, int TimeoutSeconds, int IntervalSeconds = 0, int Depth = 0);

/// <summary>The one table of actions: dispatch, usage and meta-data read it.</summary>
public static class ActionTable
{
    /// <summary>Every name this agent answers to, in the order in which meta-data lists them.</summary>
    public static ActionRow[] Rows { get; } =
    [
        new("start", OcfAction.Start, 90),
        new("stop", OcfAction.Stop, 90),
        new("status", OcfAction.Monitor, 30, 10),
        new("monitor", OcfAction.Monitor, 30, 10),
        new("monitor", OcfAction.Monitor, 60, 60, 10),
        new("monitor", OcfAction.Monitor, 60, 300, 20),
        new("migrate_from", OcfAction.MigrateFrom, 60),
        new("migrate_to", OcfAction.MigrateTo, 120),
        new("reload-agent", OcfAction.ReloadAgent, 10),
        new("validate-all", OcfAction.ValidateAll, 5),
        new("meta-data", OcfAction.MetaData, 5),
        new("usage", OcfAction.Usage, 0),
        new("help", OcfAction.Usage, 0),
    ];

    /// <summary>The row of a name as typed, or null: then the answer is <see cref="ExitCode.Unimplemented"/>.</summary>
    public static ActionRow? Find(string name)
    {
        foreach (ActionRow row in Rows)
        {
            if (row.Name == name)
                return row;
        }

        return null;
    }
}

/// <summary>The actions of this agent. Which names they have on the command line stands in <see cref="ActionTable"/>.</summary>
public enum OcfAction
{
    Start,
    Stop,
    Monitor,
    MigrateTo,
    MigrateFrom,
    ReloadAgent,
    ValidateAll,
    MetaData,
    Usage,
}
