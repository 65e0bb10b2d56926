using HaAgent.EndToEnd.Tests.Node;

namespace HaAgent.EndToEnd.Tests.Haagent;

/// <summary>add and remove are killed at the beginning of each of their changes; the same command again brings them to the same end.</summary>
[Collection(nameof(GuestsComeAndGo))]
public sealed class InterruptedGuestTests
{
    private const string Vm = "VM1";
    private readonly SetUpCluster _cluster;

    public InterruptedGuestTests(SetUpCluster cluster)
    {
        _cluster = cluster;
        cluster.NoGuests();
    }

    [Fact]
    public void AddAndRemove_KilledAtEachChange_ReachTheSameEnd()
    {
        string without = Configured();
        _cluster.Define(Vm, BareCluster.Bob);
        _cluster.Script(BareCluster.Bob, $"virsh -q start {Vm} && virsh -q autostart {Vm}");
        _cluster.Lab.Wait("answering", Vm);

        KillAtEach([$"write the XML of {Vm} to ", $"see that bob reads the XML of {Vm}", $"shut {Vm} down on bob", $"switch the autostart of {Vm} off on bob", $"put {Vm} into the cluster's configuration", $"wait until {Vm} runs"],
            "add", Vm, "--prefer", BareCluster.Bob, "--yes");
        Assert.Contains($"\nlocation l-{Vm}-bob {Vm} 100: bob\n", _cluster.Configuration(), StringComparison.Ordinal);
        Assert.Equal("600 root", _cluster.Script(BareCluster.Bob, $"stat -c '%a %U' /mnt/shared/{Vm}.xml; ls /mnt/shared/{Vm}.xml?* 2> /dev/null || true"));
        Assert.Equal("", _cluster.Script(BareCluster.Bob, "virsh -q list --all --autostart --name"));
        _cluster.Lab.Wait("started", Vm, BareCluster.Bob, ",", "answering", Vm);
        string process = _cluster.Process(Vm);

        KillAtEach([$"take {Vm} out of the cluster's configuration, the cluster standing still meanwhile", $"make the cluster forget {Vm}", "let the cluster move again"],
            "remove", Vm, "--keep-running", "--yes");
        Assert.Equal(process, _cluster.Process(Vm));
        Assert.Equal(without, Configured());

        _cluster.Script(BareCluster.Bob, $"virsh -q destroy {Vm}");
        _cluster.Done("add", Vm, "--yes");
        KillAtEach([$"shut {Vm} down", $"wait until {Vm} has stopped", $"take {Vm} out of the cluster's configuration"],
            "remove", Vm, "--stop", "--yes");
        Assert.Empty(_cluster.Lab.Copies(Vm));
        Assert.Equal(without, Configured());
    }

    [Fact]
    public void Setup_CtrlC_FinishesTheChangeUnderWayAndResumes()
    {
        string whole = Whole();
        _cluster.Done("teardown", "--yes");

        string seen = _cluster.Script(BareCluster.Alice, """
            mkfifo /tmp/said
            env --default-signal=INT haagent setup --existing-mount /srv/shared --yes > /tmp/said 2>&1 &
            pid=$!
            while read -r line; do
              echo "$line"
              case $line in '[1/'*) kill -INT $pid;; esac
            done < /tmp/said
            wait $pid; echo "status $?"
            rm /tmp/said
            """);

        Assert.EndsWith("status 130", seen, StringComparison.Ordinal);
        Assert.Contains("Interrupted. What was done stays; run the same command again to resume.", seen, StringComparison.Ordinal);
        _cluster.Done(SetUpCluster.Setup);
        Assert.Equal(whole, Whole());
    }

    [Fact]
    public void Teardown_ChangedWhileTheAdminThought_IsShownAndAskedAgain()
    {
        string seen = _cluster.AnswersLate("teardown", "crm resource meta cl-virt-lock set priority 7 > /dev/null");
        string configuration = _cluster.Configuration();
        _cluster.Script(BareCluster.Alice, "crm resource meta cl-virt-lock delete priority");

        Assert.StartsWith("status 6", seen, StringComparison.Ordinal);
        Assert.Contains("the cluster is no longer as it was when this was shown; planning again", seen, StringComparison.Ordinal);
        Assert.Contains("clone cl-virt-lock g-virt-lock \\\n\tmeta interleave=true priority=7\n", configuration, StringComparison.Ordinal);
    }

    [Fact]
    public void Teardown_DiskFullOnANode_FailsThereAndResumes()
    {
        string whole = Whole();
        _cluster.Script(BareCluster.Bob, BareCluster.FillEtcLibvirt);
        try
        {
            Finished full = _cluster.Haagent("teardown", "--yes");
            Assert.Equal(5, full.ExitCode);
            Assert.Contains("Failed on bob: give /etc/libvirt/qemu.conf on bob back its lock_manager from before: ", full.Error, StringComparison.Ordinal);
            Assert.Contains("No space left on device", full.Error, StringComparison.Ordinal);
            Assert.Contains("Files changed:\n     alice:/etc/libvirt/qemu.conf\n", full.Output, StringComparison.Ordinal);
            Assert.Equal("lock_manager = \"lockd\"", _cluster.Script(BareCluster.Bob, "grep ^lock_manager /etc/libvirt/qemu.conf"));
        }
        finally
        {
            _cluster.Script(BareCluster.Bob, BareCluster.EmptyEtcLibvirt);
        }

        _cluster.Done("teardown", "--yes");
        Assert.Contains("Nothing to do.", _cluster.Done("teardown", "--yes"), StringComparison.Ordinal);
        _cluster.Done(SetUpCluster.Setup);
        Assert.Equal(whole, Whole());
    }

    /// <summary>A change that was begun may end though haagent is gone, and with it what waits for it: so one change may be done before its turn.</summary>
    private void KillAtEach(string[] titles, params string[] words)
    {
        int killed = Enumerable.Range(0, titles.Length).TakeWhile(i => _cluster.KilledAt(titles[i..], words)).Count();
        Assert.InRange(killed, titles.Length - 1, titles.Length);
        _cluster.Done(words);
        Assert.Contains("Nothing to do.", _cluster.Done(words), StringComparison.Ordinal);
    }

    // As an admin reads it: in which order the XML has the attributes of an element means nothing.
    private string Whole() => string.Join('\n', Configured(), _cluster.NodeState(BareCluster.Alice), _cluster.NodeState(BareCluster.Bob));

    // Without the time of the last refresh, which the cluster's property set notes at its end.
    private string Configured() => _cluster.Script(BareCluster.Alice, "crm configure show | grep -v last-lrm-refresh= | sed 's/ \\\\$//'");
}
