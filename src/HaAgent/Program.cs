using HaAgent;
using HaAgent.Core.Ocf;
using HaAgent.Core.Text;
using HaAgent.Host;

// The one catch-all: no path leaves without a defined exit code (OCF 1.1, "Return codes").
try
{
    // Not by way of the C library's exit handlers: a thread may still be inside a call of libvirt that never comes back.
    Tmds.Linux.LibC._exit((int)Agent.Run(args, Environment.GetEnvironmentVariable));
    return 0;
}
catch (Exception e)
{
    StandardStreams.Error($"ocf-exit-reason:Internal error of ocf:haagent:VirtualDomain, please report it: {e.GetType().Name}: {Printable.Line(e.Message)}" + "\n");
    return (int)ExitCode.Generic;
}
