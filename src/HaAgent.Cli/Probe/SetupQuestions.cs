using HaAgent.Cluster.Setup;
using HaAgent.Core.Node;

namespace HaAgent.Cli.Probe;

/// <summary>What setup and teardown have to know of each node.</summary>
internal static class SetupQuestions
{
    /// <summary>Before setup.</summary>
    public static IReadOnlyList<NodeQuestion> For(SetupIntent intent) =>
    [
        new HostQuestion(),
        new FilesQuestion([LibvirtPaths.Qemu, LibvirtPaths.QemuLockd, LibvirtPaths.DropIn]),
        new UnitsQuestion(),
        new DaemonsQuestion(),
        new RunningGuestsQuestion(),
        new MountsQuestion(),
        .. intent.Storage switch
        {
            Storage.Device device => new NodeQuestion[]
            {
                new KernelFilesystemsQuestion(["ocfs2", "gfs2"]), new SbdQuestion(), new DevicesQuestion([device.Path]), new DirectoriesQuestion([intent.LockDirectory]),
            },
            Storage.ExistingMount mount => [new DirectoriesQuestion([mount.Path, mount.Inside, intent.LockDirectory])],
            _ => throw new ArgumentOutOfRangeException(nameof(intent)),
        },
    ];

    /// <summary>Before teardown.</summary>
    public static IReadOnlyList<NodeQuestion> ForTeardown =>
    [
        new HostQuestion(),
        new FilesQuestion(
        [
            LibvirtPaths.Qemu, LibvirtPaths.QemuLockd, LibvirtPaths.DropIn, LibvirtPaths.Qemu + LibvirtPaths.BackupSuffix, LibvirtPaths.QemuLockd + LibvirtPaths.BackupSuffix,
        ]),
        new UnitsQuestion(),
        new DaemonsQuestion(),
        new RunningGuestsQuestion(),
    ];
}
