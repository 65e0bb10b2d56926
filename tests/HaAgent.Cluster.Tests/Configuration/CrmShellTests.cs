using HaAgent.Cluster.Configuration;
using HaAgent.Tests;
using Xunit;

namespace HaAgent.Cluster.Tests.Configuration;

public sealed class CrmShellTests
{
    /// <summary>guide.crm is what crm 4.4.0 printed for guide.xml, which it had made from the guide's own lines.</summary>
    [Fact]
    public void Show_ConfigurationMadeByTheCrmShell_ReadsAsTheCrmShellShowsIt()
    {
        Cib cib = Cib.Parse(TestFile.Read("tests/Shared/guide.xml"));
        string[] shown = TestFile.Read("tests/Shared/guide.crm").Replace("\\\n", "\\\0", StringComparison.Ordinal)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(o => o.Replace('\0', '\n')).ToArray();

        string[] ours = [.. shown.Select(text => text.Split(' ')[1].TrimEnd(':')).Select(id => CrmShell.Show(cib, id))];

        Assert.Equal(shown, ours);
        Assert.Equal(14, ours.Length);
    }

    [Fact]
    public void Compare_SameConfiguration_FindsNothing()
    {
        Cib cib = Cib.Parse(TestFile.Read("tests/Shared/guide.xml"));

        Assert.Empty(CrmShell.Compare(cib, cib.Edit().Finish()));
    }

    [Fact]
    public void Compare_ChangedAddedAndRemoved_EachIsFound()
    {
        Cib before = Cib.Parse(TestFile.Read("tests/Shared/guide.xml"));
        Cib after = before.Edit().SetMeta("VM1", "priority", "10").Remove("VM2").Add(PlainConstraint.Location("l", "VM1", "INFINITY", "bob")).Finish();

        IReadOnlyList<CrmChange> changes = CrmShell.Compare(before, after);

        Assert.Equal(["VM1", "l", "VM2"], changes.Where(c => c.Id is "VM1" or "l" or "VM2").Select(c => c.Id));
        Assert.EndsWith("allow-migrate=true priority=10 \\\n\top monitor timeout=30s interval=10s", changes[0].After, StringComparison.Ordinal);
        Assert.Equal("location l VM1 inf: bob", changes.Single(c => c.Id == "l").After);
        Assert.Null(changes.Single(c => c.Id == "VM2").After);
    }
}
