using HaAgent.Core.Guest;
using HaAgent.Core.Ocf;
using HaAgent.Host;
using HaAgent.Log;
using HaAgent.World;

namespace HaAgent;

/// <summary>From a word and an environment to an exit code.</summary>
internal static class Agent
{
    /// <summary>The version, from the build.</summary>
    public const string Version = ThisAssembly.Version;

    /// <summary>Runs one action. Arguments after the first are ignored, as OCF demands.</summary>
    public static ExitCode Run(string[] args, Func<string, string?> environment)
    {
        if (args.Length == 0 || ActionTable.Find(args[0]) is not ActionRow row)
        {
            StandardStreams.Error(Usage.Text("VirtualDomain"));
            return args.Length == 0 ? ExitCode.Arguments : ExitCode.Unimplemented;
        }

        switch (row.Action)
        {
            case OcfAction.MetaData:
                StandardStreams.Out(MetaData.Text(Version));
                return ExitCode.Success;
            case OcfAction.Usage:
                StandardStreams.Out(Usage.Text("VirtualDomain"));
                return ExitCode.Success;
        }

        long began = OperationClock.Second;
        var invocation = new Invocation(row, environment);
        var state = new StateDirectory(invocation.Resource, environment("HA_RSCTMP"), environment("HA_VARLIB"));
        var waits = new Waits();
        var watchdog = new Watchdog(
            Deadline.In(Situation.LastMoment(invocation.Timeout)),
            invocation.ExitReasonPrefix,
            () => waits.Overrun(invocation)
        );
        Outcome outcome;
        using (var log = new OcfLog(invocation, state, environment))
        {
            outcome = Run(invocation, state, log, waits, watchdog);
            watchdog.Decide(outcome);
            if (outcome.Reason is not null)
                log.Write(
                    new LogMessage(
                        outcome.Code is ExitCode.NotRunning or ExitCode.Degraded or ExitCode.Success ? Severity.Info : Severity.Error,
                        outcome.Reason,
                        ToStderr: false
                    )
                );
        }

        watchdog.Say();
        if (invocation.Action == OcfAction.MigrateTo && outcome.Code != ExitCode.Success)
            OperationClock.LeaveSecond(began);
        return outcome.Code;
    }

    private static Outcome Run(Invocation invocation, StateDirectory state, OcfLog log, Waits waits, Watchdog watchdog)
    {
        var settings = new Settings(invocation);
        string? problem = settings.Problem();

        // Without config there is nothing that could be done. Any other bad value refuses what begins something; it must not keep a guest
        // from being stopped or seen, so there its default counts.
        bool mayRefuse = invocation.Action is OcfAction.Start or OcfAction.MigrateTo or OcfAction.ValidateAll or OcfAction.ReloadAgent;
        if (problem is not null && (mayRefuse || settings.Config.Length == 0))
            return new Outcome(ExitCode.Configured, problem);
        if (invocation.Action == OcfAction.ReloadAgent || (invocation.Action == OcfAction.ValidateAll && invocation.CheckLevel < 10))
            return Outcome.Success;
        if (problem is not null)
            log.Write(new LogMessage(Severity.Warning, $"{problem}. Until then its default counts"));

        // The recurring monitor is over in milliseconds; there, who waits longer than usual calls the watchdog.
        if (invocation.Action != OcfAction.Monitor || invocation.CheckLevel > 0)
            watchdog.Start();
        using var context = new AgentContext(invocation, settings, state, log, waits, watchdog);
        if (invocation.Action == OcfAction.ValidateAll)
            return new DeepValidation(context).Run();
        using var world = new GuestWorld(context);
        return Runner.Run(RuleFor(invocation.Action), new Situation(invocation, settings), world);
    }

    private static IRule RuleFor(OcfAction action) =>
        action switch
        {
            OcfAction.Start => new StartRule(),
            OcfAction.Stop => new StopRule(),
            OcfAction.Monitor => new MonitorRule(),
            OcfAction.MigrateTo => new MigrateToRule(),
            OcfAction.MigrateFrom => new MigrateFromRule(),
            OcfAction.ReloadAgent or OcfAction.ValidateAll or OcfAction.MetaData or OcfAction.Usage =>
                throw new InvalidOperationException(),
        };
}
