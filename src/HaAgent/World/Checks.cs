using HaAgent.Core.Guest;
using HaAgent.Core.Locking;
using HaAgent.Core.Migration;
using HaAgent.Core.Ocf;
using HaAgent.Host;
using HaAgent.Host.Child;
using HaAgent.Libvirt;

namespace HaAgent.World;

/// <summary>What monitor looks at beyond the state.</summary>
internal sealed class Checks(AgentContext context)
{
    /// <summary>The leases of the running guest's disks, asked of the kernel and not of virtlockd, which may have forgotten them.</summary>
    public OperationResult Leases(Deadline deadline)
    {
        if (!context.IsLocalQemu || context.Settings.RequireLock == "false")
            return OperationResult.Done;
        if (context.Locking.IsNotLearned(out string? why))
            return OperationResult.DoneWith(
                $"Cannot tell whether the leases of {context.Domain} are held: how libvirt on this node locks disks could not be "
                    + $"learned: {why}"
            );
        LockSetup setup = context.Locking.Value ?? LockSetup.None;
        if (setup.LockManager is null)
        {
            return context.Settings.RequireLock == "true"
                ? OperationResult.Failed(
                    $"{context.Domain} runs without locks: libvirt on this node has no lock manager. Set lock_manager = \"lockd\" in "
                        + "/etc/libvirt/qemu.conf; the policy is on_lock_lost",
                    FailureKind.LeaseLost
                )
                : OperationResult.Done;
        }

        if (!context.Disks(deadline.Share(0.5), out bool areLive).IsKnown(out IReadOnlyList<Disk>? disks))
            return OperationResult.DoneWith(
                $"Cannot tell whether the leases of {context.Domain} are held: neither libvirt nor the configuration names its disks"
            );
        string[] files = [.. disks.Select(disk => LeaseCheck.LeaseFile(disk, setup)).OfType<string>()];
        IReadOnlyDictionary<string, LeaseState> leases = context.Volume.Leases(files, deadline);
        OperationResult verdict = LeaseCheck.Judge(context.Domain, disks, setup, file => leases[file]);

        // A disk that the configuration names now need not be one of the guest that runs.
        return verdict.Kind == FailureKind.LeaseLost && !areLive
            ? OperationResult.DoneWith(
                $"Cannot tell whether the leases of {context.Domain} are held: libvirt does not name the disks that it runs with. By its "
                    + $"configuration: {verdict.Message}"
            )
            : verdict;
    }

    /// <summary>A question to QEMU's monitor.</summary>
    public OperationResult PingMonitor(Deadline deadline)
    {
        int errors = context.Hypervisor.Ask(
            deadline.Share(0.8),
            connection =>
            {
                using LibvirtDomain? domain = connection.Find(context.Identity!);
                return domain?.DiskErrors() ?? 0;
            },
            out OperationResult failure
        );
        if (failure.Kind is FailureKind.Unreachable || (failure.Kind is FailureKind.TimedOut && !LibvirtAnswers(deadline)))
            return OperationResult.DoneWith(
                $"Whether QEMU of {context.Domain} answers on its monitor could not be asked: {failure.Message}"
            );
        if (!failure.Succeeded)
            return failure with { Message = $"QEMU of {context.Domain} does not answer on its monitor: {failure.Message}" };
        return errors == 0 ? failure : OperationResult.DoneWith($"{errors} disk(s) of {context.Domain} report an I/O error");
    }

    /// <summary>Tells a QEMU that stands still from a libvirt daemon that does.</summary>
    private bool LibvirtAnswers(Deadline deadline)
    {
        context.Hypervisor.Ask(
            deadline,
            connection =>
            {
                using LibvirtDomain? domain = connection.Find(context.Identity!);
                return true;
            },
            out OperationResult failure
        );
        return failure.Succeeded;
    }

    /// <summary>A question to the guest agent.</summary>
    public OperationResult PingGuestAgent(Deadline deadline)
    {
        OperationResult result = context.Hypervisor.Do(
            deadline,
            connection =>
            {
                using LibvirtDomain? domain = connection.Find(context.Identity!);
                domain?.PingGuestAgent();
            }
        );
        return result.Succeeded
            ? result
            : result with
            {
                Message = $"The guest agent of {context.Domain} does not answer: {result.Message}",
            };
    }

    /// <summary>The monitor scripts, within the time that is left for all of them.</summary>
    public OperationResult RunScripts(Deadline deadline)
    {
        foreach (string script in context.Settings.MonitorScripts)
        {
            CommandResult result = Command.Run(deadline, script, []);
            if (result.Succeeded)
                continue;
            string how = result.ExitCode is int code ? $"returned {code}" : "did not finish";
            return OperationResult.Failed($"The monitor script {script} of {context.Domain} {how}: {result.Words}");
        }

        return OperationResult.Done;
    }
}

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
        GuestIdentity? other = context.Hypervisor.Ask(deadline.Share(0.4), connection => connection.FindConfused(context.Identity), out _);
        if (other is not null && other.Name != context.Identity.Name)
            return new Outcome(
                ExitCode.Configured,
                new Observation.Foreign(other, SharesName: false).Copied(context.Domain, context.Settings.Config)
            );
        OperationResult guard = starting.CheckLockGuard(deadline.Share(0.6));
        if (!guard.Succeeded)
            return new Outcome(guard.Code, guard.Message);
        if (guard.Message is not null)
            context.Log.Write(new LogMessage(Severity.Warning, guard.Message));
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
    private bool IsMissing(string path, FileKind kind, Deadline deadline) =>
        context
            .Volume.Look(path, deadline)
            .Match(
                seen => seen.Kind == FileKind.Absent || (kind == FileKind.Directory && seen.Kind != kind),
                () => true,
                why =>
                {
                    context.Log.Write(new LogMessage(Severity.Warning, $"Whether {path} exists cannot be told: {why}"));
                    return false;
                }
            );

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory => File.Exists(Path.Combine(directory, program)));
}

/// <summary>Which node runs the guest whose lease is taken: asked of all other nodes at once through remoteuri. Help for the reader,
/// decided by nobody.</summary>
internal sealed class LeaseHolderSearch(AgentContext context)
{
    /// <summary>Done, with a sentence where it was found.</summary>
    public OperationResult Find(Deadline deadline)
    {
        if (context.Settings.RemoteUri.Length == 0)
            return OperationResult.Done;
        string[] nodes = ClusterNodes.Others(context.Invocation.OnNode, deadline.Share(1.0 / 3));
        string? holder = null;
        Thread[] questions = nodes
            .Select(node => new Thread(() =>
            {
                if (Runs(node))
                    holder = node;
            })
            {
                IsBackground = true,
            })
            .ToArray();
        foreach (Thread question in questions)
            question.Start();
        foreach (Thread question in questions)
        {
            if (holder is not null || deadline.HasPassed || !question.Join(deadline.Left))
                break;
        }

        return holder is string found ? OperationResult.DoneWith($"{context.Domain} runs on {found}.") : OperationResult.Done;
    }

    private bool Runs(string node)
    {
        try
        {
            using LibvirtConnection connection = LibvirtConnection.Open(PeerUri.Hypervisor(context.Settings, node, context.Hypervisor.Uri));
            using LibvirtDomain? domain = connection.Find(context.Identity!);
            return domain is { IsActive: true };
        }
        catch (LibvirtException)
        {
            return false;
        }
    }
}
