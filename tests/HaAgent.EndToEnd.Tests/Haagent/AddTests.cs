using HaAgent.EndToEnd.Tests.Node;

namespace HaAgent.EndToEnd.Tests.Haagent;

/// <summary>What an admin may wish for a guest, and what is no guest for a cluster.</summary>
[Collection(nameof(GuestsComeAndGo))]
public sealed class AddTests
{
    private readonly SetUpCluster _cluster;

    public AddTests(SetUpCluster cluster)
    {
        _cluster = cluster;
        cluster.NoGuests();
    }

    [Fact]
    public void Add_WithWishes_TheClusterHoldsThemAndASecondRunFindsNothingToDo()
    {
        _cluster.Define("VM1", BareCluster.Alice);
        string[] first = ["add", "VM1", "--prefer", BareCluster.Bob, "--priority", "5", "--utilization", "cpu=3", "--utilization", "licences=1", "--yes"];
        Assert.Contains("the cluster heeds utilization only with another placement strategy", _cluster.Done(first), StringComparison.Ordinal);
        _cluster.Define("VM2", BareCluster.Bob);
        string[] second = ["add", "VM2", "--after", "VM1", "--apart-from", "VM1", "--no-migrate", "--yes"];
        _cluster.Done(second);

        string configuration = _cluster.Configuration();
        Assert.Contains("autoset_utilization_cpu=false \\\n\tmeta allow-migrate=true failure-timeout=10min priority=5 \\\n\tutilization cpu=3 licences=1 ", configuration, StringComparison.Ordinal);
        Assert.Contains("\nlocation l-VM1-bob VM1 100: bob\n", configuration, StringComparison.Ordinal);
        Assert.Contains("\nprimitive VM2 ocf:haagent:VirtualDomain \\\n\tparams config=\"/mnt/shared/VM2.xml\" hypervisor=\"qemu:///system\" remoteuri=\"qemu+ssh://%n/system\" \\\n\tmeta allow-migrate=false failure-timeout=10min \\\n", configuration, StringComparison.Ordinal);
        Assert.Contains("\norder o-VM1-VM2 Optional: VM1 VM2\n", configuration, StringComparison.Ordinal);
        Assert.Contains("\ncolocation col-VM2-VM1 -1000: VM2 VM1\n", configuration, StringComparison.Ordinal);
        Assert.Equal((BareCluster.Bob, BareCluster.Alice), (_cluster.Lab.Run("where", "VM1"), _cluster.Lab.Run("where", "VM2")));
        Assert.Contains("Nothing to do.", _cluster.Done(first), StringComparison.Ordinal);
        Assert.Contains("Nothing to do.", _cluster.Done(second), StringComparison.Ordinal);

        // The agent has monitored since: the admin's figure is still there.
        _cluster.Lab.Wait("idle");
        Assert.Contains("cpu=3", _cluster.Script(BareCluster.Alice, "crm_resource -r VM1 --utilization -g cpu | sed s/^/cpu=/"), StringComparison.Ordinal);

        // The same for a guest that is in already: the newer wish counts.
        string process = _cluster.Process("VM1");
        _cluster.Done("add", "VM1", "--priority", "9", "--utilization", "cpu=2", "--yes");
        string[] line = [.. _cluster.Configuration().Split('\n').SkipWhile(l => !l.StartsWith("primitive VM1 ", StringComparison.Ordinal)).Take(4)];
        Assert.Contains("priority=9", line[2], StringComparison.Ordinal);
        Assert.Contains("cpu=2", line[3], StringComparison.Ordinal);
        Assert.Equal(process, _cluster.Process("VM1"));
    }

