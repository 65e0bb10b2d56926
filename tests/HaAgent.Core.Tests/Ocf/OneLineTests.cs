using HaAgent.Core.Ocf;
using Xunit;

namespace HaAgent.Core.Tests.Ocf;

public sealed class OneLineTests
{
    [Theory]
    [InlineData("plain text, even äöü — with \"quotes\"", "plain text, even äöü — with \"quotes\"")]
    [InlineData("one\ntwo\r\nthree", "one two  three")]
    [InlineData("\u001b[2Jgone\u009b31m\u0007", " [2Jgone 31m ")]
    [InlineData("a\u2028b\u2029c\u0085d\u007fe\0f", "a b c d e f")]
    [InlineData("", "")]
    public void Of_AnyText_NoControlCharacter(string text, string expected) => Assert.Equal(expected, OneLine.Of(text));
}
