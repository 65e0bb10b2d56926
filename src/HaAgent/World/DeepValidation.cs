using HaAgent.Core.Guest;
using HaAgent.Core.Ocf;

namespace HaAgent.World;

/// <summary>validate-all at check level 10 and above, which may look at this node (OCF 1.1, "Check levels").</summary>
internal sealed class DeepValidation(AgentContext context)
{
    /// <summary>The first thing that would keep the guest from starting here; warnings go to the log.</summary>
    public Outcome Run()
    {
        TimeSpan within = context.Invocation.Timeout / 3;
        var starting = new Starting(context);
        OperationResult load = starting.LoadConfiguration(within);
        if (!load.Succeeded)
            return new Outcome(load.Code, load.Message);
        context.Identity = context.Resolver.Configuration!.Identity;

        OperationResult reach = context.Hypervisor.Do(within, _ => { });
        if (!reach.Succeeded)
            return new Outcome(reach.Code, $"{context.Domain} could not be managed here: {reach.Message}");
        OperationResult guard = starting.CheckLockGuard(within);
        if (!guard.Succeeded)
            return new Outcome(guard.Code, guard.Message);
        if (guard.Message is not null)
            context.Log.Say(new Remark(Severity.Warning, guard.Message));
        return Missing() is string missing ? new Outcome(ExitCode.Installed, missing) : Outcome.Success;
    }

    private string? Missing()
    {
        Settings settings = context.Settings;
        if (settings.SyncConfigOnStop && !IsOnPath("csync2"))
            return "sync_config_on_stop needs the program csync2, which is not installed on this node";
        if (settings.BackingFile.Length > 0 && !IsOnPath("qemu-img"))
            return "backingfile needs the program qemu-img, which is not installed on this node";
        if (settings.BackingFile.Length > 0 && !File.Exists(settings.BackingFile))
            return $"The backing image {settings.BackingFile} does not exist on this node";
        if (settings.CopyInDirs.Length > 0 && !IsOnPath("virt-copy-in"))
            return "copyindirs needs the program virt-copy-in (libguestfs), which is not installed on this node";
        if (settings.Snapshot.Length > 0 && !Directory.Exists(settings.Snapshot))
            return $"The snapshot directory {settings.Snapshot} does not exist on this node";
        return null;
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory => File.Exists(Path.Combine(directory, program)));
}
