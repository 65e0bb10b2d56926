using System.ComponentModel;
using System.Diagnostics;

namespace HaAgent.Host;

/// <summary>What a command gave.</summary>
/// <param name="ExitCode">Its exit code; null: it was ended because its time was up, or could not be started.</param>
/// <param name="Output">What it printed, both streams, at most 4 KiB.</param>
internal readonly record struct CommandResult(int? ExitCode, string Output)
{
    /// <summary>What it printed on stdout alone, for a program to read: whole, or empty where it was more than 4 MiB.</summary>
    public string StandardOutput { get; init; } = "";

    public bool Succeeded => ExitCode == 0;
}

/// <summary>Runs another program for a limited time, and ends it with all its children when that is over.</summary>
internal static class Command
{
    private const int MostOutput = 4096;
    private const int MostStandardOutput = 4 * 1024 * 1024;

    private static readonly TimeSpan TimeForRest = TimeSpan.FromMilliseconds(500);

    public static CommandResult Run(TimeSpan within, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = new Process { StartInfo = start };
        var output = new System.Text.StringBuilder();
        var standard = new System.Text.StringBuilder();

        // Not disposed: a line may still come in after the wait was given up.
        var streams = new CountdownEvent(2);
        void Collect(string? line, bool isStandard)
        {
            lock (output)
            {
                if (line is null)
                {
                    streams.Signal();
                    return;
                }

                if (output.Length < MostOutput)
                    output.AppendLine(line);
                if (isStandard && standard.Length <= MostStandardOutput)
                    standard.AppendLine(line);
            }
        }

        process.OutputDataReceived += (_, line) => Collect(line.Data, isStandard: true);
        process.ErrorDataReceived += (_, line) => Collect(line.Data, isStandard: false);
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            return new CommandResult(null, $"{program} cannot be started: {e.Message}");
        }

        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        bool ended = process.WaitForExit(within);
        if (!ended)
            process.Kill(entireProcessTree: true);

        // All that was printed; but a child that was left behind may hold the pipes open for ever.
        streams.Wait(TimeForRest);
        lock (output)
        {
            string text = output.ToString().TrimEnd();
            return ended
                ? new CommandResult(process.ExitCode, text) { StandardOutput = standard.Length > MostStandardOutput ? "" : standard.ToString() }
                : new CommandResult(null, $"ended after {within.TotalSeconds:F0} s. {text}");
        }
    }
}
