namespace HaAgent.EndToEnd.Tests.Cluster;

/// <summary>A node whose libvirt has no lock manager: a migration there would succeed, and the guest's lock would vanish on the way.</summary>
[Collection(nameof(GuideCluster))]
public sealed class UnlockedTargetTests(GuideCluster cluster) : ClusterTest(cluster)
{
    [Fact]
    public void Move_TargetHasNoLockManager_RefusedBeforeItBeginsAndGuestKeepsItsLock()
    {
        (Lab lab, string here, string there) = Vm1Runs();
        lab.On(here, "crm_resource", "--resource", Vm1, "--set-parameter", "require_lock", "--parameter-value", "true");
        lab.On(there, "sed", "-i", "s/^lock_manager/#&/", "/etc/libvirt/qemu.conf");
        lab.On(there, "/lab/machine/service", "restart", "libvirtd");
        try
        {
            lab.Wait("idle", ",", "answering", Vm1);
            using GuestSession before = lab.Connect(Vm1);

            lab.On(here, "crm", "resource", "move", Vm1, there);
            lab.Wait("failed", Vm1, ",", "idle", ",", "started", Vm1, here, ",", "answering", Vm1);

            // A failed migrate_to makes Pacemaker stop and start the guest once, whatever the agent does; not on the node without locks.
            using GuestSession after = lab.Connect(Vm1);
            Assert.InRange(after.First.Boot, before.First.Boot, before.First.Boot + 1);
            Assert.True(lab.LeaseIsHeld(Vm1, seenFrom: there));
            Assert.Contains("no lock manager", lab.Run("log", here, "messages"));
        }
        finally
        {
            lab.On(there, "sed", "-i", "s/^#lock_manager = \"lockd\"/lock_manager = \"lockd\"/", "/etc/libvirt/qemu.conf");
            lab.On(there, "/lab/machine/service", "restart", "libvirtd");
            lab.On(here, "crm_resource", "--resource", Vm1, "--delete-parameter", "require_lock");
        }
    }
}
