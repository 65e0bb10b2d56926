using System.Text;
using HaAgent.Core.Guest;
using HaAgent.Core.Locking;
using HaAgent.Host.Node;
using Xunit;

namespace HaAgent.Host.Tests.Node;

/// <summary>A second copy of a running guest is tried only where the kernel says that another node holds its locks.</summary>
public sealed class SecondCopyTests
{
    private static readonly string[] Disks = ["vda", "vdb"];
    private static readonly LockSetup Lockd = LockSetup.Parse("lock_manager = \"lockd\"\n", "file_lockspace_dir = \"/mnt/shared/lockd\"\n");

    [Fact]
    public void Unproven_EveryLockIsHeldElsewhere_IsProven() => Assert.Null(Unproven(Lockd, LeaseHolder.Elsewhere, LeaseHolder.Elsewhere));

    [Theory]
    [InlineData(LeaseHolder.Nobody, "a second copy could start")]
    [InlineData(LeaseHolder.CannotTell, "could not be learned here")]
    [InlineData(LeaseHolder.ThisNode, "is held on this node")]
    [InlineData(LeaseHolder.OtherProcess, "is held on this node")]
    public void Unproven_OneLockIsNotSeenToBeHeldElsewhere_IsTold(LeaseHolder second, string why) =>
        Assert.Contains(why, Unproven(Lockd, LeaseHolder.Elsewhere, second), StringComparison.Ordinal);

    [Fact]
    public void Unproven_NoLockManagerOnThisNode_IsTold() =>
        Assert.Contains("lock none of its disks", Unproven(LockSetup.Parse("", ""), LeaseHolder.Elsewhere, LeaseHolder.Elsewhere), StringComparison.Ordinal);

    [Fact]
    public void Unproven_ShareableDisksAlone_AreNoProof() =>
        Assert.Contains("lock none of its disks", Unproven(Lockd, LeaseHolder.Elsewhere, LeaseHolder.Elsewhere, "<shareable/>"), StringComparison.Ordinal);

    private static string? Unproven(LockSetup setup, LeaseHolder first, LeaseHolder second, string more = "")
    {
        string disks = string.Concat(Disks.Select(
            disk => $"<disk type='block' device='disk'><source dev='/dev/{disk}'/><target dev='{disk}'/>{more}</disk>"));
        DomainXml domain = DomainXml.Parse(Encoding.UTF8.GetBytes($"<domain type='kvm'><name>VM1</name><devices>{disks}</devices></domain>"), out _)!;
        return GuestChanges.Unproven(domain, setup, files => files.Zip([first, second]).ToDictionary(pair => pair.First, pair => new LeaseState(pair.Second, "")));
    }
}
