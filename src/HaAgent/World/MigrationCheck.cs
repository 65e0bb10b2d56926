using HaAgent.Core.Guest;
using HaAgent.Core.Locking;
using HaAgent.Host;
using HaAgent.Libvirt;

namespace HaAgent.World;

/// <summary>Both ends are asked before anything moves: a migration that fails makes the cluster restart a healthy guest.</summary>
internal sealed class MigrationCheck(AgentContext context)
{
    /// <summary>Done, or why the migration was not begun.</summary>
    public OperationResult Check(TimeSpan within)
    {
        TimeSpan end = context.Elapsed + within;

        // The target's URI may be made from ours as libvirt resolved it.
        DomainXml? guest = context.Hypervisor.Ask(within / 4, connection =>
        {
            using LibvirtDomain? domain = connection.Find(context.Identity!);
            return domain is null ? null : DomainXml.Parse(domain.MigratableXml(), out _);
        }, out OperationResult failure, needsUri: true);
        if (guest is null)
            return Refused(failure.Message ?? "libvirt does not know it");

        var target = new MigrationTarget(context);
        if (LockOnTarget(target, within / 3) is OperationResult unprotected)
            return unprotected;
        using var there = new HypervisorSession(target.Uri, $"libvirt on {target.Node}");
        OperationResult? refusal = there.Ask(end - context.Elapsed, connection => AskTarget(connection, guest, target.Node), out failure);
        if (!failure.Succeeded)
            return Refused($"{target.Node} cannot be reached through {target.Uri}: {failure.Message}");
        if (refusal is not null || !context.Settings.StartResources)
            return refusal ?? OperationResult.Done;
        return new Starting(context).StartResources(there, end - context.Elapsed);
    }

    private OperationResult? AskTarget(LibvirtConnection connection, DomainXml guest, string node)
    {
        using LibvirtDomain? same = connection.FindByName(guest.Identity.Name);
        if (same is not null && same.IsActive)
            return Refused($"a domain of that name is active on {node} already (UUID {same.Uuid})");

        // As it runs here: where the configuration has no UUID, ours is not known from there.
        if (same is not null && same.Uuid != guest.Identity.Uuid)
            return Refused($"{node} has a definition of that name with another UUID ({same.Uuid}). Undefine it there");
        if (guest.Cpu is null || guest.CpuMode is "host-passthrough" or "maximum")
            return null;
        try
        {
            return connection.CanRunCpu(guest) ? null : Refused($"{node} cannot run the guest's CPU. Give the guest a CPU model that all nodes have");
        }
        catch (LibvirtException)
        {
            // A hypervisor that cannot compare has no objection; the migration itself would tell.
            return null;
        }
    }

    /// <summary>
    /// A target without lockd would take the guest and its lock would vanish without a word. Its configuration can be read where
    /// the connection goes by SSH; otherwise migrate_from checks the leases on arrival.
    /// </summary>
    private OperationResult? LockOnTarget(MigrationTarget target, TimeSpan within)
    {
        LockSetup here = context.Locking;
        if (context.Settings.RequireLock == "false" || !here.IsLockd || SshHost(target.Uri) is not string host)
            return null;
        string seconds = Math.Max(1, (int)within.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);

        // Only the lines that are set: the files are mostly comments, and longer than what is kept of a command's output.
        string question = $"grep -hE '^[[:space:]]*[a-z_]+[[:space:]]*=' {string.Join(" ", LockspaceProbe.Files)}";
        CommandResult files = Command.Run(within, "ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=" + seconds, host, question);
        if (files.ExitCode is null or 255)
            return Refused($"{target.Node} cannot be reached by ssh {host}: {files.Output}");
        LockSetup there = LockSetup.Parse(files.StandardOutput, files.StandardOutput);
        if (!there.IsLockd)
            return Refused($"libvirt on {target.Node} has no lock manager, so the guest's lock would be lost. Set lock_manager = \"lockd\" in /etc/libvirt/qemu.conf there and restart its libvirt daemon");
        return there.FileLockspaceDir == here.FileLockspaceDir
            ? null
            : Refused($"{target.Node} keeps its leases in {there.FileLockspaceDir ?? "the disks themselves"} and this node in {here.FileLockspaceDir ?? "the disks themselves"} (file_lockspace_dir), so they do not protect from each other");
    }

    /// <summary>[user@]host of an ssh URI, or null.</summary>
    private static string? SshHost(string uri)
    {
        int end = uri.IndexOf("://", StringComparison.Ordinal);
        if (end < 0 || !uri[..end].EndsWith("+ssh", StringComparison.Ordinal))
            return null;
        string authority = uri[(end + 3)..].Split('/')[0];
        int colon = authority.LastIndexOf(':');
        return colon < 0 ? authority : authority[..colon];
    }

    private OperationResult Refused(string why) => OperationResult.Failed($"{context.Domain} was not migrated and runs on here: {why}");
}
