using HaAgent.Core.Locking;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;

namespace HaAgent.Core.Tests.Node;

/// <summary>One of each question and answer, with the texts that have hurt: they must arrive as they were.</summary>
internal static class NodeSamples
{
    public const string Evil = "a'b\"c`d$(touch /tmp/x);\n\tEND OF PATHS\r\u0000\u001b[2J\u009b é 漢 \\ --help";

    public static readonly NodeQuestion[] Questions =
    [
        new ReleaseQuestion(), new HostQuestion(), new KernelFilesystemsQuestion(["ocfs2", Evil]), new MountsQuestion(), new FilesQuestion([Evil]),
        new DirectoriesQuestion([Evil]), new PathsQuestion([Evil, "/dev/sda"]), new DevicesQuestion([Evil]), new SbdQuestion(), new DlmQuestion(), new DaemonsQuestion(), new UnitsQuestion(),
        new RunningGuestsQuestion(), new DomainsQuestion(false, [Evil]),
        new CpusQuestion(new Dictionary<string, GuestCpu> { [Evil] = new("<cpu/>", "kvm"), ["VM1"] = new(Evil, "kvm", "/usr/bin/qemu", "x86_64", "q35") }),
        new LinksQuestion(), new RingQuestion(), new PeersQuestion(["bob"]), new ListenersQuestion(), new NeighboursQuestion(), new LeasesQuestion(), new LogLinesQuestion(),
    ];

    public static readonly NodeAnswer[] Answers =
    [
        new ReleaseAnswer("1.2.3"),
        new HostAnswer
        {
            Systemd = Fact.Known(false),
            Packages = Fact.Absent<PackageTool>(),
            Programs = Fact.Known<IReadOnlyList<string>>([]),
            Agents = Fact.NotLearned<IReadOnlyList<string>>(Evil),
            LockPlugin = Fact.Absent<string>(),
            ClusterName = Fact.Known(Evil),
            CpuModel = Fact.Known("A"),
        },
        new KernelFilesystemsAnswer(new Dictionary<string, Fact<bool>> { ["ocfs2"] = Fact.Known(false), ["gfs2"] = Fact.NotLearned<bool>("no modprobe") }),
        new MountsAnswer([new Mount(Evil, "ocfs2", "/dev/sdb", "rw")]),
        new FilesAnswer(new Dictionary<string, Fact<FileFact>> { [Evil] = Fact.Known(new FileFact(Evil, TimeSpan.FromSeconds(1.25))), ["/b"] = Fact.Absent<FileFact>() }),
        new DirectoriesAnswer(new Dictionary<string, Fact<DirectoryFact>> { ["/a"] = Fact.Known(new DirectoryFact("/", Fact.Absent<string>())) }),
        new PathsAnswer(new Dictionary<string, Fact<PathFact>>
        {
            [Evil] = Fact.Known(new PathFact { Kind = PathKind.Block, RealPath = Evil, MountPoint = "/dev", Identity = Fact.Known("naa.1"), Size = long.MaxValue, StableNames = [Evil] }),
        }),
        new DevicesAnswer(new Dictionary<string, Fact<DeviceFact>>
        {
            ["/dev/sdb"] = Fact.Known(new DeviceFact
            {
                RealPath = "/dev/sdb", Size = Fact.Known(1L), ReadOnly = Fact.Known(true), StableNames = [], Blank = Fact.Known(false), Signatures = Fact.NotLearned<IReadOnlyList<string>>("wipefs failed"),
                UsedBy = Fact.Known<IReadOnlyList<string>>(["/mnt"]), ClusterFilesystem = Fact.Known(new ClusterFilesystemFact("ocfs2", "pcmk", Evil)),
            }),
        }),
        new SbdAnswer(Fact.Known(new SbdFact(new Dictionary<string, string> { [Evil] = "/dev/sdc" }, Running: true, Watchdog: false))),
        new DlmAnswer(Fact.Known(new DlmHelper("libstonithd.so.26", Opens: false, Fact.Known(Evil))), Fact.Known<IReadOnlyList<DlmWait>>([new DlmWait(2, TimeSpan.FromSeconds(312))])),
        new DaemonsAnswer([new DaemonFact("libvirtd", 7, TimeSpan.FromDays(3), ["/usr/sbin/libvirtd", Evil])]),
        new UnitsAnswer(new Dictionary<string, UnitFact> { ["a.service"] = new("loaded", "active", "") }, PacemakerNeedsReload: true, ["b.service"]),
        new RunningGuestsAnswer(new Dictionary<string, ProcessFact> { [Evil] = new(42, 4711) }),
        new DomainsAnswer(
        [
            new DomainFact
            {
                Name = Evil, Uuid = "u", Active = true, Autostart = false, Persistent = true, State = DomainState.Paused, Paused = PausedReason.IoError, Xml = Fact.Known(Evil), LiveXml = Fact.Known(Evil),
            },
        ]),
        new CpusAnswer(new Dictionary<string, Fact<bool>> { ["VM1"] = Fact.Known(true), ["VM2"] = Fact.Known(false) }),
        new LinksAnswer([new LinkFact("br0", true, ["10.0.0.1"]), new LinkFact("eth0", false, [], "br0")]),
        new RingAnswer(["10.0.0.1"]),
        new PeersAnswer(new Dictionary<string, Fact<PeerFact>> { ["bob"] = Fact.Known(new PeerFact(false, Evil) { LogsIn = true }), ["carol"] = Fact.NotLearned<PeerFact>(Evil) }),
        new ListenersAnswer([22, 16509]),
        new NeighboursAnswer(new Dictionary<string, string> { ["52:54:00:00:00:01"] = "10.0.0.9" }),
        new LeasesAnswer([Evil]),
        new LogLinesAnswer([Evil]),
    ];
}
