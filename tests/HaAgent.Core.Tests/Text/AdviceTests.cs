using HaAgent.Core.Text;
using Xunit;

namespace HaAgent.Core.Tests.Text;

/// <summary>Names in advice are words of a shell, whoever wrote it.</summary>
public sealed class AdviceTests
{
    private const string Hostile = "VM1; rm -rf /";

    [Fact]
    public void Advice_NamesOfAnyKind_AreWords()
    {
        Advice one = $"crm resource cleanup {Hostile}";
        Advice many = $"haagent remove --stop {new[] { "VM1", Hostile }}, on {Prose.List(["alice", "bob"])}; {2} of them";
        Advice both = $"{one} (or {many})";

        Assert.Equal("crm resource cleanup 'VM1; rm -rf /'", one.ToString());
        Assert.Equal("haagent remove --stop VM1 'VM1; rm -rf /', on alice, bob; 2 of them", many.ToString());
        Assert.Equal($"{one} (or {many})", both.ToString());
        Assert.Equal(both, Advice.Of($"{one} (or {many})"));
    }
}
