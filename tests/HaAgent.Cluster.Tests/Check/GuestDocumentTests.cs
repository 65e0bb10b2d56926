using System.Text;
using HaAgent.Cluster.Check.Guests;
using Xunit;

namespace HaAgent.Cluster.Tests.Check;

/// <summary>A guest's XML is foreign: what libvirt takes is taken, and everything else is said to be wrong, without an exception.</summary>
public sealed class GuestDocumentTests
{
    private const string Good = "<domain type='kvm'><name>ö1</name><devices><disk type='file'><source file='/mnt/é.raw'/><target dev='vda'/></disk></devices></domain>";

    [Theory]
    [InlineData("utf-8", "")]
    [InlineData("utf-8", "<?xml version='1.0' encoding='UTF-8'?>\n")]
    [InlineData("iso-8859-1", "<?xml version='1.0' encoding='ISO-8859-1'?>\n")]
    [InlineData("utf-16", "<?xml version='1.0' encoding='UTF-16'?>\n")]
    public void Read_EveryEncodingThatTheAgentReads_NameAndPathsArriveAndTheTextHasNoDeclaration(string encoding, string declaration)
    {
        Encoding written = Encoding.GetEncoding(encoding);
        byte[] content = [.. written.GetPreamble(), .. written.GetBytes(declaration + Good)];

        GuestDocument? document = GuestDocument.Read(content, out string problem);

        Assert.Equal("", problem);
        Assert.Equal("ö1", document!.Domain.Identity.Name);
        Assert.Equal(["/mnt/é.raw"], document.Paths.Select(path => path.Path));
        Assert.Equal(Good, document.Text);
    }

    [Fact]
    public void Read_ByteOrderMark_IsNoPartOfTheText() =>
        Assert.Equal(Good, GuestDocument.Read([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Good)], out _)?.Text);

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("<domain><name>VM1</na", "is not well-formed XML")]
    [InlineData("<network><name>VM1</name></network>", "is not a domain configuration")]
    [InlineData("<!DOCTYPE domain [<!ENTITY a 'b'>]><domain><name>&a;</name></domain>", "carries a document type")]
    [InlineData("<domain><name>VM1</name></domain><domain/>", "is not well-formed XML")]
    [InlineData("<domain><name>VM1</name><title>\u0001</title></domain>", "is not well-formed XML")]
    public void Read_WhatIsNone_IsSaidInWords(string text, string expected)
    {
        Assert.Null(GuestDocument.Read(Encoding.UTF8.GetBytes(text), out string problem));
        Assert.StartsWith(expected, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(1000, false)]
    [InlineData(300_000, false)]
    public void Read_NestedElements_AreReadAsDeepAsLibvirtDoes(int depth, bool taken)
    {
        string text = $"<domain><name>VM1</name>{string.Concat(Enumerable.Repeat("<a>", depth))}{string.Concat(Enumerable.Repeat("</a>", depth))}</domain>";

        GuestDocument? document = GuestDocument.Read(Encoding.UTF8.GetBytes(text), out string problem);

        Assert.Equal(taken, document is not null);
        Assert.Equal(taken ? "" : "is nested more than 256 elements deep, which libvirt does not read", problem);
    }
}
