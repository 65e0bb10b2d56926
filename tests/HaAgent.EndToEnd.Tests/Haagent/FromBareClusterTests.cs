using HaAgent.EndToEnd.Tests.Cluster;
using HaAgent.EndToEnd.Tests.Node;

namespace HaAgent.EndToEnd.Tests.Haagent;

/// <summary>The guide's chapter by haagent alone.</summary>
[Trait("Root", "any")]
public sealed class FromBareClusterTests(BareCluster cluster) : IClassFixture<BareCluster>
{
    [Fact]
    public void CheckSetupAddRemoveTeardown_BareCluster_GuestsAreHighlyAvailableAndGoAgain()
    {
        string before = cluster.State();

        // 18.2: the doctor sees what is missing, and says how to mend it.
        Finished sick = cluster.Haagent("check");
        Assert.Equal(1, sick.ExitCode);
        Assert.Contains("error: lock storage: the cluster has no lock storage (cl-virt-lock)", sick.Output, StringComparison.Ordinal);
        Assert.Contains("to mend it: haagent setup", sick.Output, StringComparison.Ordinal);
        Assert.Contains("ok: root logins:", sick.Output, StringComparison.Ordinal);

        // 18.3 and 18.4. A dry run changes nothing.
        string shown = cluster.Done("setup", "--existing-mount", BareCluster.Shared, "--dry-run");
        Assert.Contains("       group g-virt-lock shared\n       clone cl-virt-lock g-virt-lock \\\n       \tmeta interleave=true\n", shown, StringComparison.Ordinal);
        Assert.Contains("The cluster will then:\n     start shared on ", shown, StringComparison.Ordinal);
        Assert.Equal(before, cluster.State());
        string setup = cluster.Done("setup", "--existing-mount", BareCluster.Shared, "--yes");
        Assert.Contains("bob:/etc/libvirt/qemu-lockd.conf (what it was: /etc/libvirt/qemu-lockd.conf.before-haagent)", setup, StringComparison.Ordinal);
        foreach (string node in new[] { BareCluster.Alice, BareCluster.Bob })
        {
            Assert.Equal("1c1\n< x #lock_manager = \"lockd\"\n---\n> x lock_manager = \"lockd\"", Differences(node, "qemu.conf"));
            Assert.Equal("1c1\n< x #file_lockspace_dir = \"/var/lib/libvirt/lockd/files\"\n---\n> x file_lockspace_dir = \"/mnt/shared/lockd\"", Differences(node, "qemu-lockd.conf"));
        }

        // A second run plans nothing, and changes nothing.
        string state = cluster.State();
        Assert.Contains("Nothing to do.", cluster.Done("setup", "--existing-mount", BareCluster.Shared, "--yes"), StringComparison.Ordinal);
        Assert.Equal(state, cluster.State());
        Assert.Contains(", 0 errors", cluster.Done("check"), StringComparison.Ordinal);

        // 18.5: one guest runs and starts at boot, the other is shut off.
        cluster.Define("VM1", BareCluster.Bob);
        cluster.Define("VM2", BareCluster.Alice);
        cluster.Script(BareCluster.Bob, "virsh -q start VM1 && virsh -q autostart VM1");
        cluster.Lab.Wait("answering", "VM1");
        Assert.Contains(", 0 errors", cluster.Haagent("check", "VM2").Output, StringComparison.Ordinal);
        string add = cluster.Done("add", "--all", "--yes");
        Assert.Contains("shut VM1 down on bob, where it runs now", add, StringComparison.Ordinal);
        Assert.Contains("switch the autostart of VM1 off on bob", add, StringComparison.Ordinal);
        cluster.Lab.Wait("answering", "VM1", ",", "answering", "VM2");
        Assert.Equal("600 root", cluster.Script(BareCluster.Bob, "stat -c '%a %U' /mnt/shared/VM1.xml"));
        Assert.Contains("Nothing to do.", cluster.Done("add", "VM1", "VM2", "--yes"), StringComparison.Ordinal);
        Assert.Contains(", 0 errors", cluster.Done("check"), StringComparison.Ordinal);
        ReadsLikeTheGuide(cluster.Configuration());

        // In use, it is not torn down.
        Finished refused = cluster.Haagent("teardown", "--yes");
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("What to do: take them out of the cluster first: haagent remove --stop VM1 VM2.", refused.Output, StringComparison.Ordinal);

        // Out again: one left running as the process it was, one shut down.
        string process = Process("VM1");
        cluster.Done("remove", "VM1", "--keep-running", "--yes");
        Assert.Equal(process, Process("VM1"));
        using (GuestSession still = cluster.Lab.Connect("VM1"))
            still.Ask();
        Assert.Equal("", cluster.Script(BareCluster.Alice, "crm configure show | grep -E 'maintenance-mode|haagent-removing|haagent-maintenance' || true"));
        cluster.Done("remove", "VM2", "--stop", "--yes");
        Assert.Empty(cluster.Lab.Copies("VM2"));
        Assert.DoesNotContain("VM", cluster.Configuration(), StringComparison.Ordinal);

        // And everything as it was; only the shared directory keeps what was put there.
        cluster.Script(Home("VM1"), "virsh -q destroy VM1");
        string teardown = cluster.Done("teardown", "--yes");
        Assert.Contains("Files changed:\n     alice:/etc/libvirt/qemu.conf\n     alice:/etc/libvirt/qemu.conf.before-haagent (removed)\n", teardown, StringComparison.Ordinal);
        Assert.Equal(before, cluster.State());
        Assert.Contains("Nothing to do.", cluster.Done("teardown", "--yes"), StringComparison.Ordinal);
    }

    private static void ReadsLikeTheGuide(string configuration)
    {
        // The guide's lines; ours have timeouts and the deep monitor besides.
        Assert.Contains("primitive VM1 ocf:haagent:VirtualDomain \\\n\tparams config=\"/mnt/shared/VM1.xml\" hypervisor=\"qemu:///system\" remoteuri=\"qemu+ssh://%n/system\" \\\n\tmeta allow-migrate=true failure-timeout=10min \\\n\top monitor timeout=30s interval=10s", configuration, StringComparison.Ordinal);
        Assert.Contains("group g-virt-lock shared\n", configuration, StringComparison.Ordinal);
        Assert.Contains("clone cl-virt-lock g-virt-lock \\\n\tmeta interleave=true\n", configuration, StringComparison.Ordinal);
        Assert.Contains("\ncolocation col-fs-virt inf: ( VM1 VM2 ) cl-virt-lock\n", configuration, StringComparison.Ordinal);
        Assert.Contains("\norder o-fs-virt Mandatory: cl-virt-lock ( VM1 VM2 )\n", configuration, StringComparison.Ordinal);
    }

    private string Differences(string node, string file) => cluster.Script(node, $$"""
        diff /etc/libvirt/{{file}}.before-haagent /etc/libvirt/{{file}} | sed -E 's/^[0-9]+c[0-9]+$/1c1/; s/^([<>]) /\1 x /'
        """);

    private string Home(string guest) => cluster.Lab.Copies(guest, BareCluster.Alice).Length > 0 ? BareCluster.Alice : BareCluster.Bob;

    private string Process(string guest) => $"{Home(guest)} {cluster.Script(Home(guest), $"cat /run/libvirt/qemu/{guest}.pid")}";
}
