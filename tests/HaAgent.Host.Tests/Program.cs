using HaAgent.Core.Ocf;
using HaAgent.Host;
using HaAgent.Host.Child;
using HaAgent.Host.Node;
using HaAgent.Host.Tests.Child;

// A child process is the executable that started it once more: here, this one.
ChildWork.ServeIfChild(args, Still.Serve);

// An action that overruns its time: before it is decided, or after.
if (args is ["overrun", string how])
{
    var watchdog = new Watchdog(Deadline.In(TimeSpan.FromMilliseconds(300)), "ocf-exit-reason:", () => "waiting for\nthe moon");
    watchdog.Start();
    if (how == "decided")
        watchdog.Decide(new Outcome(ExitCode.Success));
    Thread.Sleep(Timeout.Infinite);
}

// A parent that waits for its child until it is killed.
if (args is ["write", string directory, string path])
    Still.Stand(new ChildCall(directory, "VM1"), path, Deadline.In(TimeSpan.FromHours(1)));

// One who writes down what is remembered, with less rights than root has.
if (args is ["save", string resource, string root])
{
    var state = new StateDirectory(resource, root + "/run", root + "/lib");
    state.Save(state.Load()! with { IsActive = false });
    return 0;
}

// One who runs a program until it is killed.
if (args is ["run", string what, string program])
    Command.Run(Deadline.In(TimeSpan.FromHours(1)), program, [], whenWeEnd: what == "goes-on" ? WhenWeEnd.ItGoesOn : WhenWeEnd.ItEnds, held: NodeChanges.Hold(program + ".lock", Deadline.In(TimeSpan.Zero)));

return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
