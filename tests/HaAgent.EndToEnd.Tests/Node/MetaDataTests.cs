using System.Xml.Linq;

namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>What must work for anybody anywhere: without libvirt, without rights, without a resource.</summary>
public sealed class MetaDataTests(OneNode fixture) : NodeTest(fixture)
{
    [Theory]
    [InlineData("meta-data")]
    [InlineData("usage")]
    [InlineData("help")]
    public void Text_AsNobodyWithoutLibvirt_IsPrinted(string action)
    {
        AgentResult result = (Bare(action) with { Wrapper = AsNobodyWithoutLibvirt }).RunOn(Node).Gives(OcfExit.Success);

        Assert.Contains("migrate_to", result.Output);
        Assert.Equal("", result.Error);
    }

    [Fact]
    public void ValidateAll_Level0AsNobodyWithoutLibvirt_Succeeds()
    {
        TestGuest guest = NewGuest();
        Node.Run("chmod", "000", guest.Config);

        (guest.Call("validate-all") with { Wrapper = AsNobodyWithoutLibvirt }).RunOn(Node).Gives(OcfExit.Success);
    }

    [Theory]
    [InlineData("meta-data")]
    [InlineData("usage")]
    [InlineData("validate-all")]
    public void CheapAction_Always_NeverOpensLibvirt(string action)
    {
        AgentCall call = NewGuest().Call(action) with { Wrapper = ["strace", "-f", "-qq", "-e", "trace=openat,open,connect", "-o", "/run/trace"] };
        call.RunOn(Node).Gives(OcfExit.Success);

        string trace = Node.Read("/run/trace");
        Assert.Contains("openat", trace); // else strace saw nothing, and this proved nothing
        Assert.DoesNotContain("libvirt", trace.Replace(Repository.Agent, "", StringComparison.Ordinal));
    }

    [Fact]
    public void Start_LibraryMissing_NotInstalled() =>
        (NewGuest().Call("start") with { Wrapper = WithoutLibvirt }).RunOn(Node).Fails(OcfExit.NotInstalled, "libvirt.so.0");

    [Fact]
    public void Stop_LibraryMissing_ProcessReallyGone()
    {
        TestGuest guest = NewGuest().Start();

        (guest.Call("stop", timeout: 20) with { Wrapper = WithoutLibvirt }).RunOn(Node).Gives(OcfExit.Success);

        Assert.False(guest.Runs);
    }

    [Theory]
    [InlineData("--valid")]
    [InlineData("--relaxng")]
    public void MetaData_Always_PassesTheSchema(string schema)
    {
        string[] words = schema == "--valid" ? [schema] : [schema, Path.Combine(Repository.Root, "tests/HaAgent.EndToEnd.Tests/Node/ocf-1.1-meta-data.rng")];
        Node.Write("/run/meta-data.xml", Bare("meta-data").RunOn(Node).Gives(OcfExit.Success).Output);

        // As ocf-tester does: on standard input, in the directory where the DTD lies.
        Node.Run("bash", "-c", $"cd /usr/share/resource-agents && xmllint --noout {string.Join(' ', words)} - < /run/meta-data.xml");
    }

    [Fact]
    public void MetaData_Always_HasEveryParameterOfTheBashAgentAndOurs()
    {
        AgentCall bash = Bare("meta-data") with { Agent = Repository.BashAgent };
        string[] theirs = Parameters(XDocument.Parse(bash.RunOn(Node).Gives(OcfExit.Success).Output));
        Assert.Equal(27, theirs.Length);

        string[] ours = Parameters(MetaData());

        Assert.Empty(theirs.Except(ours));
        Assert.Equal(
            "require_lock on_lock_lost on_paused_error stop_reserve migration_timeout_action migration_auto_converge monitor_guest_agent".Split(' ').Order(),
            ours.Except(theirs).Order());
    }

    [Fact]
    public void MetaData_Always_ListsEveryActionAndWhatIsReloadable()
    {
        XElement agent = MetaData().Root!;

        Assert.Empty("start stop monitor status migrate_to migrate_from validate-all reload-agent meta-data".Split(' ')
            .Except(agent.Element("actions")!.Elements("action").Select(action => action.Attribute("name")!.Value)));
        XElement[] parameters = [.. agent.Element("parameters")!.Elements("parameter")];
        Assert.Contains(parameters, parameter => parameter.Attribute("reloadable")?.Value == "1");
        Assert.Equal("config", Assert.Single(parameters, parameter => parameter.Attribute("required")?.Value == "1").Attribute("name")!.Value);
    }

    [Theory]
    [InlineData("notify")]
    [InlineData("promote")]
    [InlineData("demote")]
    [InlineData("reload")]
    [InlineData("no_cmd")]
    [InlineData("START")]
    [InlineData("")]
    public void UnknownAction_Always_Unimplemented(string action) => NewGuest().Agent(action).Gives(OcfExit.Unimplemented);

    [Fact]
    public void ReloadAgent_Running_Succeeds()
    {
        TestGuest guest = NewGuest().Start();

        guest.Agent("reload-agent").Gives(OcfExit.Success);
        Assert.True(guest.Runs);
    }

    private static AgentCall Bare(string action) => new(action, "bare");

    private static string[] WithoutLibvirt =>
        ["unshare", "-m", "sh", "-c", "for library in /usr/lib/*/libvirt*.so.*; do mount --bind /dev/null $library; done; exec \"$@\"", "sh"];

    private static string[] AsNobodyWithoutLibvirt => [.. WithoutLibvirt, "setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"];

    private XDocument MetaData() => XDocument.Parse(Bare("meta-data").RunOn(Node).Gives(OcfExit.Success).Output);

    private static string[] Parameters(XDocument metaData) =>
        [.. metaData.Root!.Element("parameters")!.Elements("parameter").Select(parameter => parameter.Attribute("name")!.Value)];
}
