using System.Diagnostics;
using HaAgent.Core.Text;
using Xunit;

namespace HaAgent.Core.Tests.Text;

/// <summary>A word that is shown to be typed arrives at a shell as it was, and shows nothing but itself on the way.</summary>
public sealed class ShellWordTests
{
    private static readonly string[] Words =
    [
        "VM1", "/mnt/shared/VM1.xml", "", "~root", "VM1; rm -rf /", "two words", "a'b\"c`d$(touch /tmp/x)", "a\nb", "\u001b[2J'\\", "é 漢", "\u202e\u009b7", "!event", "*", "{a,b}", "#x",
    ];

    [Fact]
    public void Quote_EveryWord_ArrivesAtAShellAsItWas()
    {
        var start = new ProcessStartInfo("bash", ["-c", $"printf '%s\\0' {string.Join(' ', Words.Select(ShellWord.Quote))}"]) { RedirectStandardOutput = true };
        start.Environment["LC_ALL"] = "C.UTF-8";
        using Process shell = Process.Start(start)!;

        Assert.Equal(Words, shell.StandardOutput.ReadToEnd().Split('\0')[..^1]);
    }

    [Fact]
    public void Quote_EveryWord_IsOneLineThatCanBeShown() => Assert.All(Words.Select(ShellWord.Quote), word => Assert.Equal(word, Printable.Line(word)));

    [Fact]
    public void Quote_PlainWord_StaysAsItIs() => Assert.Equal("qemu+ssh://root@bob:22/system", ShellWord.Quote("qemu+ssh://root@bob:22/system"));
}
