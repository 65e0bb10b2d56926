using System.Text;
using System.Xml;
using HaAgent.Core.Guest;
using HaAgent.Core.Locking;
using HaAgent.Core.Migration;
using HaAgent.Core.Node;
using HaAgent.Core.Ocf;
using HaAgent.Core.Text;
using HaAgent.Host;
using HaAgent.Libvirt;

namespace HaAgent.World;

/// <summary>Both ends are asked before anything moves: a migration that fails makes the cluster restart a healthy guest.</summary>
internal sealed class MigrationCheck(AgentContext context)
{
    /// <summary>Done, or why the migration was not begun.</summary>
    public OperationResult Check(Deadline deadline)
    {
        // The target's URI may be made from ours as libvirt resolved it.
        DomainXml? guest = context.Hypervisor.Ask(
            deadline.Share(0.25),
            connection =>
            {
                using LibvirtDomain? domain = connection.Find(context.Identity!);
                return domain is null ? null : DomainXml.Parse(domain.MigratableXml(), out _);
            },
            out OperationResult failure,
            needsUri: true
        );
        if (guest is null)
            return Refused(failure.Message ?? "libvirt does not know it");

        var target = new MigrationTarget(context);
        if (LockOnTarget(target, deadline.Share(0.4)) is OperationResult unprotected)
            return unprotected;
        using var there = new HypervisorSession(target.Uri, $"libvirt on {target.Node}");
        OperationResult? refusal = there.Ask(
            context.Settings.StartResources ? deadline.Share(0.7) : deadline,
            connection => AskTarget(connection, guest, target.Node),
            out failure
        );
        if (!failure.Succeeded)
            return Refused($"{target.Node} cannot be reached through {target.Uri}: {failure.Message}");
        if (refusal is not null || !context.Settings.StartResources)
            return refusal ?? OperationResult.Done;
        return new Starting(context).StartResources(there, deadline);
    }

    private OperationResult? AskTarget(LibvirtConnection connection, DomainXml guest, string node)
    {
        using LibvirtDomain? same = connection.FindByName(guest.Identity.Name);
        if (same is not null && same.IsActive)
            return Refused($"a domain of that name is active on {node} already (UUID {same.Uuid})");

        // As it runs here: where the configuration has no UUID, ours is not known from there.
        if (same is not null && same.Uuid != guest.Identity.Uuid)
            return Refused($"{node} has a definition of that name with another UUID ({same.Uuid}). Undefine it there");
        if (guest.CpuMode == "maximum" || GuestCpu.Of(guest) is not { } cpu)
            return null;
        try
        {
            return connection.HasCpu(cpu)
                ? null
                : Refused($"{node} cannot run the guest's CPU. Give the guest a CPU model that all nodes have");
        }
        catch (LibvirtException)
        {
            // A hypervisor that cannot compare has no objection; the migration itself would tell.
            return null;
        }
    }

    /// <summary>
    /// A target without lockd would take the guest, and its lock would vanish without a word. Its configuration can be read where the
    /// connection goes by ssh. What cannot be learned that way is no reason to refuse, which would make of a move a cold restart:
    /// migrate_from checks the leases on arrival.
    /// </summary>
    private OperationResult? LockOnTarget(MigrationTarget target, Deadline deadline)
    {
        if (
            context.Settings.RequireLock == "false"
            || context.Locking.Value is not { IsLockd: true } here
            || SshTarget.Parse(target.Uri) is not SshTarget ssh
        )
            return null;
        CommandResult answer = Command.Run(deadline, ssh.Program, ssh.Arguments((int)deadline.Left.TotalSeconds, PeerLocking.Command));
        Fact<LockSetup> learned = PeerLocking.Read(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(answer.Output)), answer.Succeeded);
        if (!learned.IsKnown(out LockSetup? there))
        {
            string said =
                answer.Errors.Length > 0 ? answer.Errors
                : answer.ExitCode is null ? "ssh gave no answer"
                : $"ssh ended with status {answer.ExitCode}";
            context.Log.Write(
                new LogMessage(
                    Severity.Warning,
                    $"Whether libvirt on {target.Node} locks disks as it does here is not known: {learned.Why} ({said}). {context.Domain} "
                        + "is migrated all the same; migrate_from checks its leases"
                )
            );
            return null;
        }

        if (!there.IsLockd)
            return Refused(
                $"libvirt on {target.Node} has no lock manager, so the guest's lock would be lost. Set lock_manager = \"lockd\" in "
                    + "/etc/libvirt/qemu.conf there and restart its libvirt daemon"
            );
        return there.FileLockspaceDir == here.FileLockspaceDir
            ? null
            : Refused(
                $"{target.Node} keeps its leases in {there.FileLockspaceDir ?? "the disks themselves"} and this node in "
                    + $"{here.FileLockspaceDir ?? "the disks themselves"} (file_lockspace_dir), so they do not protect from each other"
            );
    }

    private OperationResult Refused(string why) => OperationResult.Failed($"{context.Domain} was not migrated and runs on here: {why}");
}

/// <summary>Where a migration goes, and how.</summary>
internal sealed class MigrationTarget(AgentContext context)
{
    private const int FirstPort = 49152;
    private const int Ports = 64;

    public string Node { get; } = context.Invocation.MigrateTarget!;

    /// <summary>The URI of the target's hypervisor.</summary>
    public string Uri => PeerUri.Hypervisor(context.Settings, Node, context.Hypervisor.Uri);

    /// <summary>The request, complete.</summary>
    public MigrateRequest Request()
    {
        Settings settings = context.Settings;
        MigrateRequest.Parse(settings.MigrateOptions, out MigrateRequest request);
        if (PeerUri.State(settings, request, Node, context.Hypervisor.Uri, FirstPort + Random.Shared.Next(Ports)) is string state)
            request = request.With("migrate_uri", TypedKind.Text, state);
        if (settings.MigrationAutoConverge)
            request = request with { Flags = request.Flags | MigrateFlags.AutoConverge };
        if (settings.MigrationTimeoutAction == "postcopy")
            request = request with { Flags = request.Flags | MigrateFlags.PostCopy };
        return request;
    }
}

/// <summary>The other nodes of the cluster's partition, for questions to them.</summary>
internal static class ClusterNodes
{
    /// <summary>Their names; empty when there is no cluster.</summary>
    public static string[] Others(string? thisNode, Deadline deadline)
    {
        string self = thisNode ?? Environment.MachineName;
        CommandResult result = Command.Run(deadline, "crm_node", ["--partition"]);
        return result.Succeeded
            ? result.Output.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Where(node => node != self).ToArray()
            : [];
    }
}

/// <summary>The cluster's resources.</summary>
internal static class ClusterResources
{
    /// <summary>The ids of all primitives, as the configuration of the cluster has them.</summary>
    public static Fact<IReadOnlySet<string>> Names(Deadline deadline)
    {
        CommandResult result = Command.Run(deadline, "cibadmin", ["--query", "--scope", "resources"]);
        if (!result.Succeeded)
            return Fact.NotLearned<IReadOnlySet<string>>($"cibadmin: {result.Words}");
        try
        {
            return Fact.Known<IReadOnlySet<string>>(
                ForeignXml
                    .Parse(result.Output)
                    .Descendants("primitive")
                    .Select(resource => (string?)resource.Attribute("id") ?? "")
                    .ToHashSet()
            );
        }
        catch (XmlException e)
        {
            return Fact.NotLearned<IReadOnlySet<string>>($"what cibadmin says cannot be read: {e.Message}");
        }
    }
}
