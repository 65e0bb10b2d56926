using HaAgent.Core.Guest;
using HaAgent.Core.Ocf;
using HaAgent.Host;
using HaAgent.Libvirt;

namespace HaAgent.World;

/// <summary>What is written down about a guest: its identity and process, and its utilization in the cluster.</summary>
internal sealed class Upkeep(AgentContext context, GuestObserver observer)
{
    private const int RetryAfterSeconds = 300;

    /// <summary>Writes which domain this is and which process carries it; nothing when that is known already.</summary>
    public OperationResult Remember(Deadline deadline)
    {
        GuestRecord? known = context.Resolver.Record;
        GuestIdentity identity = context.Identity!;
        if (known is { IsActive: true, Pid: > 0, NoteStays: false } && known.Identity == identity && Lives(known))
            return OperationResult.Done;

        // A guest that somebody else started has begun to change its disks as well.
        string? stays = known is { IsActive: true, NoteStays: false } ? null : SavedMemory.DropNote(context, deadline.Share(0.3));
        if (stays is not null && known is not { IsActive: true })
            context.Log.Write(
                new LogMessage(
                    Severity.Warning,
                    $"{stays}. {context.Domain} runs, and no saved memory fits it: every monitor tries again. Or delete that file"
                )
            );
        QemuProcess? process = null;
        _ = context.IsLocalQemu && context.Processes.Find(identity, hint: null, deadline.Share(0.5)).IsKnown(out process);
        using QemuProcess? held = process;
        return context.Resolver.Save(
            new GuestRecord(context.Settings.Config, identity, IsActive: true)
            {
                DomainType = context.Resolver.Configuration?.Type ?? known?.DomainType ?? "",
                HypervisorUri = ResolvedUri(known, deadline),
                Pid = process?.Pid ?? 0,
                StartTime = process?.StartTime ?? 0,
                Utilization = known?.Utilization ?? "",
                UtilizationRetryAt = known?.UtilizationRetryAt ?? 0,
                NoteStays = stays is not null,
                Said = known is { IsActive: true } ? known.Said : "",
                Pending = known?.Pending,
            }
        );
    }

    /// <summary>Who was restarted by hand has another process under the same identity.</summary>
    private static bool Lives(GuestRecord known)
    {
        using QemuProcess? process = ProcessSearch.Remembered(known).Value;
        return process is not null;
    }

    private string ResolvedUri(GuestRecord? known, Deadline deadline)
    {
        context.Hypervisor.Ask(deadline.OrIn(TimeSpan.FromSeconds(2)), _ => true, out _, needsUri: true);
        return context.Hypervisor.Uri.Length > 0 ? context.Hypervisor.Uri : known?.HypervisorUri ?? "";
    }

    /// <summary>Writes that the guest is not active here any more. Its identity stays known.</summary>
    public OperationResult Forget() =>
        context.Resolver.Record is GuestRecord { IsActive: true } known
            ? context.Resolver.Save(
                new GuestRecord(known.Config, known.Identity, IsActive: false)
                {
                    DomainType = known.DomainType,
                    HypervisorUri = known.HypervisorUri,
                    Utilization = known.Utilization,
                }
            )
            : OperationResult.Done;

    /// <summary>Writes the utilization attributes that differ from what was last written, and removes those that are to be unset.</summary>
    public OperationResult UpdateUtilization(Deadline deadline)
    {
        Settings settings = context.Settings;
        string cpus = observer.LastInfo.VirtualCpus.ToString(System.Globalization.CultureInfo.InvariantCulture);
        string mebibytes = (observer.LastInfo.MaximumMemoryKiB / 1024).ToString(System.Globalization.CultureInfo.InvariantCulture);
        string wanted =
            Entry("cpu", settings.AutosetUtilizationCpu, settings.UnsetUtilizationCpu, cpus)
            + Entry("host_memory", settings.AutosetUtilizationHostMemory, settings.UnsetUtilizationHostMemory, mebibytes)
            + Entry("hv_memory", settings.AutosetUtilizationHvMemory, settings.UnsetUtilizationHvMemory, mebibytes);
        if (context.Resolver.Record is not GuestRecord record || record.Utilization == wanted)
            return OperationResult.Done;
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        if (now < record.UtilizationRetryAt)
            return OperationResult.Done;

        string[] written = record.Utilization.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (string entry in wanted.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Array.IndexOf(written, entry) >= 0)
                continue;
            CommandResult result = Write(entry, deadline);
            if (result.Succeeded)
                continue;

            // Outside of a running cluster nothing can be written; that is no reason to fork for it at every monitor.
            context.Resolver.Save(record with { UtilizationRetryAt = now + RetryAfterSeconds });
            context.Log.Write(new LogMessage(Severity.Debug, $"The utilization of {context.Domain} could not be written: {result.Words}"));
            return OperationResult.Done;
        }

