using HaAgent.Cli.Screens;
using Spectre.Console;
using Xunit;

namespace HaAgent.Cli.Tests.Screens;

/// <summary>Nothing foreign reaches a terminal or a log as anything but letters, by whichever way it is said.</summary>
public sealed class ScreenTests
{
    private const string Foreign = "\u001b[2J\u009b1A[red]x[/]\u202eoff\nok: forged";
    private const string Safe = "\\x1b[2J\\x9b1A[red]x[/]\\u202eoff ok: forged";

    [Fact]
    public void Plain_EachWay_SaysForeignTextInOneSafeLine()
    {
        var output = new StringWriter();
        var screen = new PlainScreen(output, output, new StringReader("yes\n"));

        Speak(screen);
        screen.Confirm(Foreign);

        string[] lines = [.. output.ToString().Split('\n').Where(line => line.Length > 0)];
        Assert.All(lines, line => Assert.DoesNotContain(line, char.IsControl));
        Assert.DoesNotContain(lines, line => line.StartsWith("ok: forged", StringComparison.Ordinal));
        Assert.Equal([Safe, Safe, $"ok: {Safe}", Safe, Safe, Safe, $"{Safe} (yes/no)"], lines.Select(line => line.TrimEnd()));
    }

    [Fact]
    public void Rich_EachWay_SaysForeignTextSafely()
    {
        var output = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No, Interactive = InteractionSupport.No });
        console.Profile.Width = 400;

        Speak(new RichScreen(console, console));

        string said = output.ToString();
        Assert.DoesNotContain(said, c => char.IsControl(c) && c is not ('\n' or '\r'));
        Assert.DoesNotContain('\u202e', said);
        Assert.DoesNotContain(said.Split('\n'), line => line.StartsWith("ok: forged", StringComparison.Ordinal));
        Assert.Equal(6, said.Split(Safe).Length - 1);
    }

    private static void Speak(IScreen screen)
    {
        screen.Line(Foreign);
        screen.Heading(Foreign);
        screen.Mark(Tone.Good, Foreign);
        screen.Problem(Foreign);
        screen.Table([Foreign], [[Foreign]]);
    }
}
