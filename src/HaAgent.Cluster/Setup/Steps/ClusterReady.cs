using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Node;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Setup.Steps;

/// <summary>The guide's requirements without which nothing may be changed: every node there, quorum, fencing.</summary>
public static class ClusterReady
{
    /// <summary>Refuses while the cluster is not whole.</summary>
    public static Plan PlanFor(SetupIntent intent, Snapshot snapshot) => PlanFor(snapshot);

    /// <summary>Refuses while the cluster is not whole.</summary>
    public static Plan PlanFor(Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var refusals = new List<Refusal>();
        if (snapshot.Nodes.Count < 2)
        {
            refusals.Add(
                new Refusal(
                    $"the cluster has {snapshot.Nodes.Count} node, and high availability needs at least two",
                    $"add a node to the cluster (crm cluster join), then run this again"
                )
            );
        }

        refusals.AddRange(
            snapshot
                .Nodes.Where(node => node.Unreachable is not null)
                .Select(node => new Refusal(
                    $"node {node.Name} could not be asked: {node.Unreachable!.Sentence}",
                    $"{node.Unreachable.WayOut(node.Name)}; if the node is gone for good, take it out of the cluster: crm cluster remove "
                        + $"{node.Name}"
                ))
        );
        refusals.AddRange(
            snapshot
                .Status.Nodes.Where(node => !node.Online)
                .Select(node => new Refusal(
                    $"node {node.Name} is not online in the cluster, so it cannot be set up like the others",
                    $"start the cluster there (crm cluster start), or take the node out: crm cluster remove {node.Name}"
                ))
        );
        if (!snapshot.Status.HasQuorum)
            refusals.Add(
                new Refusal(
                    "the cluster has no quorum, so it starts nothing",
                    $"bring the missing nodes back (corosync-quorumtool -s shows them)"
                )
            );
        if (!FencingSetup.Of(snapshot.Cib).IsThere)
        {
            refusals.Add(
                new Refusal(
                    $"the cluster has no working fencing (no stonith resource, or {FencingSetup.Enabled(snapshot.Cib)}=false): after a "
                        + "node's failure nobody could prove that its guests are dead",
                    $"set up fencing first, for instance SBD: crm cluster init sbd; then crm configure property "
                        + $"{FencingSetup.Enabled(snapshot.Cib)}=true"
                )
            );
        }

        return new Plan { Refusals = refusals };
    }
}

/// <summary>Guide 18.4, step 1: the virtualization packages on every node, and the tools of the filesystem.</summary>
public static class Packages
{
    private const string Virtlockd = "virtlockd";
    private const string LockPlugin = "libvirt's plug-in for virtlockd";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    /// <summary>Installs what a node lacks.</summary>
    public static Plan PlanFor(SetupIntent intent, Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(snapshot);
        return Plan.All(snapshot.Reached.Select(node => PlanFor(intent, node)));
    }

    private static Plan PlanFor(SetupIntent intent, NodeFacts node) =>
        Plan.From(
            node.Programs,
            "which programs are installed",
            node.Name,
            programs =>
                Plan.From(
                    node.LockPlugin,
                    "whether libvirt's plug-in for virtlockd is installed",
                    node.Name,
                    _ => PlanFor(intent, node, programs, [.. Missing(intent, programs)]),
                    () => PlanFor(intent, node, programs, [.. Missing(intent, programs), LockPlugin])
                )
        );

    private static Plan PlanFor(SetupIntent intent, NodeFacts node, IReadOnlyList<string> programs, string[] missing)
    {
        if (missing.Length == 0)
            return new Plan();
        string lacks = $"{node.Name} lacks {string.Join(", ", missing)}";
        if (!intent.InstallPackages)
            return Plan.Refuse(lacks, $"install it on {node.Name}, or leave out --no-packages");
        return Plan.From(
            node.Packages,
            "what installs packages",
            node.Name,
            tool => Install(node, lacks, HasLibvirt(programs) && missing.All(IsLocking) ? Locking(tool) : Command(intent.Storage, tool)),
            () => Install(node, lacks, null)
        );
    }

