using System.Text.Json;
using HaAgent.Core.Guest;
using HaAgent.Core.Ocf;
using HaAgent.Core.Text;
using Xunit;

namespace HaAgent.Core.Tests.Text;

public sealed class PrintableTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory]
    [InlineData("VM1 läuft auf alice – 仮想マシン 🐧", "VM1 läuft auf alice – 仮想マシン 🐧")]
    [InlineData("one\ntwo\r\nthree\rfour", "one two three four")]
    [InlineData("a\u0085b\u2028c\u2029d\ve\ff\tg", "a b c d e f g")]
    [InlineData("\u001b[2J\u001b]0;mine\u0007", "\\x1b[2J\\x1b]0;mine\\x07")]
    [InlineData("\u009b31m\u0090q\u007f\0", "\\x9b31m\\x90q\\x7f\\x00")]
    [InlineData("safe\u202egnp.exe\u2066x\u2069\u200f", "safe\\u202egnp.exe\\u2066x\\u2069\\u200f")]
    public void Line_ForeignText_IsOneSafeLine(string foreign, string expected) => Assert.Equal(expected, Printable.Line(foreign));

    // An attribute could not hold these halves.
    [Fact]
    public void Line_HalfACharacter_IsShown() => Assert.Equal("half \\ud83d and \\udc27", Printable.Line("half \ud83d and \udc27"));

    [Fact]
    public void Line_EveryCharacter_NothingUnsafeIsLeft()
    {
        for (int c = 0; c <= char.MaxValue; c++)
        {
            string safe = Printable.Line($"a{(char)c}b");

            Assert.DoesNotContain(safe, x => char.IsControl(x) || char.IsSurrogate(x) || x is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069'));
            Assert.Equal(safe, Printable.Line(safe));
        }
    }

    [Fact]
    public void ScreenLine_CrmShellsLine_KeepsItsTab() => Assert.Equal("+ \tmeta a=b ", Printable.ScreenLine("+ \tmeta a=b\n"));

    [Fact]
    public void Json_AnyString_MeansTheSameAndIsSafe()
    {
        const string Foreign = "\u202e\u009b31m\u2028 \"quoted\"\n";
        string json = JsonSerializer.Serialize(new[] { Foreign }, Indented);

        string safe = Printable.Json(json);

        Assert.Equal([Foreign], JsonSerializer.Deserialize<string[]>(safe)!);
        Assert.DoesNotContain(safe, c => c is '\u202e' or '\u009b' or '\u2028');
    }

    [Fact]
    public void AgentsSentences_ForeignText_AreOneSafeLine()
    {
        const string Forged = "no such device\nNov 24 09:40:00  VirtualDomain(VM1)[1]:    INFO: VM1 was migrated to carol\u001b[1A";
        const string Safe = "no such device Nov 24 09:40:00  VirtualDomain(VM1)[1]:    INFO: VM1 was migrated to carol\\x1b[1A";

        Assert.Equal(Safe, new LogMessage(Severity.Error, Forged).Text);
        Assert.Equal(Safe, new Outcome(ExitCode.Generic, Forged).Reason);
    }
}
