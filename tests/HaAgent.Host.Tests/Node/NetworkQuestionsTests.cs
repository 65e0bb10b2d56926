using HaAgent.Core.Node;
using HaAgent.Host.Node;
using Xunit;

namespace HaAgent.Host.Tests.Node;

public sealed class NetworkQuestionsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("haagent-test").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Listeners_OfProc_AreThePortsThatOthersReach() =>
        Assert.Equal([22, 16509, 16514], NetworkQuestions.Listeners(
            """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0
               1: 0100007F:0019 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0
               2: 01004D0A:407D 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 3 1 0
               3: 01004D0A:0050 02004D0A:C001 01 00000000:00000000 00:00000000 00000000     0        0 4 1 0
            """,
            """
              sl  local_address                         remote_address                        st
               0: 00000000000000000000000000000000:4082 00000000000000000000000000000000:0000 0A
               1: 00000000000000000000000001000000:0277 00000000000000000000000000000000:0000 0A
               2: 0000000000000000FFFF00000100007F:1F90 00000000000000000000000000000000:0000 0A
            """).TcpPorts);

    [Fact]
    public void Links_OfSysfs_AreToldWithTheirAddresses()
    {
        foreach (string made in new[] { "br0/bridge", "eth0", "eth1" })
            Directory.CreateDirectory($"{_directory}/{made}");
        Directory.CreateSymbolicLink($"{_directory}/eth1/master", "../br0");
        File.WriteAllText($"{_directory}/bonding_masters", "");

        IReadOnlyList<LinkFact> links = NetworkQuestions.Links(_directory, """
            1: lo    inet 127.0.0.1/8 scope host lo
            2: eth0    inet 10.77.0.1/24 brd 10.77.0.255 scope global eth0
            2: eth0    inet6 fe80::1/64 scope link
            5: br0@if3    inet 10.77.1.1/24 scope global br0
            """).Links;

        Assert.Equal(["br0", "eth0", "eth1"], links.Select(link => link.Name));
        Assert.Equal((true, "10.77.1.1"), (links[0].Bridge, links[0].Addresses.Single()));
        Assert.Equal(["10.77.0.1", "fe80::1"], links[1].Addresses);
        Assert.Equal(("br0", false), (links[2].Master, links[2].Bridge));
    }

    [Fact]
    public void RingNames_OfCorosync_AreTheNodesAddresses() => Assert.Equal(["10.77.0.1", "bob.example"], NetworkQuestions.RingNames("""
        nodelist.local_node_pos (u32) = 0
        nodelist.node.0.name (str) = ring0_addr
        nodelist.node.0.ring0_addr (str) = 10.77.0.1
        nodelist.node.1.ring1_addr (str) = bob.example
        totem.cluster_name (str) = hacluster
        """));

    [Fact]
    public void Neighbours_OfTheKernel_AreByHardwareAddress()
    {
        NeighboursAnswer answer = NetworkQuestions.ReadNeighbours("10.77.1.11 dev br0 lladdr 52:54:00:AA:00:0b REACHABLE\n10.77.1.12 dev br0  FAILED\n10.77.1.13 dev br0 lladdr 52:54:00:aa:00:0b STALE\n");

        Assert.Equal(KeyValuePair.Create("52:54:00:aa:00:0b", "10.77.1.11"), Assert.Single(answer.Addresses));
    }

    [Theory]
    [InlineData("pos:\t0\nflags:\t02\nlock:\t1: POSIX  ADVISORY  WRITE 42 08:01:7 0 0\n", true)]
    [InlineData("pos:\t0\nlock:\t1: FLOCK  ADVISORY  WRITE 42 08:01:7 0 EOF\n", false)]
    [InlineData("pos:\t0\n", false)]
    public void HasLock_OfFdinfo_IsALockOfFcntl(string text, bool expected) => Assert.Equal(expected, WatchQuestions.HasLock(text));
}
