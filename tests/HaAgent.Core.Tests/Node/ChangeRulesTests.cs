using System.Text;
using HaAgent.Core.Node;
using Xunit;

namespace HaAgent.Core.Tests.Node;

/// <summary>Each change is held to what a change of its kind is about, whoever asks for it.</summary>
public sealed class ChangeRulesTests
{
    private static readonly byte[] Guest = Encoding.ASCII.GetBytes("<domain type='kvm'><name>VM1</name></domain>\n");
    private static readonly byte[] Text = Encoding.ASCII.GetBytes("text\n");

    public static TheoryData<NodeChange> Good =>
    [
        new MakeDirectory("/mnt/shared/lockd", "/mnt/shared"),
        new MarkDirectory("/mnt/nfs/haagent", ".haagent"),
        new WriteFile("/etc/libvirt/qemu.conf", "", Text) { CopySuffix = ".before-haagent" },
        new WriteFile("/etc/libvirt/qemu-lockd.conf", "", Text) { Removes = ["/etc/libvirt/qemu-lockd.conf.before-haagent"] },
        new WriteFile("/etc/systemd/system/pacemaker.service.d/haagent.conf", "", Text),
        new WriteFile("/mnt/shared/VM 1.xml", "", Guest) { NewMode = "600" },
        new RemoveFile("/etc/systemd/system/pacemaker.service.d/haagent.conf", ""),
        new SeeDevice(new MakeFilesystem("/dev/disk/by-id/wwn-1", 1, true, [], ClusterFilesystem.Ocfs2, "hacluster", 4, "virt-lock")),
        new MakeFilesystem("/dev/disk/by-id/wwn-1", 1, true, [], ClusterFilesystem.Ocfs2, "hacluster", 4, "virt-lock"),
        new EnableUnits(["virtlockd.socket", "libvirtd.service", "virtproxyd.socket"]),
        new RestartUnit("virtqemud.service"),
        new RestartProcess("libvirtd", 7),
        new RefreshResource("VM1"),
        new RefreshResource("vm-büro"),
        new ForgetResource("Склад_1"),
        new ForgetResource("vm-bu\u0308ro"),
        new ForgetResource("col\u00b7lecci\u00f3"),
        new ForgetResource("\U0002000b-vm"),
        new CrashNode("bob"),
    ];

    public static TheoryData<NodeChange> Bad =>
    [
        new MakeDirectory("/mnt/shared/../../etc/cron.d", "/mnt/shared"),
        new MakeDirectory("lockd", "/mnt/shared"),
        new MakeDirectory("/mnt/shared//lockd", "/mnt/shared"),
        new MarkDirectory("/mnt/nfs/haagent", "authorized_keys"),
        new SeeMark("/root", "../.ssh/authorized_keys"),
        new WriteFile("/root/.ssh/authorized_keys", "", Text),
        new WriteFile("/etc/libvirt/../cron.d/x", "", Guest),
        new WriteFile("/etc/libvirt/qemu.conf", "", Text) { CopySuffix = "/../../cron.d/x" },
        new WriteFile("/etc/libvirt/qemu.conf", "", Text) { Removes = ["/etc/passwd"] },
        new WriteFile("/mnt/shared/VM1.xml", "", Guest) { NewMode = "4755" },
        new RemoveFile("/etc/passwd", ""),
        new SeeDevice(new MakeFilesystem("/etc/passwd", 1, true, [], ClusterFilesystem.Ocfs2, "hacluster", 4, "virt-lock")),
        new MakeFilesystem("/etc/passwd", 1, true, [], ClusterFilesystem.Ocfs2, "hacluster", 4, "virt-lock"),
        new MakeFilesystem("/dev/../etc/passwd", 1, true, [], ClusterFilesystem.Ocfs2, "hacluster", 4, "virt-lock"),
        new MakeFilesystem("/dev/sdb", 1, true, [], ClusterFilesystem.Ocfs2, "-o x", 4, "virt-lock"),
        new MakeFilesystem("/dev/sdb", 1, true, [], ClusterFilesystem.Gfs2, "hacluster", 4, "a:b"),
        new MakeFilesystem("/dev/sdb", 1, true, [], ClusterFilesystem.Gfs2, "hacluster", 0, "virt-lock"),
        new EnableUnits(["libvirtd.service", "evil.service"]),
        new EnableUnits(["/tmp/libvirtd.service"]),
        new RestartUnit("sshd.service"),
        new RestartUnit("--root=/tmp"),
        new RestartProcess("sshd", 7),
        new RefreshResource("--all"),
        new ForgetResource("a b"),
        new ForgetResource("-büro"),
        new ForgetResource("büro;x"),
        new ForgetResource("\u00b7büro"),
        new ForgetResource("vm\U0001f600"),
        new ForgetResource(""),
        new MakeFilesystem("/dev/sdb", 1, true, [], ClusterFilesystem.Ocfs2, "büro", 4, "virt-lock"),
    ];

    [Theory]
    [MemberData(nameof(Good))]
    public void Problem_WhatHaagentItselfAsksFor_None(NodeChange change) => Assert.Null(ChangeRules.Problem(change));

    [Theory]
    [MemberData(nameof(Bad))]
    public void Problem_SomethingElse_IsTold(NodeChange change) => Assert.NotNull(ChangeRules.Problem(change));
}
