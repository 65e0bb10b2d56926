using System.Xml;
using HaAgent.Core.Text;
using Xunit;

namespace HaAgent.Core.Tests.Text;

/// <summary>Whatever a program prints in place of XML ends as one kind of error, within bounds.</summary>
public sealed class ForeignXmlTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("Critical: Unable to get valid connection")]
    [InlineData("<pacemaker-result>")]
    [InlineData("<pacemaker-result/><pacemaker-result/>")]
    [InlineData("<pacemaker-result>\u0001</pacemaker-result>")]
    [InlineData("<pacemaker-result a='1' a='2'/>")]
    [InlineData("<pacemaker-result>&e;</pacemaker-result>")]
    [InlineData("<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><pacemaker-result>&e;</pacemaker-result>")]
    [InlineData("<html/>")]
    public void Parse_NoSuchDocument_IsOneKindOfError(string text) =>
        Assert.NotEmpty(Assert.Throws<XmlException>(() => ForeignXml.Parse(text, root: "pacemaker-result")).Message);

    [Fact]
    public void Parse_AnotherDocument_SaysWhatItIs() =>
        Assert.Equal("it is not a <pacemaker-result> but a <html>", Assert.Throws<XmlException>(() => ForeignXml.Parse("<html/>", root: "pacemaker-result")).Message);

    // The walks over the elements call themselves for each level: a deeper one would end the process.
    [Fact]
    public void Parse_NestedWithoutEnd_IsRefused()
    {
        Assert.Equal("a", ForeignXml.Parse(Nested(ForeignXml.MostDepth)).Name.LocalName);
        Assert.Throws<XmlException>(() => ForeignXml.Parse(Nested(ForeignXml.MostDepth + 1)));
        Assert.Throws<XmlException>(() => ForeignXml.Parse(string.Concat(Enumerable.Repeat("<a>", 1_000_000))));
    }

    private static string Nested(int levels) => string.Concat(Enumerable.Repeat("<a>", levels)) + string.Concat(Enumerable.Repeat("</a>", levels));
}