    [Fact]
    public void Add_GuestNode_IsShownWithTheNodeThatThePacemakerInTheGuestBecomes()
    {
        _cluster.Define("VM1", BareCluster.Alice);

        const string keyFile = "/etc/pacemaker/authkey";
        foreach (string node in new[] { BareCluster.Alice, BareCluster.Bob })
            _cluster.Script(node, $"mkdir -p /etc/pacemaker && echo secret > {keyFile}");

        string shown = _cluster.Done("add", "VM1", "--guest-node", "inner", "--dry-run");

        Assert.Contains("meta allow-migrate=true failure-timeout=10min remote-node=inner \\", shown, StringComparison.Ordinal);
        Assert.Contains("start VM1 on ", shown, StringComparison.Ordinal);
        Assert.Contains("start inner on ", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_FromAFileWithAPassword_KeepsItAndNobodyElseReadsIt()
    {
        Xml("VM3", "s|<devices>|<devices><graphics type='vnc' port='-1' autoport='yes' passwd='secret'/>|");
        _cluster.Define("VM3", BareCluster.Bob);
        _cluster.Script(BareCluster.Bob, "virsh -q undefine VM3 && sed \"s|<devices>|<devices><graphics type='vnc' autoport='yes' passwd='secret'/>|\" /root/VM3.xml > /root/secret.xml && virsh -q define /root/secret.xml");

        _cluster.Done("add", "VM3", "--yes");

        Assert.Contains("passwd='secret'", _cluster.Script(BareCluster.Alice, "cat /mnt/shared/VM3.xml"), StringComparison.Ordinal);
        Assert.Equal("600 root", _cluster.Script(BareCluster.Alice, "stat -c '%a %U' /mnt/shared/VM3.xml"));
        _cluster.NoGuests();

        _cluster.Done("add", "--xml", "/root/VM3.xml", "--yes");
        Assert.Contains("passwd='secret'", _cluster.Script(BareCluster.Bob, "cat /mnt/shared/VM3.xml"), StringComparison.Ordinal);
        _cluster.Lab.Wait("answering", "VM3");
    }

    [Theory]
    [InlineData("is missing on alice, bob", "s|<source dev='[^']*'/>|<source dev='/dev/disk/by-id/away'/>|")]
    [InlineData("is not a stable name", "s|<source dev='[^']*'/>|<source dev='/dev/sdz'/>|")]
    [InlineData("lies on a local filesystem of alice, bob", "s|<source dev='[^']*'/>|<source file='/etc/hostname'/>|; s|disk type='block'|disk type='file'|")]
    [InlineData("has no bridge br7", "s|bridge='br0'|bridge='br7'|")]
    [InlineData("belongs to one host, so it cannot move live", "s|<devices>|<devices><hostdev mode='subsystem' type='pci'><source><address domain='0' bus='0' slot='2' function='0'/></source></hostdev>|")]
    [InlineData("cannot be a resource's name", "s|<name>VM1<|<name>my guest<|")]
    [InlineData("is the name of a resource of another kind", "s|<name>VM1<|<name>shared<|")]
    [InlineData("the name cl-virt-lock is taken", "s|<name>VM1<|<name>cl-virt-lock<|")]
    [InlineData("/root/VM1.xml ", "s|</domain>||")]
    [InlineData("/root/VM1.xml ", "s|<domain |<!DOCTYPE domain [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><domain |")]
    public void Add_GuestThatCannotBeHighlyAvailable_IsRefusedAndNothingChanged(string reason, string edit)
    {
        Xml("VM1", edit);
        _cluster.Script(BareCluster.Alice, "mknod -m 600 /dev/sdz b 7 0 2> /dev/null || true");
        _cluster.Script(BareCluster.Bob, "mknod -m 600 /dev/sdz b 7 0 2> /dev/null || true");
        string before = _cluster.State();

        Finished refused = _cluster.Haagent("add", "--xml", "/root/VM1.xml", "--yes");

        Assert.Equal(3, refused.ExitCode);
        Assert.Contains(reason, refused.Output + refused.Error, StringComparison.Ordinal);
        Assert.Equal(before, _cluster.State());
    }

    [Theory]
    [InlineData("no node's libvirt knows a guest VM7", "VM7")]
    [InlineData("the cluster has no node carol", "VM1", "--prefer", "carol")]
    [InlineData("the cluster has no resource VM8", "VM1", "--after", "VM8")]
    [InlineData("the cluster has no resource VM8", "VM1", "--apart-from", "VM8")]
    [InlineData("the cluster has no lock storage (other)", "VM1", "--clone", "other")]
    [InlineData("/root/nothing.xml is not a file", "--xml", "/root/nothing.xml")]
    [InlineData("/root is not a file", "--xml", "/root")]
    [InlineData("/dev/zero is not a file", "--xml", "/dev/zero")]
    public void Add_WrongWords_AreRefusedAndNothingChanged(string reason, params string[] words)
    {
        _cluster.Define("VM1", BareCluster.Bob);
        string before = _cluster.State();

        Finished refused = _cluster.Haagent(["add", .. words, "--yes"]);

        Assert.Equal(3, refused.ExitCode);
        Assert.Contains(reason, refused.Output + refused.Error, StringComparison.Ordinal);
        Assert.Equal(before, _cluster.State());
    }

    [Fact]
    public void Add_GuestRunsAndNobodyIsThereToAsk_RunsOn()
    {
        _cluster.Define("VM1", BareCluster.Bob);
        _cluster.Script(BareCluster.Bob, "virsh -q start VM1");
        string process = _cluster.Process("VM1");

        Finished declined = _cluster.Haagent("add", "VM1");

        Assert.Equal(6, declined.ExitCode);
        Assert.Contains("shut VM1 down on bob, where it runs now", declined.Output, StringComparison.Ordinal);
        Assert.Equal(process, _cluster.Process("VM1"));
    }

    /// <summary>A guest's XML in a file on alice, edited with sed.</summary>
    private void Xml(string guest, string edit)
    {
        _cluster.Define(guest, BareCluster.Alice);
        string text = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(edit));
        _cluster.Script(BareCluster.Alice, $"virsh -q undefine {guest} && echo {text} | base64 -d > /root/edit && sed -i -f /root/edit /root/{guest}.xml");
    }
}