        return context.Resolver.Save(record with { Utilization = wanted, UtilizationRetryAt = 0 });
    }

    private CommandResult Write(string entry, Deadline deadline)
    {
        int equals = entry.IndexOf('=', StringComparison.Ordinal);
        return equals < 0
            ? Command.Run(deadline, "crm_resource", ["-r", context.Invocation.Resource, "--utilization", "--delete-parameter", entry[..^1]])
            : Command.Run(
                deadline,
                "crm_resource",
                ["-r", context.Invocation.Resource, "--utilization", "-p", entry[..equals], "-v", entry[(equals + 1)..]]
            );
    }

    /// <summary>"cpu=2 ", "cpu- " for one to be removed, or nothing.</summary>
    private static string Entry(string attribute, bool set, bool unset, string value) =>
        set ? $"{attribute}={value} "
        : unset ? $"{attribute}- "
        : "";
}

/// <summary>Writes a running domain's configuration back to its file (save_config_on_stop, sync_config_on_stop).</summary>
internal sealed class ConfigurationKeeper(AgentContext context)
{
    /// <summary>Never fails an action: what cannot be saved is a warning.</summary>
    public OperationResult Save(Deadline deadline)
    {
        string path = context.Settings.Config;
        bool isPersistent = false;
        string? xml = context.Hypervisor.Ask(
            deadline.Share(0.5),
            connection =>
            {
                using LibvirtDomain? domain = connection.Find(context.Identity!);
                isPersistent = domain is { IsPersistent: true };
                return isPersistent ? null : domain?.ConfigurationXml();
            },
            out OperationResult failure
        );

        // What libvirt gives as the configuration of a domain that is defined is that definition (virDomainDefFormat of newDef), which need
        // not be what it was started with.
        if (isPersistent)
            return OperationResult.DoneWith(
                $"The configuration of {context.Domain} was not saved: libvirt has a definition of it besides, and gives that instead of "
                    + "what runs. Take it away, which leaves the guest running: virsh undefine --keep-nvram "
                    + (context.Identity!.Uuid ?? context.Domain)
            ) with
            {
                Lasts = true,
            };
        if (xml is null)
            return OperationResult.DoneWith(
                $"The configuration of {context.Domain} was not saved: {failure.Message ?? "libvirt does not know it"}"
            );
        if (DomainXml.Parse(xml, out string problem) is null)
            return OperationResult.DoneWith($"The configuration of {context.Domain} was not saved: what libvirt gave {problem}");
        if (
            context.Volume.Write(path, xml, context.Settings.SyncConfigOnStop ? deadline.Share(0.7) : deadline, out bool changed)
            is string why
        )
            return OperationResult.DoneWith($"The configuration of {context.Domain} was not saved to {path}: {why}");
        if (!changed)
            return OperationResult.Done;
        context.Log.Write(new LogMessage(Severity.Info, $"Saved the configuration of {context.Domain} to {path}"));
        if (!context.Settings.SyncConfigOnStop)
            return OperationResult.Done;
        CommandResult sync = Command.Run(deadline, "csync2", ["-x", path]);
        return sync.Succeeded ? OperationResult.Done : OperationResult.DoneWith($"csync2 -x {path} failed: {sync.Words}");
    }
}
