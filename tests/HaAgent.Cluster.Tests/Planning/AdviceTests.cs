using HaAgent.Cluster.Planning;
using Xunit;

namespace HaAgent.Cluster.Tests.Planning;

/// <summary>Names in advice are words of a shell, whoever wrote it.</summary>
public sealed class AdviceTests
{
    private const string Hostile = "VM1; rm -rf /";

    [Fact]
    public void Advice_NamesOfAnyKind_AreWords()
    {
        Advice one = $"crm resource cleanup {Hostile}";
        Advice many = $"haagent remove --stop {new[] { "VM1", Hostile }}, on {Prose.List(["alice", "bob"])}; {2} of them";
        var refusal = new Refusal("it failed", $"{one} (or {many})");

        Assert.Equal("crm resource cleanup 'VM1; rm -rf /'", one.ToString());
        Assert.Equal("haagent remove --stop VM1 'VM1; rm -rf /', on alice, bob; 2 of them", many.ToString());
        Assert.Equal($"{one} (or {many})", refusal.WayOut.ToString());
        Assert.Equal(refusal, new Refusal("it failed", $"{one} (or {many})"));
    }
}
