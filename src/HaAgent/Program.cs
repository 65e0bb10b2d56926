using HaAgent;
using HaAgent.Core.Ocf;
using HaAgent.Core.Text;
using HaAgent.Host;
using HaAgent.Host.Child;

ChildWork.ServeIfChild(args);

// The one catch-all: no path leaves without a defined exit code (OCF 1.1, "Return codes"), and none by way of the C library's exit
// handlers: a thread may still be inside a call of libvirt that never comes back.
ExitCode code;
try
{
    code = Agent.Run(args, Environment.GetEnvironmentVariable);
}
catch (Exception e)
{
    StandardStreams.Error(
        $"ocf-exit-reason:Internal error of ocf:haagent:VirtualDomain, please report it: {e.GetType().Name}: {Printable.Line(e.Message)}"
            + "\n"
    );
    code = ExitCode.Generic;
}

Tmds.Linux.LibC._exit((int)code);