    private static Plan Install(NodeFacts node, string lacks, InstallPackages? command)
    {
        if (command is null)
        {
            return Plan.Refuse(
                $"{lacks}, and haagent finds no package for it there (it knows zypper, apt and dnf, and no dnf has OCFS2)",
                $"install it on {node.Name} by hand, then run this again"
            );
        }

        return Plan.Of(
            new Change.OnNode(node.Name, $"install the virtualization packages on {node.Name}: {Text(command)}", command, Limit)
        );
    }

    private static IEnumerable<string> Missing(SetupIntent intent, IReadOnlyList<string> programs)
    {
        if (!HasLibvirt(programs))
            yield return "libvirt";
        if (!programs.Contains("virtlockd"))
            yield return Virtlockd;
        if (!programs.Contains("qemu"))
            yield return "QEMU";
        if (intent.Storage is not Storage.Device device)
            yield break;
        if (!programs.Contains(MakeFilesystem(device.Type)))
            yield return MakeFilesystem(device.Type);
        if (!programs.Contains("dlm_controld"))
            yield return "dlm_controld";
    }

    private static bool HasLibvirt(IReadOnlyList<string> programs) => programs.Contains("libvirtd") || programs.Contains("virtqemud");

    private static bool IsLocking(string missing) => missing is Virtlockd or LockPlugin;

    private static string MakeFilesystem(VolumeType type) =>
        type switch
        {
            VolumeType.Ocfs2 => "mkfs.ocfs2",
            VolumeType.Gfs2 => "mkfs.gfs2",
        };

    // Where libvirt's package does not bring them they are in two of their own, which are of the same name everywhere. Elsewhere there are
    // none of these names, so they are asked for only where libvirt is there and they are not.
    private static InstallPackages Locking(PackageTool tool) =>
        new(
            tool switch
            {
                PackageTool.Zypper => "zypper",
                PackageTool.Apt => "apt-get",
                PackageTool.Dnf => "dnf",
            },
            ["libvirt-daemon-lock", "libvirt-daemon-plugin-lockd"]
        );

    private static InstallPackages? Command(Storage storage, PackageTool tool)
    {
        VolumeType? type = (storage as Storage.Device)?.Type;
        return (tool, type) switch
        {
            (PackageTool.Zypper, null) => Zypper(),
            (PackageTool.Zypper, VolumeType.Ocfs2) => Zypper("ocfs2-tools", "dlm-kmp-default"),
            (PackageTool.Zypper, VolumeType.Gfs2) => Zypper("gfs2-utils", "dlm-kmp-default"),
            (PackageTool.Apt, null) => Apt(),
            (PackageTool.Apt, VolumeType.Ocfs2) => Apt("ocfs2-tools", "dlm-controld"),
            (PackageTool.Apt, VolumeType.Gfs2) => Apt("gfs2-utils", "dlm-controld"),
            (PackageTool.Dnf, null) => Dnf(),
            (PackageTool.Dnf, VolumeType.Gfs2) => Dnf("gfs2-utils", "dlm"),
            _ => null,
        };
    }

    private static InstallPackages Zypper(params string[] more) => new("zypper", more) { Patterns = ["kvm_server", "kvm_tools"] };

    private static InstallPackages Apt(params string[] more) =>
        new("apt-get", ["libvirt-daemon-system", "libvirt-clients", "qemu-system-x86", "qemu-utils", .. more]);

    private static InstallPackages Dnf(params string[] more) => new("dnf", ["libvirt", "qemu-kvm", .. more]);

    // As it would be typed.
    private static string Text(InstallPackages install) =>
        string.Join(
            " && ",
            install.Commands.Select(command => string.Join(' ', command.SkipWhile(word => word == "env").Select(ShellWord.Quote)))
        );
}
