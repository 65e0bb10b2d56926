using System.Diagnostics;

namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>A program that has ended.</summary>
/// <param name="Killed">It did not end by itself within its limit.</param>
internal sealed record Finished(string Line, int ExitCode, string Output, string Error, bool Killed);

internal static class Command
{
    /// <summary>Runs a program to its end, or kills it with all its descendants when <paramref name="limit"/> has passed.</summary>
    /// <param name="environment">The whole environment; null inherits that of the tests.</param>
    public static Finished Run(string[] words, TimeSpan limit, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (environment is not null)
        {
            start.Environment.Clear();
            foreach ((string name, string value) in environment) start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        bool killed = !process.WaitForExit(limit);
        if (killed)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }
        return new Finished(string.Join(' ', words), process.ExitCode, Read(output), Read(error), killed);
    }

    // A descendant that escaped and kept the pipe must not hold the test for ever.
    private static string Read(Task<string> text) => text.Wait(TimeSpan.FromSeconds(5)) ? text.Result : "(the pipe was left open)";
}

/// <summary>Waits for what another process brings about. The bound is generous: it only turns a hang into a failure.</summary>
internal static class Until
{
    public static void True(Func<bool> condition, string what, int boundSeconds = 30)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed.TotalSeconds > boundSeconds) Assert.Fail($"not within {boundSeconds} s: {what}");
            Thread.Sleep(10);
        }
    }
}
