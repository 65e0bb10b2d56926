using System.Text;

namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>What a configuration file may not be: each case a defined code and one sentence, and no guest.</summary>
public sealed class BadConfigTests(OneNode fixture) : NodeTest(fixture)
{
    private static readonly Dictionary<string, byte[]> Contents = new()
    {
        ["empty"] = [],
        ["binary"] = [0x7f, (byte)'E', (byte)'L', (byte)'F', 0, 1, 2, 0xff, 0xfe, 0],
        ["over four mebibytes"] = Text($"<domain><name>x</name><!--{new string('x', 4 << 20)}--></domain>"),
        ["cut short"] = Text("<domain type='qemu'><name>x</name>"),
        ["not well-formed at its end"] = Text("<domain type='qemu'><name>x</name></domain><oops>"),
        ["another root"] = Text("<network><name>x</name></network>"),
        ["no name"] = Text("<domain type='qemu'><title>x</title></domain>"),
        ["empty name"] = Text("<domain type='qemu'><name></name></domain>"),
        ["a name only in its metadata"] = Text("<domain type='qemu'><metadata><name>x</name></metadata></domain>"),
        ["a slash in its name"] = Text("<domain type='qemu'><name>../x</name></domain>"),
        ["no UUID in its uuid"] = Text("<domain type='qemu'><name>x</name><uuid>seven</uuid></domain>"),
        ["a DTD"] = Text("<!DOCTYPE domain SYSTEM 'http://192.0.2.1/domain.dtd'><domain type='qemu'><name>x</name></domain>"),
        ["an external entity"] = Text("<!DOCTYPE domain [<!ENTITY e SYSTEM 'file:///run/trap'>]><domain type='qemu'><name>&e;</name></domain>"),
        ["a billion laughs"] = Text("<!DOCTYPE domain [<!ENTITY a 'ha'>" + string.Concat(Enumerable.Range('b', 20).Select(c => $"<!ENTITY {(char)c} '{string.Concat(Enumerable.Repeat($"&{(char)(c - 1)};", 10))}'>"))
            + "]><domain type='qemu'><name>&u;</name></domain>"),
        ["an undefined entity"] = Text("<domain type='qemu'><name>&nothing;</name></domain>"),
        ["broken UTF-8"] = [.. Text("<domain type='qemu'><name>x"), 0xc3, 0x28, .. Text("</name></domain>")],
    };

