using HaAgent.EndToEnd.Tests.Node;

namespace HaAgent.EndToEnd.Tests.Haagent;

/// <summary>What may go wrong around a verb once there are guests: nodes away, full disks, somebody else at the configuration.</summary>
[Collection(nameof(SetUpCluster))]
public sealed class TroubleOnTheWayTests
{
    private const string Vm = "VM1";
    private readonly SetUpCluster _cluster;

    public TroubleOnTheWayTests(SetUpCluster cluster)
    {
        _cluster = cluster;
        cluster.OnlyGuest(Vm, BareCluster.Alice);
    }

    [Fact]
    public void EveryVerb_SshRefused_NamesTheNodeAndChangesNothing()
    {
        _cluster.Define("VM2", BareCluster.Alice);
        string before = _cluster.State();
        _cluster.Script(BareCluster.Bob, "kill $(cat /run/sshd.pid)");
        try
        {
            foreach (string[] words in new[] { ["add", "VM2"], ["adopt", Vm, "--revert"], ["teardown"], SetUpCluster.Setup[..^1] })
            {
                Finished refused = _cluster.Haagent([.. words, "--yes"]);
                Assert.Equal(3, refused.ExitCode);
                Assert.Contains("node bob could not be asked: ssh: connect to host bob port 22: Connection refused", refused.Output, StringComparison.Ordinal);
                Assert.Contains("make 'ssh bob haagent --version' work without a password", refused.Output, StringComparison.Ordinal);
            }

            Finished check = _cluster.Haagent("check");
            Assert.Equal(1, check.ExitCode);
            Assert.Contains("error: nodes: bob could not be asked: ", check.Output, StringComparison.Ordinal);

            // The cluster does all that remove needs, and the guest's own node answers.
            Assert.Equal(before, _cluster.State());
            _cluster.Done("remove", Vm, "--stop", "--yes");
        }
        finally
        {
            _cluster.Script(BareCluster.Bob, "/usr/sbin/sshd");
        }
    }

    [Fact]
    public void Check_NodeAcceptsButDoesNotAnswer_IsBoundedAndSaysSo()
    {
        // The kernel takes the connection, and nobody speaks.
        _cluster.Script(BareCluster.Bob, "kill -STOP $(cat /run/sshd.pid)");
        try
        {
            Finished check = _cluster.Haagent("check", "--json");

            Assert.Equal(1, check.ExitCode);
            Assert.Contains("bob could not be asked: Connection timed out during banner exchange", Sentences(check.Output), StringComparison.Ordinal);
        }
        finally
        {
            _cluster.Script(BareCluster.Bob, "kill -CONT $(cat /run/sshd.pid)");
        }
    }

    [Fact]
    public void EveryVerb_NodeMissing_IsRefusedWhereTheNodeIsNeeded()
    {
        _cluster.Define("VM2", BareCluster.Alice);
        string before = _cluster.Configuration();
        _cluster.Lab.Run("exec", BareCluster.Bob, "poweroff");
        _cluster.Lab.Wait("off", BareCluster.Bob, ",", "offline", BareCluster.Bob);
        try
        {
            string[][] verbs = [["add", "VM2"], ["adopt", Vm, "--revert"], ["teardown"], SetUpCluster.Setup[..^1]];
            Assert.All(verbs.AsParallel().Select(words => _cluster.Haagent([.. words, "--yes"])), refused =>
            {
                Assert.Equal(3, refused.ExitCode);
                Assert.Contains("node bob ", refused.Output, StringComparison.Ordinal);
            });

            Assert.Equal(before, _cluster.Configuration());
            _cluster.Done("remove", Vm, "--keep-running", "--yes");
            Assert.Single(_cluster.Lab.Copies(Vm));
        }
        finally
        {
            _cluster.Lab.Run("power", "on", BareCluster.Bob);
            _cluster.Lab.Wait("online", BareCluster.Alice, BareCluster.Bob, ",", "started", "fence-outlet", ",", "idle");
        }
    }

    [Fact]
    public void Add_VolumeFull_FailsThereAndResumes()
    {
        _cluster.Define("VM2", BareCluster.Alice);
        _cluster.Script(BareCluster.Alice, "virsh -q start VM2");
        string before = _cluster.Configuration();
        _cluster.Script(BareCluster.Alice, "mount -o remount,size=$(df --output=used -B4096 /srv/shared | tail -n 1 | awk '{ print $1 * 4096 }') /srv/shared");
        try
        {
            Finished full = _cluster.Haagent("add", "VM2", "--yes");
            Assert.Equal(5, full.ExitCode);
            Assert.Contains("Failed on alice: write the XML of VM2 to /mnt/shared/VM2.xml: ", full.Error, StringComparison.Ordinal);
            Assert.Contains("No space left on device", full.Error, StringComparison.Ordinal);
            Assert.Equal("", _cluster.Script(BareCluster.Alice, "ls /mnt/shared | grep VM2 || true"));
            Assert.Equal("running", _cluster.Script(BareCluster.Alice, "virsh -q domstate VM2"));
            Assert.Equal(before, _cluster.Configuration());
        }
        finally
        {
            _cluster.Script(BareCluster.Alice, "mount -o remount,size=2g /srv/shared");
        }

        _cluster.Done("add", "VM2", "--yes");
    }

