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

    private void Make(string number, params string[] slaves)
    {
        string device = Path.Combine(_folder, number);
        Directory.CreateDirectory(Path.Combine(device, "slaves"));
        File.WriteAllText(Path.Combine(device, "dev"), number + "\n");
        foreach (string slave in slaves)
            Directory.CreateSymbolicLink(Path.Combine(device, "slaves", "to-" + slave), Path.Combine(_folder, slave));
    }
}
