using HaAgent.Core.Guest;
using HaAgent.Core.Ocf;
using HaAgent.Host;

namespace HaAgent.World;

/// <summary>What is written down about a guest: its identity and process, and its utilization in the cluster.</summary>
internal sealed class Upkeep(AgentContext context, GuestObserver observer)
{
    private const int RetryAfterSeconds = 300;

    /// <summary>Writes which domain this is and which process carries it; nothing when that is known already.</summary>
    public OperationResult Remember()
    {
        GuestRecord? known = context.Resolver.Record;
        string? uuid = observer.LastUuid ?? context.Identity!.Uuid;
        if (known is { IsActive: true, Pid: > 0 } && known.Identity.Uuid == uuid && uuid is not null)
            return OperationResult.Done;
        context.Identity = context.Identity! with { Uuid = uuid };
        using QemuProcess? process = context.IsLocalQemu
            && ProcessTable.Find(context.Identity, hint: null) is Fact<QemuProcess>.Known found ? found.Value : null;
        return context.Resolver.Save(new GuestRecord(context.Settings.Config, context.Identity, IsActive: true)
        {
            DomainType = context.Resolver.Configuration?.Type ?? known?.DomainType ?? "",
            HypervisorUri = ResolvedUri(known),
            Pid = process?.Pid ?? 0,
            StartTime = process?.StartTime ?? 0,
            Utilization = known?.Utilization ?? "",
            UtilizationRetryAt = known?.UtilizationRetryAt ?? 0,
            Pending = known?.Pending,
        });
    }

    private string ResolvedUri(GuestRecord? known)
    {
        context.Hypervisor.Ask(TimeSpan.FromSeconds(2), _ => true, out _, needsUri: true);
        return context.Hypervisor.Uri.Length > 0 ? context.Hypervisor.Uri : known?.HypervisorUri ?? "";
    }

    /// <summary>Writes that the guest is not active here any more. Its identity stays known.</summary>
    public OperationResult Forget() =>
        context.Resolver.Record is GuestRecord { IsActive: true } known
            ? context.Resolver.Save(new GuestRecord(known.Config, known.Identity, IsActive: false) { DomainType = known.DomainType, HypervisorUri = known.HypervisorUri, Utilization = known.Utilization })
            : OperationResult.Done;

    /// <summary>Writes the utilization attributes that differ from what was last written, and removes those that are to be unset.</summary>
    public OperationResult UpdateUtilization(TimeSpan within)
    {
        Settings settings = context.Settings;
        string cpus = observer.LastInfo.VirtualCpus.ToString(System.Globalization.CultureInfo.InvariantCulture);
        string mebibytes = (observer.LastInfo.MaximumMemoryKiB / 1024).ToString(System.Globalization.CultureInfo.InvariantCulture);
        string wanted = Entry("cpu", settings.AutosetUtilizationCpu, settings.UnsetUtilizationCpu, cpus)
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
            CommandResult result = Write(entry, within);
            if (result.Succeeded)
                continue;

            // Outside of a running cluster nothing can be written; that is no reason to fork for it at every monitor.
            context.Resolver.Save(record with { UtilizationRetryAt = now + RetryAfterSeconds });
            context.Log.Say(new Remark(Severity.Debug, $"The utilization of {context.Domain} could not be written: {result.Output}"));
            return OperationResult.Done;
        }

        return context.Resolver.Save(record with { Utilization = wanted, UtilizationRetryAt = 0 });
    }

    private CommandResult Write(string entry, TimeSpan within)
    {
        int equals = entry.IndexOf('=', StringComparison.Ordinal);
        return equals < 0
            ? Command.Run(within, "crm_resource", "-r", context.Invocation.Resource, "--utilization", "--delete-parameter", entry[..^1])
            : Command.Run(within, "crm_resource", "-r", context.Invocation.Resource, "--utilization", "-p", entry[..equals], "-v", entry[(equals + 1)..]);
    }

    /// <summary>"cpu=2 ", "cpu- " for one to be removed, or nothing.</summary>
    private static string Entry(string attribute, bool set, bool unset, string value) => set ? $"{attribute}={value} " : unset ? $"{attribute}- " : "";
}
