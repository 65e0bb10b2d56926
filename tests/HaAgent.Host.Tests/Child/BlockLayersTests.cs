using HaAgent.Host.Child;
using Xunit;

namespace HaAgent.Host.Tests.Child;

public sealed class BlockLayersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("haagent-sys-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Under_VolumeOverMultipath_IsEveryDeviceOfEveryLayer()
    {
        Make("8:16");
        Make("8:32");
        Make("253:0", "8:16", "8:32");
        Make("253:1", "253:0");

        Assert.Equal(["253:0", "8:16", "8:32"], BlockLayers.Under("253:1", _folder).Order(StringComparer.Ordinal));
        Assert.Empty(BlockLayers.Under("8:16", _folder));
        Assert.Empty(BlockLayers.Under("9:9", _folder));
    }

    [Fact]
    public void Under_VolumeOverAPartition_IsItsDiskToo()
    {
        Make("8:16");
        Make("8:16/part");
        File.WriteAllText(_folder + "/8:16/part/partition", "1\n");
        File.WriteAllText(_folder + "/8:16/part/dev", "8:17\n");
        Directory.CreateSymbolicLink(_folder + "/8:17", _folder + "/8:16/part");
        Make("253:0", "8:17");

        Assert.Equal(["8:16", "8:17"], BlockLayers.Under("253:0", _folder).Order(StringComparer.Ordinal));
        Assert.Equal(["8:16"], BlockLayers.Under("8:17", _folder));
    }

    [Fact]
    public void FileAndName_OfALoopDevice_AreAsTheKernelShowsThem()
    {
        Make("7:0");
        Directory.CreateDirectory(_folder + "/7:0/loop");
        File.WriteAllText(_folder + "/7:0/loop/backing_file", "/mnt/shared/vm 1.raw\n");
        File.WriteAllText(_folder + "/7:0/uevent", "MAJOR=7\nMINOR=0\nDEVNAME=loop0\nDEVTYPE=disk\n");

        Assert.Equal(("/mnt/shared/vm 1.raw", "loop0"), (BlockLayers.File("7:0", _folder), BlockLayers.Name("7:0", _folder)));
        Assert.Equal((null, null), (BlockLayers.File("8:16", _folder), BlockLayers.Name("8:16", _folder)));
    }

    private void Make(string number, params string[] slaves)
    {
        string device = Path.Combine(_folder, number);
        Directory.CreateDirectory(Path.Combine(device, "slaves"));
        File.WriteAllText(Path.Combine(device, "dev"), number + "\n");
        foreach (string slave in slaves)
            Directory.CreateSymbolicLink(Path.Combine(device, "slaves", "to-" + slave), Path.Combine(_folder, slave));
    }
}
