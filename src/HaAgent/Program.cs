using HaAgent;
using HaAgent.Core.Ocf;
using HaAgent.Host;

// The one catch-all: no path leaves without a defined exit code (OCF 1.1, "Return codes").
try
{
    return (int)Agent.Run(args, Environment.GetEnvironmentVariable);
}
catch (Exception e)
{
    StandardStreams.Error($"ocf-exit-reason:Internal error of ocf:haagent:VirtualDomain, please report it: {e.GetType().Name}: {e.Message}" + "\n");
    return (int)ExitCode.Generic;
}
