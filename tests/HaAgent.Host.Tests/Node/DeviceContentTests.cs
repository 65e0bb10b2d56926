using HaAgent.Host.Node;
using Xunit;

namespace HaAgent.Host.Tests.Node;

/// <summary>A device is empty only when it was read and is nothing but zeros: neither wipefs' silence nor an error says so.</summary>
public sealed class DeviceContentTests : IDisposable
{
    private const long Size = 256L * 1024 * 1024;
    private const string Ext4 = """{ "signatures": [ { "device": "sdc", "offset": "0x438", "type": "ext4", "uuid": "u", "label": null } ] }""";

    private readonly string _device = Path.GetTempFileName();

    public DeviceContentTests()
    {
        using FileStream file = File.OpenWrite(_device);
        file.SetLength(Size);
    }

    public void Dispose() => File.Delete(_device);

    [Fact]
    public void IsBlank_Zeros_Is() => Assert.True(DeviceContent.IsBlank(_device, Size));

    [Theory]
    [InlineData(0)]
    [InlineData(4L * 1024 * 1024 - 1)]
    [InlineData(Size - 1)]
    [InlineData(Size - 4L * 1024 * 1024)]
    [InlineData(128L * 1024 * 1024)]
    public void IsBlank_OneByteAtAnEndOrSampledBetween_IsNot(long at)
    {
        Write(at, 1);

        Assert.False(DeviceContent.IsBlank(_device, Size));
    }

    [Fact]
    public void IsBlank_DatabaseWithoutASignature_IsNot()
    {
        for (long at = 8L * 1024 * 1024; at < Size; at += 512 * 1024)
            Write(at, 512 * 1024);

        Assert.Empty(DeviceContent.Signatures(_device, Deadline.In(TimeSpan.FromSeconds(30))));
        Assert.False(DeviceContent.IsBlank(_device, Size));
    }

    [Fact]
    public void IsBlank_WhatCannotBeRead_IsNotLearned()
    {
        Assert.Throws<IOException>(() => DeviceContent.IsBlank(_device, Size + 1));
        Assert.Throws<IOException>(() => DeviceContent.IsBlank(_device, 0));
        Assert.Throws<IOException>(() => DeviceContent.IsBlank("/no/such/device", 4096));

        // The kernel answers a read there with EIO, as it does on a broken disk.
        Assert.Throws<IOException>(() => DeviceContent.IsBlank("/proc/self/mem", 4096));
    }

    [Fact]
    public void Signatures_Filesystem_IsSeen() => Assert.Equal(["ext4"], DeviceContent.Signatures(new CommandResult(0, Ext4, "")));

    [Theory]
    [InlineData(1, """{ "signatures": [] }""", false)]
    [InlineData(null, """{ "signatures": [] }""", false)]
    [InlineData(0, """{ "signatures": [] }""", true)]
    [InlineData(0, "", false)]
    [InlineData(0, "{}", false)]
    [InlineData(0, """{ "signatures": null }""", false)]
    [InlineData(0, """{ "signatures": [ {} ] }""", false)]
    [InlineData(0, """{ "signatures": [ { "type": null } ] }""", false)]
    [InlineData(0, """{ "signatures": [""", false)]
    [InlineData(0, "wipefs: unrecognized option", false)]
    public void Signatures_WipefsFailedOrSaidNothingWhole_AreNotLearned(int? status, string said, bool cut) =>
        Assert.Throws<IOException>(() => DeviceContent.Signatures(new CommandResult(status, said, "") { IsCut = cut }));

    private void Write(long at, int length)
    {
        using FileStream file = File.OpenWrite(_device);
        file.Position = at;
        file.Write([.. Enumerable.Repeat((byte)7, length)]);
    }
}
