using HaAgent.Cluster.Configuration;
using HaAgent.Tests;
using Xunit;

namespace HaAgent.Cluster.Tests.Configuration;

public sealed class CibTests
{
    private readonly Cib cib = Cib.Parse(TestFile.Read("tests/Shared/guide.xml"));

    [Fact]
    public void Parse_Guide_ResourcesAndConstraintsAreRead()
    {
        Assert.Equal(["VM1", "VM2", "dlm", "ocfs2"], cib.Primitives.Select(p => p.Id));
        Assert.Equal(["dlm", "ocfs2"], cib.Group("g-virt-lock")!.Members);
        Assert.Equal("true", cib.Clone("cl-virt-lock")!.MetaValue("interleave"));
        Assert.Equal("g-virt-lock", cib.ParentOf("ocfs2"));
        Assert.Equal("cl-virt-lock", cib.ParentOf("g-virt-lock"));
        Assert.Null(cib.ParentOf("VM1"));
        Assert.Equal("false", cib.Property("stonith-enabled"));
        Constraint colocation = cib.Constraint("col-fs-virt")!;
        Assert.Equal([["VM1", "VM2"], ["cl-virt-lock"]], colocation.Sets.Select(s => s.Resources));
        Assert.Equal([false, true], colocation.Sets.Select(s => s.Sequential));
    }

    /// <summary>Pacemaker reads the set of its own name before all others, wherever it stands and whatever score another has.</summary>
    [Theory]
    [InlineData("<cluster_property_set id='cib-bootstrap-options'>{0}</cluster_property_set><cluster_property_set id='zz' score='9'>{1}</cluster_property_set>")]
    [InlineData("<cluster_property_set id='zz'>{1}</cluster_property_set><cluster_property_set id='cib-bootstrap-options' score='-1'>{0}</cluster_property_set>")]
    public void Property_OfTwoSets_IsThatOfTheBootstrapOptions(string sets)
    {
        string both = string.Format(
            System.Globalization.CultureInfo.InvariantCulture, sets, "<nvpair id='a' name='maintenance-mode' value='true'/>",
            "<nvpair id='b' name='maintenance-mode' value='false'/><nvpair id='c' name='no-quorum-policy' value='freeze'/>");
        var two = Cib.Parse($"<cib><configuration><crm_config>{both}</crm_config></configuration></cib>");

        Assert.Equal("true", two.Property("maintenance-mode"));
        Assert.Equal("freeze", two.Property("no-quorum-policy"));
    }

    [Theory]
    [InlineData("<cib/>")]
    [InlineData("<other><configuration/></other>")]
    public void Parse_NoCib_IsRefused(string xml) => Assert.Throws<FormatException>(() => Cib.Parse(xml));

    [Fact]
    public void Parse_DocumentType_IsRefused() =>
        Assert.Throws<System.Xml.XmlException>(() => Cib.Parse("<!DOCTYPE cib [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><cib><configuration>&e;</configuration></cib>"));

    [Fact]
    public void Finish_AnyDraft_IsOneEpochLaterAndLeavesTheOriginalAlone()
    {
        CibVersion before = cib.Version;

        Cib after = cib.Edit().Remove("VM1").Finish();

        Assert.Equal(before with { Epoch = before.Epoch + 1, Updates = 0 }, after.Version);
        Assert.Equal(before, cib.Version);
        Assert.NotNull(cib.Primitive("VM1"));
        Assert.Null(after.Primitive("VM1"));
    }

    [Fact]
    public void OnTopOf_OnlyTheStatusMovedOn_TakesTheNewestVersion()
    {
        Cib after = cib.Edit().SetMeta("VM1", "priority", "10").Finish();
        Cib current = Cib.Parse(cib.ToXml().Replace("num_updates=\"0\"", "num_updates=\"7\"", StringComparison.Ordinal));

        Cib next = after.OnTopOf(cib, current)!;

        Assert.Equal(new CibVersion(0, cib.Version.Epoch + 1, 0), next.Version);
        Assert.Equal("10", next.Primitive("VM1")!.MetaValue("priority"));
    }

