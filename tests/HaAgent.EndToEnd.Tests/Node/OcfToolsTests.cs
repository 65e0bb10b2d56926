namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>The verdict of the tools that others judge agents by.</summary>
public sealed class OcfToolsTests(OneNode fixture) : NodeTest(fixture)
{
    private const string HeartbeatAgent = "/usr/lib/ocf/resource.d/heartbeat/VirtualDomain";

    [Fact]
    public void OcfTester_OurAgent_Passes()
    {
        TestGuest guest = NewGuest();
        Finished tester = Node.Try(["ocf-tester", "-v", "-n", guest.Name, "-o", $"config={guest.Config}", Repository.Agent], TimeSpan.FromMinutes(5));

        Assert.True(tester.ExitCode == 0, $"killed: {tester.Killed}\n{tester.Output}{tester.Error}");
        Assert.Contains("passed all tests", tester.Output);
        Assert.DoesNotContain("* rc=", tester.Output);
    }

    [Fact]
    public void Ocft_NineCasesOfVirtualDomain_Pass()
    {
        // ocft knows agents by their place under heartbeat only, and takes the guest's XML from its own configuration.
        TestGuest guest = NewGuest();
        Node.Run("mount", "--bind", Repository.Agent, HeartbeatAgent);
        try
        {
            Node.Run("sed", "-i", $"s|OCFT_config=.*|OCFT_config={guest.Config}|", "/usr/share/resource-agents/ocft/configs/VirtualDomain");
            Finished ocft = Node.Try(["bash", "-c", "ocft make VirtualDomain && ocft test -v VirtualDomain"], TimeSpan.FromMinutes(5));

            string[] verdicts = [.. ocft.Output.Split('\n').Where(line => line.StartsWith("Checking return value:", StringComparison.Ordinal))];
            Assert.True(verdicts.Length == 9 && verdicts.All(line => line.Contains("OK", StringComparison.Ordinal)), $"ended with {ocft.ExitCode}\n{ocft.Output}{ocft.Error}");
        }
        finally
        {
            Node.Run("umount", HeartbeatAgent);
        }
    }
}