    [Fact]
    public void Remove_NoRoomForTheChangeOfTheConfiguration_FailsAndResumes()
    {
        string before = _cluster.Configuration();
        _cluster.Script(BareCluster.Alice, "mount -t tmpfs -o size=4k,mode=1777 full /tmp && head -c 4096 /dev/zero > /tmp/ballast");
        try
        {
            Finished full = _cluster.Haagent("remove", Vm, "--stop", "--yes");
            Assert.Equal(5, full.ExitCode);
            Assert.Contains("No space left on device", full.Error, StringComparison.Ordinal);
        }
        finally
        {
            _cluster.Script(BareCluster.Alice, "umount /tmp");
        }

        Assert.Equal(before, _cluster.Configuration());
        _cluster.Done("remove", Vm, "--stop", "--yes");
    }

    [Theory]
    [InlineData("remove VM1 --stop", "maintenance-mode", "true")]
    [InlineData("remove VM1 --keep-running", "maintenance-mode", "true")]
    [InlineData("adopt VM1 --revert", "maintenance-mode", "true")]
    [InlineData("add VM2", "stonith-enabled", "false")]
    public void EveryVerb_ConfigurationChangedWhileTheAdminThought_IsPlannedAgain(string words, string property, string value)
    {
        _cluster.Define("VM2", BareCluster.Alice);
        string process = _cluster.Process(Vm);
        string before = _cluster.Script(BareCluster.Alice, $"crm_attribute --type crm_config --name {property} --query --quiet --default none");

        string seen = _cluster.AnswersLate(words, $"crm_attribute --type crm_config --name {property} --update {value}");
        string configuration = _cluster.Configuration();
        _cluster.Script(BareCluster.Alice, $"crm_attribute --type crm_config --name {property} {(before == "none" ? "--delete" : $"--update {before}")}");

        Assert.Matches("^status [36]\n", seen);
        Assert.Contains("the cluster is no longer as it was when this was shown; planning again", seen, StringComparison.Ordinal);
        Assert.Contains($"{property}={value}", configuration, StringComparison.Ordinal);
        Assert.Contains($"primitive {Vm} ocf:haagent:VirtualDomain", configuration, StringComparison.Ordinal);
        Assert.DoesNotContain("VM2", configuration, StringComparison.Ordinal);
        Assert.Equal(process, _cluster.Process(Vm));
    }

    // What was shown is still right: it is done, on top of what somebody else has done meanwhile.
    [Fact]
    public void Add_SomethingElseChangedWhileTheAdminThought_BothAreThere()
    {
        _cluster.Define("VM2", BareCluster.Alice);

        string seen = _cluster.AnswersLate("add VM2", "crm_attribute --type crm_config --name no-quorum-policy --update freeze");
        string configuration = _cluster.Configuration();
        _cluster.Script(BareCluster.Alice, "crm_attribute --type crm_config --name no-quorum-policy --delete");
        _cluster.Done("remove", "VM2", "--stop", "--yes");

        Assert.StartsWith("status 0\n", seen, StringComparison.Ordinal);
        Assert.Contains("no-quorum-policy=freeze", configuration, StringComparison.Ordinal);
        Assert.Contains("primitive VM2 ocf:haagent:VirtualDomain", configuration, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("setup", "--existing-mount", BareCluster.Shared)]
    [InlineData("add", "VM2")]
    [InlineData("remove", Vm, "--stop")]
    [InlineData("adopt", Vm, "--revert")]
    [InlineData("teardown")]
    public void EveryVerb_DryRunInJson_IsAPlanAndChangesNothing(params string[] words)
    {
        _cluster.Define("VM2", BareCluster.Alice);
        string before = _cluster.State();

        Finished shown = _cluster.Haagent([.. words, "--dry-run", "--json"]);

        using var plan = System.Text.Json.JsonDocument.Parse(shown.Output);
        string[] expected = words[0] == "teardown" ? ["3", "refusals"] : words[0] == "setup" ? ["0", "notes"] : ["0", "changes"];
        Assert.Equal(expected[0], $"{shown.ExitCode}");
        Assert.NotEqual(0, plan.RootElement.GetProperty(expected[1]).GetArrayLength());
        Assert.Equal(before, _cluster.State());
    }

    private static string Sentences(string json)
    {
        using var answer = System.Text.Json.JsonDocument.Parse(json);
        return string.Join('\n', answer.RootElement.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("sentence").GetString()));
    }
}
