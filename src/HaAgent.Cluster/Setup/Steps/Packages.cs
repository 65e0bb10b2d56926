using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Setup.Steps;

/// <summary>Guide 18.4, step 1: the virtualization packages on every node, and the tools of the filesystem.</summary>
public static class Packages
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    /// <summary>Installs what a node lacks.</summary>
    public static Plan Plan(SetupIntent intent, Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(snapshot);
        return Planning.Plan.All(snapshot.Reached.Select(node => Plan(intent, node)));
    }

    private static Plan Plan(SetupIntent intent, NodeFacts node) =>
        Planning.Plan.From(node.Programs, "which programs are installed", node.Name, programs => Plan(intent, node, [.. Missing(intent, programs)]));

    private static Plan Plan(SetupIntent intent, NodeFacts node, string[] missing)
    {
        if (missing.Length == 0)
            return new Plan();
        string lacks = $"{node.Name} lacks {string.Join(", ", missing)}";
        if (!intent.InstallPackages)
            return Planning.Plan.Refuse(lacks, $"install it on {node.Name}, or leave out --no-packages");
        return Planning.Plan.From(node.Packages, "what installs packages", node.Name, tool => Install(node, lacks, Command(intent.Storage, tool)), () => Install(node, lacks, null));
    }

    private static Plan Install(NodeFacts node, string lacks, InstallPackages? command)
    {
        if (command is null)
        {
            return Planning.Plan.Refuse($"{lacks}, and haagent finds no package for it there (it knows zypper, apt and dnf, and no dnf has OCFS2)",
                $"install it on {node.Name} by hand, then run this again");
        }

        return Planning.Plan.Of(new Change.OnNode(node.Name, $"install the virtualization packages on {node.Name}: {Text(command)}", command, Limit));
    }

    private static IEnumerable<string> Missing(SetupIntent intent, IReadOnlyList<string> programs)
    {
        if (!programs.Contains("libvirtd") && !programs.Contains("virtqemud"))
            yield return "libvirt";
        if (!programs.Contains("virtlockd"))
            yield return "virtlockd";
        if (!programs.Contains("qemu"))
            yield return "QEMU";
        if (intent.Storage is not Storage.Device device)
            yield break;
        if (!programs.Contains(MakeFilesystem(device.Type)))
            yield return MakeFilesystem(device.Type);
        if (!programs.Contains("dlm_controld"))
            yield return "dlm_controld";
    }

    private static string MakeFilesystem(VolumeType type) => type switch
    {
        VolumeType.Ocfs2 => "mkfs.ocfs2",
        VolumeType.Gfs2 => "mkfs.gfs2",
    };

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

    private static InstallPackages Apt(params string[] more) => new("apt-get", ["libvirt-daemon-system", "libvirt-clients", "qemu-system-x86", "qemu-utils", .. more]);

    private static InstallPackages Dnf(params string[] more) => new("dnf", ["libvirt", "qemu-kvm", .. more]);

    // As it would be typed.
    private static string Text(InstallPackages install) =>
        string.Join(" && ", install.Commands.Select(command => string.Join(' ', command.SkipWhile(word => word == "env").Select(ShellWord.Quote))));
}
