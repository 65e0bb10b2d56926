using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Node;
using Xunit;

namespace HaAgent.Cluster.Tests.Configuration;

/// <summary>What crm_verify of Pacemaker 2.1 and of Pacemaker 3 says, as it says it, and what follows from it.</summary>
public sealed class ConfigurationErrorsTests
{
    private const string Dangling = """
        element rsc_location: validity error : IDREF attribute rsc references an unknown ID "VM9"
        (main) 	error: CIB did not pass schema validation
        crm_verify: Errors found during check: config not valid
        """;

    private const string Duplicate = """
        (is_op_dup) 	error: Operation x is duplicate of y (do not use same name and interval combination more than once per resource)
        (is_op_dup) 	error: Operation x is duplicate of y (do not use same name and interval combination more than once per resource)
        (unpack_config) 	warning: Blind faith: not fencing unseen nodes
        crm_verify: Errors found during check: config not valid
        """;

    private const string Warnings = "(unpack_config) \twarning: Support for stonith-action of 'poweroff' is deprecated\ncrm_verify: Warnings found during check: config may not be valid\n";

    private const string Warnings3 = "warning: d requires fencing but fencing is disabled\nConfiguration invalid (with warnings)\n";

    private const string Schema3 = """
        warning: d requires fencing but fencing is disabled
        IDREF attribute rsc references an unknown ID "VM9"

        error: CIB did not pass schema validation
        Configuration invalid (with errors)
        """;

    [Fact]
    public void Read_SoundOrWarningsAlone_HasNoErrors()
    {
        Assert.Empty(ConfigurationErrors.Read(78, Warnings3, "Configuration invalid (with warnings)").Value!);
        Assert.Empty(ConfigurationErrors.Read(0, "", "").Value!);
        Assert.Empty(ConfigurationErrors.Read(78, Warnings, "").Value!);
    }

    [Fact]
    public void Read_Errors_AreNamedOnceEachWithoutTheWarnings()
    {
        string line = Assert.Single(ConfigurationErrors.Read(78, Duplicate, "").Value!);
        Assert.Contains("Operation x is duplicate of y", line, StringComparison.Ordinal);
        Assert.Equal(2, ConfigurationErrors.Read(78, Dangling, "").Value!.Count);
        Assert.Equal(["config not valid"], ConfigurationErrors.Read(78, "", "config not valid").Value);
    }

    [Fact]
    public void Read_WhatPacemaker3sSchemaRefuses_IsNamedToo() =>
        Assert.Equal(
            ["IDREF attribute rsc references an unknown ID \"VM9\"", "error: CIB did not pass schema validation"],
            ConfigurationErrors.Read(78, Schema3, "").Value);

    [Fact]
    public void Read_SameErrorFurtherDown_IsTheSame() =>
        Assert.Equal(
            ConfigurationErrors.Read(78, "Entity: line 6: element rsc_location: Relax-NG validity error : Invalid attribute bogus", "").Value,
            ConfigurationErrors.Read(78, "Entity: line 7: element rsc_location: Relax-NG validity error : Invalid attribute bogus", "").Value);

    [Theory]
    [InlineData(null)]
    [InlineData(70)]
    public void Read_NoAnswer_IsNotLearned(int? status) =>
        Assert.Equal(FactState.NotLearned, ConfigurationErrors.Read(status, Dangling, "it was ended").State);

    [Fact]
    public void Judge_ErrorsThatComeWithTheChange_AreRefused()
    {
        Plan judged = ConfigurationErrors.Judge(Errors("old"), [Errors("old"), Errors("old", "new")]);

        Refusal refusal = Assert.Single(judged.Refusals);
        Assert.EndsWith("that it does not have now: new", refusal.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_ErrorsThatWereThere_AreNamedAndNoReason()
    {
        Plan judged = ConfigurationErrors.Judge(Errors("old"), [Errors("old")]);

        Assert.Empty(judged.Refusals);
        Assert.EndsWith("which stay: old", Assert.Single(judged.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_BeforeNotLearned_IsNoExcuseForErrorsAfter()
    {
        Fact<IReadOnlyList<string>> unknown = Fact.NotLearned<IReadOnlyList<string>>("it was ended");

        Assert.Single(ConfigurationErrors.Judge(unknown, [Errors("old")]).Refusals);
        Assert.Empty(ConfigurationErrors.Judge(unknown, [Errors()]).Refusals);
        Assert.Contains("it was ended", Assert.Single(ConfigurationErrors.Judge(Errors(), [Errors(), unknown]).Refusals).Sentence, StringComparison.Ordinal);
    }

    private static Fact<IReadOnlyList<string>> Errors(params string[] errors) => Fact.Known<IReadOnlyList<string>>(errors);
}
