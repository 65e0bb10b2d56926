using HaAgent.Core.Guest;
using HaAgent.Core.Ocf;
using HaAgent.Host;
using HaAgent.Host.Child;

namespace HaAgent.World;

/// <summary>validate-all at check level 10 and above, which may look at this node (OCF 1.1, "Check levels").</summary>
internal sealed class DeepValidation(AgentContext context)
{
    /// <summary>The first thing that would keep the guest from starting here; warnings go to the log.</summary>
    public Outcome Run()
    {
        Deadline deadline = Deadline.In(Situation.LastMoment(context.Invocation.Timeout) * 0.9 - context.Elapsed);
        var starting = new Starting(context);
        OperationResult load = starting.LoadConfiguration(deadline.Share(0.3));
        if (!load.Succeeded)
            return new Outcome(load.Code, load.Message);
        context.Identity = context.Resolver.Configuration!.Identity;

        OperationResult reach = context.Hypervisor.Do(deadline.Share(0.4), _ => { });
        if (!reach.Succeeded)
            return new Outcome(reach.Code, $"{context.Domain} could not be managed here: {reach.Message}");
        OperationResult guard = starting.CheckLockGuard(deadline.Share(0.6));
        if (!guard.Succeeded)
            return new Outcome(guard.Code, guard.Message);
        if (guard.Message is not null)
            context.Log.Say(new Remark(Severity.Warning, guard.Message));
        return Missing(deadline) is string missing ? new Outcome(ExitCode.Installed, missing) : Outcome.Success;
    }

    private string? Missing(Deadline deadline)
    {
        Settings settings = context.Settings;
        if (settings.SyncConfigOnStop && !IsOnPath("csync2"))
            return "sync_config_on_stop needs the program csync2, which is not installed on this node";
        if (settings.BackingFile.Length > 0 && !IsOnPath("qemu-img"))
            return "backingfile needs the program qemu-img, which is not installed on this node";
        if (settings.BackingFile.Length > 0 && IsMissing(settings.BackingFile, FileKind.RegularFile, deadline.Share(0.5)))
            return $"The backing image {settings.BackingFile} does not exist on this node";
        if (settings.CopyInDirs.Length > 0 && !IsOnPath("virt-copy-in"))
            return "copyindirs needs the program virt-copy-in (libguestfs), which is not installed on this node";
        if (settings.Snapshot.Length > 0 && IsMissing(settings.Snapshot, FileKind.Directory, deadline))
            return $"The snapshot directory {settings.Snapshot} does not exist on this node";
        return null;
    }

    /// <summary>Where its volume does not answer, that is a line in the log.</summary>
    private bool IsMissing(string path, FileKind kind, Deadline deadline) => context.Volume.Look(path, deadline).Match(
        seen => seen.Kind == FileKind.Absent || (kind == FileKind.Directory && seen.Kind != kind),
        () => true,
        why =>
        {
            context.Log.Say(new Remark(Severity.Warning, $"Whether {path} exists cannot be told: {why}"));
            return false;
        });

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory => File.Exists(Path.Combine(directory, program)));
}
