using HaAgent.Core.Node;
using HaAgent.Host.Node;
using Xunit;

namespace HaAgent.Host.Tests.Node;

public sealed class DeviceQuestionsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("haagent-test").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Filesystem_Superblock_NamesItsCluster()
    {
        Assert.Equal(
            new ClusterFilesystemFact("ocfs2", "pcmk", "hacluster") { Label = "data" },
            DeviceQuestions.Ocfs2("\tRevision: 0.90\n\tLabel: data\n\tCluster stack: pcmk\n\tCluster name: hacluster\n").Value);
        Assert.Equal(new ClusterFilesystemFact("gfs2", "lock_dlm", "hacluster") { Label = "virt-lock" },
            DeviceQuestions.Gfs2("tunegfs2 (Jan 1)\nFile system volume name: \"hacluster:virt-lock\"\nFile system UUID: 1\nLock protocol: \"lock_dlm\"\n").Value);
        Assert.Equal(FactState.NotLearned, DeviceQuestions.Ocfs2("debugfs.ocfs2: Bad magic number").State);
        Assert.Equal(FactState.NotLearned, DeviceQuestions.Gfs2("").State);
    }

    [Fact]
    public void Named_HoldersMountsAndSwap_OfTheDeviceAndItsPartitions()
    {
        SysBlock disk = Disk();
        const string MountInfo = "36 35 8:17 / /srv/my\\040data rw - ext4 /dev/sdb1 rw\n37 35 8:1 / / rw - ext4 /dev/sda1 rw\n";

        Assert.Equal(["dm-3", "md0", "/srv/my data", "swap"], DeviceUsers.Named(disk, MountInfo, "Filename Type\n/dev/sdb1 partition 1\n"));
        Assert.Equal((512L * 2048, true), (disk.Size, disk.IsReadOnly));
    }

    [Fact]
    public void Identity_OfDiskAndPartition_ComesFromTheDisk()
    {
        SysBlock disk = Disk();
        Assert.Equal(FactState.Absent, disk.Identity().State);
        Write("sdb/device/wwid", "naa.5000\n");

        Assert.Equal("naa.5000", disk.Identity().Value);
        Assert.Equal("naa.5000 partition 1", new SysBlock($"{_directory}/sdb/sdb1").Identity().Value);
    }

    [Fact]
    public void StableNames_LinksToTheDevice_AreFound()
    {
        string device = Write("sdb-node", "");
        foreach (string name in new[] { "by-id/wwn-1", "by-diskseq/4" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName($"{_directory}/disk/{name}")!);
            File.CreateSymbolicLink($"{_directory}/disk/{name}", "../../sdb-node");
        }

        File.CreateSymbolicLink($"{_directory}/disk/by-id/other", "../../elsewhere");

        Assert.Equal([$"{_directory}/disk/by-diskseq/4", $"{_directory}/disk/by-id/wwn-1"], SysBlock.StableNames($"{_directory}/disk", device));
        Assert.Empty(SysBlock.StableNames($"{_directory}/none", device));
    }

    [Fact]
    public void Answer_NoBlockDevice_IsAbsent()
    {
        string file = Write("file", "");

        IReadOnlyDictionary<string, Fact<DeviceFact>> devices = DeviceQuestions.Answer(new DevicesQuestion([file, "/dev/null", "/dev/no-such", "--help"]), Soon, NodePermit.Changes).Devices;

        Assert.Equal(4, devices.Count);
        Assert.All(devices.Values, fact => Assert.Equal(FactState.Absent, fact.State));
    }

    // Each look reads the device, and looks who else has it open.
    [Fact]
    public void Answer_OneDeviceUnderTwoNames_IsNotInUseByTheLook()
    {
        string file = Write("disk.img", "");
        using (FileStream image = File.OpenWrite(file))
            image.SetLength(64L << 20);
        CommandResult made = Command.Run(Soon, "losetup", ["--find", "--show", file]);
        Assert.True(made.Succeeded, made.Reason);
        string device = made.Output.Trim();
        try
        {
            string[] names = [device, .. Enumerable.Range(0, 2).Select(i => (string)File.CreateSymbolicLink($"{_directory}/name{i}", device).FullName)];

            IReadOnlyDictionary<string, Fact<DeviceFact>> devices = DeviceQuestions.Answer(new DevicesQuestion(names), Soon, NodePermit.Changes).Devices;

            Assert.Equal(names.Order(), devices.Keys.Order());
            Assert.All(devices.Values, fact => Assert.Equal("", string.Join(", ", fact.Match(device => device.UsedBy.Match(users => users, () => ["absent"], why => [why]), () => ["absent"], why => [why]))));
            Assert.All(devices.Values, fact => Assert.Equal(device, fact.Value!.RealPath));

            // Who may only ask does not hold a device, and so does not learn that nobody does.
            DeviceFact asked = DeviceQuestions.Answer(new DevicesQuestion([device]), Soon, NodePermit.Questions).Devices[device].Value!;
            Assert.Equal((device, FactState.NotLearned), (asked.RealPath, asked.UsedBy.State));
        }
        finally
        {
            Assert.True(Command.Run(Soon, "losetup", ["--detach", device]).Succeeded);
        }
    }

    [Fact]
    public void Disk_OfDiskAndPartition_IsTheDisk()
    {
        Assert.Equal("8:16", Disk().Disk);
        Assert.Equal("8:16", new SysBlock($"{_directory}/sdb/sdb1").Disk);
    }

    private static Deadline Soon => Deadline.In(TimeSpan.FromMinutes(5));

    private SysBlock Disk()
    {
        Write("sdb/dev", "8:16\n");
        Write("sdb/size", "2048\n");
        Write("sdb/ro", "1\n");
        Write("sdb/holders/dm-3", "");
        Write("sdb/sdb1/dev", "8:17\n");
        Write("sdb/sdb1/partition", "1\n");
        Write("sdb/sdb1/holders/md0", "");
        Write("sdb/queue/other", "");
        return new SysBlock($"{_directory}/sdb");
    }

    private string Write(string name, string text)
    {
        string path = $"{_directory}/{name}";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
