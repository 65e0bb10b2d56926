using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Remove;
using HaAgent.Tests;
using Xunit;

namespace HaAgent.Cluster.Tests.Configuration;

/// <summary>Yes and no in each spelling that Pacemaker takes, where a decision hangs on it.</summary>
public sealed class ClusterBooleanTests
{
    public static TheoryData<string> Yes => ["true", "True", "TRUE", "on", "ON", "yes", "Yes", "y", "Y", "1"];

    public static TheoryData<string> No => ["false", "False", "off", "Off", "no", "NO", "n", "N", "0"];

    [Theory]
    [MemberData(nameof(Yes))]
    public void Remove_MaintenanceOfTheAdmin_IsNotEnded(string yes)
    {
        Cib cib = Guide().Edit().SetProperty("maintenance-mode", yes).Finish();

        Plan plan = RemovePlanner.PlanFor(["VM1"], keepRunning: true, new Snapshot("alice", cib, new ClusterStatus(), []));

        Assert.All(plan.Changes.OfType<Change.Configure>(), change => Assert.Equal(yes, change.After.Property("maintenance-mode")));
    }

    [Theory]
    [MemberData(nameof(Yes))]
    public void Fencing_Enabled_Counts(string yes) => Assert.True(FencingSetup.Of(Fenced(yes)).IsThere);

    [Theory]
    [MemberData(nameof(No))]
    public void Fencing_Disabled_Counts(string no) => Assert.False(FencingSetup.Of(Fenced(no)).IsThere);

    [Theory]
    [MemberData(nameof(No))]
    public void ResourceSet_NotSequential_IsRead(string no)
    {
        var cib = Cib.Parse(Guide().ToXml().Replace("sequential=\"false\"", $"sequential=\"{no}\"", StringComparison.Ordinal));

        Assert.Equal([false, true], cib.Constraint("col-fs-virt")!.Sets.Select(s => s.Sequential));
        Assert.Contains("( VM1 VM2 )", CrmShell.Show(cib, "col-fs-virt"), StringComparison.Ordinal);
    }

    private static Cib Guide() => Cib.Parse(TestFile.Read("tests/Shared/guide.xml"));

    private static Cib Fenced(string enabled) => Guide().Edit().Add(new Primitive("fence", new AgentName("stonith", null, "external/sbd"))).SetProperty("stonith-enabled", enabled).Finish();
}
