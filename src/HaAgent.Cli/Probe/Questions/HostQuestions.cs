using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;

namespace HaAgent.Cli.Probe.Questions;

/// <summary>What a host is and what is installed on it.</summary>
internal static class HostQuestions
{
    public static readonly Question Systemd = new("systemd",
        "[ -d /run/systemd/system ] && echo yes",
        (facts, answer) => facts with { Systemd = answer.Trim() == "yes" });

    // A distribution may carry the tool of another one as a package: os-release(5) says which one it is.
    public static readonly Question Packages = new("packages",
        """
        tools="zypper apt-get dnf"
        case "$(. /etc/os-release; echo "$ID $ID_LIKE")" in
          *suse* | *sles*) tools=zypper ;;
          *debian* | *ubuntu*) tools=apt-get ;;
          *fedora* | *rhel*) tools=dnf ;;
        esac
        for tool in $tools; do command -v $tool > /dev/null && { echo $tool; break; }; done
        """,
        (facts, answer) => facts with
        {
            Packages = answer.Trim() switch
            {
                "zypper" => PackageTool.Zypper,
                "apt-get" => PackageTool.Apt,
                "dnf" => PackageTool.Dnf,
                _ => PackageTool.Unknown,
            },
        });

    // Red Hat keeps its QEMU outside of the search path.
    public static readonly Question Programs = new("programs",
        """
        for program in libvirtd virtqemud virtlockd mkfs.ocfs2 mkfs.gfs2 dlm_controld; do command -v $program > /dev/null && echo $program; done
        for program in /usr/bin/qemu-system-* /usr/bin/qemu-kvm /usr/libexec/qemu-kvm; do [ -x "$program" ] && { echo qemu; break; }; done
        """,
        (facts, answer) => facts with { Programs = Lines(answer) });

    public static readonly Question Agents = new("agents",
        """
        for agent in haagent/VirtualDomain heartbeat/VirtualDomain heartbeat/Filesystem pacemaker/controld; do
          [ -x "/usr/lib/ocf/resource.d/$agent" ] && echo $agent
        done
        """,
        (facts, answer) => facts with { Agents = Lines(answer) });

    public static readonly Question ClusterName = new("cluster-name",
        """
        name=$(corosync-cmapctl -g totem.cluster_name | sed -n 's/.* = //p')
        [ -n "$name" ] || name=$(sed -n 's/^[[:space:]]*cluster_name:[[:space:]]*//p' /etc/corosync/corosync.conf)
        echo "$name"
        """,
        (facts, answer) => facts with { ClusterName = answer.Trim() is { Length: > 0 } name ? name : null });

    public static Question KernelFilesystems(params IEnumerable<string> types) => new("kernel-filesystems",
        $"""
        for type in {string.Join(' ', types.Select(ShellWord.Quote))}; do
          if grep -qw "$type" /proc/filesystems || modprobe --dry-run --quiet "$type"; then echo "$type"; fi
        done
        """,
        (facts, answer) => facts with { KernelFilesystems = Lines(answer) });

    private static string[] Lines(string answer) => answer.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
