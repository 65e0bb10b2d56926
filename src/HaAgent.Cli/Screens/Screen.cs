using Spectre.Console;

namespace HaAgent.Cli.Screens;

/// <summary>Chooses the screen: rich on a terminal, plain everywhere else.</summary>
internal static class Screen
{
    public static IScreen Open()
    {
        bool terminal = !Console.IsOutputRedirected && !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        if (!terminal || Console.IsInputRedirected)
            return new PlainScreen(Console.Out, Console.Error, Console.IsInputRedirected ? null : Console.In);
        return new RichScreen(
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) }),
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }));
    }
}
