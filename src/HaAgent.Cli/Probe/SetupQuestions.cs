using HaAgent.Cluster.Setup;
using HaAgent.Cli.Probe.Questions;

namespace HaAgent.Cli.Probe;

/// <summary>What setup has to know of each node. What may hang comes last.</summary>
internal static class SetupQuestions
{
    public static IReadOnlyList<Question> For(SetupIntent intent) =>
    [
        HostQuestions.Systemd,
        HostQuestions.Packages,
        HostQuestions.Programs,
        HostQuestions.Agents,
        HostQuestions.ClusterName,
        FileQuestions.Files(LibvirtPaths.Qemu, LibvirtPaths.QemuLockd, LibvirtPaths.DropIn),
        DaemonQuestions.Units,
        DaemonQuestions.Daemons,
        DaemonQuestions.Guests,
        FileQuestions.Mounts,
        .. intent.Storage switch
        {
            Storage.Device device => new[] { HostQuestions.KernelFilesystems("ocfs2", "gfs2"), FencingQuestions.Sbd, DeviceQuestions.Devices(device.Path), FileQuestions.Directories(intent.LockDirectory) },
            Storage.ExistingMount mount => [FileQuestions.Directories(mount.Path, mount.Inside, intent.LockDirectory)],
            _ => throw new ArgumentOutOfRangeException(nameof(intent)),
        },
    ];
}