    public static TheoryData<string> Cases => [.. Contents.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Start_BadContent_ConfigurationErrorThatNamesTheFile(string content)
    {
        TestGuest guest = NewGuest();
        File.WriteAllBytes(Node.PathOf(guest.Config), Contents[content]);
        Node.Run("mkfifo", "/run/trap"); // whoever opens it for reading hangs

        AgentResult start = guest.Agent("start", timeout: 10);

        Node.Run("rm", "/run/trap");
        start.Fails(OcfExit.NotConfigured, guest.Config);
        Assert.Equal("", Node.Virsh("list", "--all", "--name"));
        Assert.Equal(Contents[content], File.ReadAllBytes(Node.PathOf(guest.Config)));
    }

    [Theory]
    [InlineData("/mnt/shared", OcfExit.NotInstalled)]
    [InlineData("/run/fifo", OcfExit.NotInstalled)]
    [InlineData("/dev/zero", OcfExit.NotInstalled)]
    [InlineData("/dev/null", OcfExit.NotInstalled)]
    [InlineData("/run/loop", OcfExit.NotInstalled)]
    [InlineData("/no/such/file.xml", OcfExit.NotInstalled)]
    [InlineData("relative.xml", OcfExit.NotConfigured)]
    public void Start_ConfigIsNoFile_SaysWhatItIs(string config, OcfExit expected)
    {
        Node.Run("bash", "-c", "[ -p /run/fifo ] || mkfifo /run/fifo; ln -sf loop /run/loop");
        TestGuest guest = NewGuest();
        guest.Parameters["config"] = config;

        guest.Agent("start", timeout: 10).Fails(expected, config);
    }

    [Fact]
    public void Start_ConfigUnreadable_NotInstalled()
    {
        TestGuest guest = NewGuest();
        Node.Run("chown", "nobody", guest.Config);
        Node.Run("chmod", "000", guest.Config);

        // root without the capability that lets root read everything, as on a root-squashing NFS
        (guest.Call("start") with { Wrapper = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-dac_override,-dac_read_search"] })
            .RunOn(Node).Fails(OcfExit.NotInstalled, guest.Config);
        Assert.False(guest.Runs);
    }

    [Fact]
    public void Probe_ConfigMissingAndAGuestOfAResourceThatIsGone_IsNoProofOfAbsence()
    {
        // The resource was renamed: its old name is remembered across reboots, and its guest runs.
        TestGuest guest = NewGuest().Start();
        guest.Agent("stop").Gives(OcfExit.Success);
        Node.Virsh("create", guest.Config);
        TestGuest renamed = NewGuest();
        renamed.Parameters["config"] = "/mnt/shared/missing.xml";

        renamed.Agent("monitor", timeout: 5).Fails(OcfExit.NotInstalled, guest.Name);
    }

    [Fact]
    public void Probe_ConfigMissingAndEveryGuestIsAnotherResources_NotRunning()
    {
        TestGuest other = NewGuest().Start();
        TestGuest guest = NewGuest();
        guest.Parameters["config"] = "/mnt/shared/missing.xml";

        (guest.Call("monitor") with { Variables = ClusterWith(other.Name, guest.Name) }).RunOn(Node).Gives(OcfExit.NotRunning);
        (guest.Call("stop") with { Variables = ClusterWith(other.Name, guest.Name) }).RunOn(Node).Gives(OcfExit.Success);
    }

    /// <summary>Its record bears its old name and its old configuration, and still it is this resource's guest that runs.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ProbeAndStop_RenamedAndItsConfigurationMovedAndUnreadable_IsNoProofOfAbsence(bool clusterAnswers)
    {
        TestGuest guest = NewGuest().Start();
        Node.Run("mv", guest.Config, guest.Config + ".moved");
        AgentResult Agent(string action) =>
            new AgentCall(action, guest.Name + "-renamed")
            {
                Timeout = 10,
                Parameters = new() { ["config"] = "/mnt/shared/missing.xml" },
                Variables = clusterAnswers ? ClusterWith(guest.Name + "-renamed") : new() { ["CIB_file"] = "/run/no-cib.xml" },
            }.RunOn(Node);

        Agent("monitor").Fails(OcfExit.NotInstalled, guest.Name);
        Agent("stop").Fails(OcfExit.GenericError, guest.Name);

        Assert.True(guest.Runs);
    }

    /// <summary>What a node of a cluster with these resources sees: cibadmin reads a file instead of asking the cluster.</summary>
    private Dictionary<string, string> ClusterWith(params string[] resources)
    {
        Node.Write("/run/cib.xml", "<cib crm_feature_set=\"3.16.2\" validate-with=\"pacemaker-3.9\" epoch=\"1\" num_updates=\"0\" admin_epoch=\"0\"><configuration><crm_config/><nodes/><resources>"
            + string.Concat(resources.Select(id => $"<primitive id=\"{id}\" class=\"ocf\" provider=\"haagent\" type=\"VirtualDomain\"/>"))
            + "</resources><constraints/></configuration><status/></cib>");
        return new() { ["CIB_file"] = "/run/cib.xml" };
    }

    [Theory]
    [InlineData("start")]
    [InlineData("stop")]
    [InlineData("monitor")]
    [InlineData("validate-all")]
    [InlineData("migrate_to")]
    [InlineData("migrate_from")]
    public void AnyAction_ConfigNotSet_ConfigurationError(string action)
    {
        TestGuest guest = NewGuest();
        guest.Parameters.Remove("config");

        guest.Agent(action).Fails(OcfExit.NotConfigured, "config");
    }

    [Fact]
    public void ValidateAll_Level10_ReadsTheConfig()
    {
        TestGuest guest = NewGuest();
        Node.Write(guest.Config, "<domain");

        guest.Agent("validate-all", level: 10).Fails(OcfExit.NotConfigured, guest.Config);
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
