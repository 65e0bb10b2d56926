namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>At shutdown the VM daemons must outlive Pacemaker, or they take the guests with them (resource-agents #2081, #1087).</summary>
public sealed class SystemdTests(OneNode fixture) : NodeTest(fixture)
{
    private const string DropIns = "/run/systemd/system/resource-agents-deps.target.d";

    [Fact]
    public void Start_SystemdHost_OrdersBothKindsOfDaemonsBeforeTheTargetThatPacemakerFollows()
    {
        // systemd is not running here, and the agent must not mind: the guest matters more than the order at some later shutdown.
        Node.Run("mkdir", "-p", "/run/systemd/system");
        TestGuest guest = NewGuest();

        guest.Agent("start").Gives(OcfExit.Success);

        string dropIn = string.Concat(Directory.GetFiles(Node.PathOf(DropIns), "*.conf").Select(File.ReadAllText));
        string after = Assert.Single(dropIn.Split('\n'), line => line.StartsWith("After=", StringComparison.Ordinal));
        Assert.All(["libvirtd.service", "virtqemud.service", "virtlockd.service"], unit => Assert.Contains(unit, after));
        Assert.Equal(Settings(dropIn), Settings(File.ReadAllText(Path.Combine(Repository.Root, "packaging/systemd/50-haagent.conf"))));
        Node.Run("rm", "-r", "/run/systemd");
    }

    /// <summary>The file without its comments: what a package installs and what the agent writes must say the same, as the one hides the other.</summary>
    private static string[] Settings(string unit) => [.. unit.Split('\n').Where(line => line.Length > 0 && line[0] != '#')];

    [Fact]
    public void Start_NoSystemd_WritesNothingForIt()
    {
        NewGuest().Start();

        Assert.False(Node.Exists("/run/systemd"));
    }
}