    [Fact]
    public void OnTopOf_SomebodyElseChangedTheConfiguration_IsRefused()
    {
        Cib after = cib.Edit().SetMeta("VM1", "priority", "10").Finish();
        Cib current = cib.Edit().SetMeta("VM2", "priority", "1").Finish();

        Assert.Null(after.OnTopOf(cib, current));
    }

    [Fact]
    public void OnTopOf_OnlyProgramsWroteMeanwhile_KeepsWhatTheyWrote()
    {
        Cib after = cib.Edit().SetMeta("VM1", "priority", "10").Finish();
        Cib current = Cib.Parse(cib.Edit().SetProperty("last-lrm-refresh", "1700000000").Finish().ToXml()
            .Replace("</operations></primitive><primitive id=\"VM2\"", "</operations><utilization id=\"u\"><nvpair id=\"c\" name=\"cpu\" value=\"2\"/></utilization></primitive><primitive id=\"VM2\"", StringComparison.Ordinal));
        Assert.NotEmpty(current.Primitive("VM1")!.Utilization);

        Cib next = after.OnTopOf(cib, current)!;

        Assert.Equal("10", next.Primitive("VM1")!.MetaValue("priority"));
        Assert.Equal("1700000000", next.Property("last-lrm-refresh"));
        Assert.Equal("2", Assert.Single(next.Primitive("VM1")!.Utilization).Value);
    }

    [Fact]
    public void OnTopOf_AdminsFigureBesideThoseOfTheAgent_BothStay()
    {
        Cib based = cib.Edit().SetUtilization("VM1", "cpu", "1").SetUtilization("VM1", "hv_memory", "512").Finish();
        Cib after = based.Edit().SetParameter("VM1", "autoset_utilization_cpu", "false").SetUtilization("VM1", "cpu", "4").SetUtilization("VM1", "licences", "1").Finish();
        Cib current = based.Edit().SetUtilization("VM1", "hv_memory", "1024").Finish();

        Cib next = after.OnTopOf(based, current)!;

        Assert.Equal([new("cpu", "4"), new("hv_memory", "1024"), new("licences", "1")], next.Primitive("VM1")!.Utilization);
    }

    [Fact]
    public void OnTopOf_SomebodyElseChangedTheAdminsFigure_IsRefused()
    {
        Cib based = cib.Edit().SetParameter("VM1", "autoset_utilization_cpu", "false").SetUtilization("VM1", "cpu", "4").Finish();
        Cib after = based.Edit().SetMeta("VM1", "priority", "10").Finish();
        Cib current = based.Edit().SetUtilization("VM1", "cpu", "8").Finish();

        Assert.Null(after.OnTopOf(based, current));
    }

    [Fact]
    public void Remove_OneOfTwoGuests_LeavesTheOtherInItsConstraints()
    {
        Cib after = cib.Edit().Remove("VM1").Finish();

        Assert.Null(after.Primitive("VM1"));
        Assert.Equal([["VM2"], ["cl-virt-lock"]], after.Constraint("col-fs-virt")!.Sets.Select(s => s.Resources));
        Assert.Equal([["cl-virt-lock"], ["VM2"]], after.Constraint("o-fs-virt")!.Sets.Select(s => s.Resources));
        Assert.Equal(["col-fs-virt", "o-fs-virt"], after.Constraints.Select(c => c.Id));
    }

    [Fact]
    public void Remove_TheLastGuest_TakesTheConstraintsWithIt() =>
        Assert.Empty(cib.Edit().Remove("VM1").Remove("VM2").Finish().Constraints);

    [Theory]
    [InlineData("30", 30.0)]
    [InlineData("30s", 30.0)]
    [InlineData("2min", 120.0)]
    [InlineData("1h", 3600.0)]
    [InlineData("500ms", 0.5)]
    [InlineData("soon", null)]
    [InlineData("", null)]
    public void ClusterTime_AnyText_IsReadAsPacemakerDoes(string text, double? seconds) =>
        Assert.Equal(seconds, ClusterTime.Parse(text)?.TotalSeconds);
}
