using HaAgent.Core.Ocf;
using HaAgent.Host;
using HaAgent.Host.Child;

// A child process is the executable that started it once more: here, this one.
ChildWork.ServeIfChild(args, HaAgent.Host.Node.NodeVolume.Serve);

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
    new Volume(new ChildCall(directory, "VM1")).Write(path, "text", Deadline.In(TimeSpan.FromHours(1)), out _);

return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
