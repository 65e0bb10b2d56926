using HaAgent.Core.Node;
using HaAgent.Host.Node;
using Xunit;

namespace HaAgent.Host.Tests.Node;

public sealed class HostQuestionsTests
{
    [Theory]
    [InlineData("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n", "zypper dnf apt-get", PackageTool.Zypper)]
    [InlineData("ID=ubuntu\nID_LIKE=debian\n", "zypper apt-get", PackageTool.Apt)]
    [InlineData("ID='rocky'\nID_LIKE='rhel centos fedora'\n", "dnf apt-get", PackageTool.Dnf)]
    [InlineData("ID=gentoo\n", "dnf", PackageTool.Dnf)]
    [InlineData("", "apt-get dnf", PackageTool.Apt)]
    public void Packages_Distribution_IsTheToolOfItsFamily(string osRelease, string installed, PackageTool expected) =>
        Assert.Equal(expected, HostQuestions.Packages(osRelease, installed.Split(' ').Contains).Value);

    [Fact]
    public void Packages_ToolOfTheFamilyIsMissing_IsAbsent() => Assert.Equal(FactState.Absent, HostQuestions.Packages("ID=sles\n", name => name == "apt-get").State);

    [Theory]
    [InlineData("totem {\n  version: 2\n  cluster_name: hacluster\n}\n", "hacluster")]
    [InlineData("totem {\n\tcluster_name:\n}\n", null)]
    [InlineData("# cluster_name: x\n", null)]
    public void ConfiguredName_OfCorosync_IsRead(string conf, string? expected) => Assert.Equal(expected, HostQuestions.ConfiguredName(conf).Value);

    [Fact]
    public void CpuModel_SameFeaturesInAnotherOrder_IsTheSame()
    {
        string one = HostQuestions.CpuModel("processor\t: 0\nmodel name\t: Xeon\nflags\t\t: b a\n\nprocessor\t: 1\nmodel name\t: Other\n");

        Assert.Equal("Xeon\na b", one);
        Assert.Equal(one, HostQuestions.CpuModel("model name\t: Xeon\nflags\t\t: a b\n"));
        Assert.NotEqual(one, HostQuestions.CpuModel("model name\t: Xeon\nflags\t\t: a b c\n"));
    }

    [Fact]
    public void Answer_OnThisNode_EachFactStandsForItself()
    {
        HostAnswer answer = HostQuestions.Answer(Deadline.In(TimeSpan.FromSeconds(20)));

        Assert.Equal(FactState.Known, answer.Systemd.State);
        Assert.Equal(FactState.Known, answer.Programs.State);
        Assert.Equal(FactState.Known, answer.Agents.State);
        Assert.Equal(FactState.Known, answer.CpuModel.State);
    }

    [Fact]
    public void KernelFilesystems_OfTheRunningKernel_AreKnown() =>
        Assert.True(HostQuestions.Answer(new KernelFilesystemsQuestion(["proc"]), Deadline.In(TimeSpan.FromSeconds(20))).Types["proc"].Value);

    [Theory]
    [InlineData("A=b", "b")]
    [InlineData("A=\"b c\" # x", "b c")]
    [InlineData("export A='b;c'", "b;c")]
    [InlineData("A=b#c", "b#c")]
    [InlineData("A=\"b\\\"c\"", "b\"c")]
    [InlineData("A=$(touch /tmp/x)", "$(touch")]
    [InlineData("A=`touch /tmp/x`", "`touch")]
    [InlineData("A=1\nA=2", "2")]
    [InlineData("  A=\n", "")]
    public void KeyValueText_Lines_AreReadAndNeverRun(string text, string expected) => Assert.Equal(expected, KeyValueText.Parse(text)["A"]);

    [Theory]
    [InlineData("# A=1")]
    [InlineData("A B=1")]
    [InlineData("touch x; A=1")]
    [InlineData("=1")]
    public void KeyValueText_OtherLines_AreLeftOut(string text) => Assert.Empty(KeyValueText.Parse(text));

    [Fact]
    public void Sbd_DevicesWatchdogAndDaemon_AreTold()
    {
        Fact<SbdFact> sbd = FencingQuestions.Read("SBD_DEVICE=\"/dev/disk/by-id/a;/dev/b\"\nSBD_WATCHDOG_DEV=/dev/watchdog1\n", running: true, path => path + "-real", path => path == "/dev/watchdog1");

        Assert.Equal(new Dictionary<string, string> { ["/dev/disk/by-id/a"] = "/dev/disk/by-id/a-real", ["/dev/b"] = "/dev/b-real" }, sbd.Value!.Devices);
        Assert.True(sbd.Value is { Running: true, Watchdog: true });
        Assert.Equal(FactState.Absent, FencingQuestions.Read("# SBD_DEVICE=\"\"\nSBD_DEVICE=\n", running: false, path => path, _ => true).State);
        Assert.Empty(FencingQuestions.Read("", running: true, path => path, _ => true).Value!.Devices);
    }
}
