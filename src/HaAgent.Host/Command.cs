using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using static Tmds.Linux.LibC;

namespace HaAgent.Host;

/// <summary>What a program gave.</summary>
/// <param name="ExitCode">Its exit code; null: it was ended because its time was up, or could not be started.</param>
/// <param name="Output">What it wrote on standard output, whole unless <see cref="IsCut"/>.</param>
/// <param name="Errors">What it wrote on standard error, or why it did not run to its end.</param>
internal readonly record struct CommandResult(int? ExitCode, string Output, string Errors)
{
    private const int MostWords = 4096;

    /// <summary>Its answer was longer than was wanted, and has no end: no conclusion may be drawn from what is not in it.</summary>
    public bool IsCut { get; init; }

    /// <summary>It ran to its end and exited with 0, and all it said is there.</summary>
    public bool Succeeded => ExitCode == 0 && !IsCut;

    /// <summary>Why it failed, in one line: the end of what it said.</summary>
    public string Reason =>
        IsCut
            ? "it said more than is read"
            : string.Join(
                "; ",
                (Errors.Trim().Length > 0 ? Errors : Words)
                    .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                    .TakeLast(3)
            );

    /// <summary>All it said, for a sentence.</summary>
    public string Words
    {
        get
        {
            string words = $"{Output.Trim()}\n{Errors.Trim()}".Trim();
            if (words.Length == 0)
                return ExitCode is int code ? $"it ended with status {code} and said nothing" : "it said nothing";
            return words.Length > MostWords ? words[..MostWords] : words;
        }
    }
}

/// <summary>The one way to start another program: by an argument vector, never by way of a shell, for a limited time, and ended with all
/// its children when that is over.</summary>
internal static class Command
{
    private const int MostOutput = 64 * 1024 * 1024;

    private const string ScriptInterpreter = "/bin/sh";

    private static readonly TimeSpan TimeForRest = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs a program.</summary>
    /// <param name="deadline">When it is ended.</param>
    /// <param name="program">Its name, sought on PATH, or its path.</param>
    /// <param name="arguments">Each reaches it as one argument, whatever is in it.</param>
    /// <param name="input">What is written to its standard input.</param>
    /// <param name="mostOutput">How much of each stream is kept, in characters.</param>
    /// <param name="environment">All of its environment; null: ours, and the C locale.</param>
    /// <param name="directory">Where it runs; null: where we do.</param>
    public static CommandResult Run(
        Deadline deadline,
        string program,
        IReadOnlyList<string> arguments,
        ReadOnlyMemory<byte> input = default,
        int mostOutput = MostOutput,
        IReadOnlyList<KeyValuePair<string, string>>? environment = null,
        string? directory = null
    )
    {
        var start = new ProcessStartInfo(Find(program))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["LC_ALL"] = "C";
        if (environment is not null)
        {
            start.Environment.Clear();
            foreach ((string name, string value) in environment)
                start.Environment[name] = value;
        }

        if (directory is not null)
            start.WorkingDirectory = directory;
        using var process = new Process { StartInfo = start };
        if (Start(process) is { } problem)
            return new CommandResult(null, "", $"{program} cannot be started: {problem}");

        using var output = new Collected(process.StandardOutput, mostOutput);
        using var errors = new Collected(process.StandardError, mostOutput);
        Send(process, input);
        bool ended = process.WaitForExit(deadline.Left);
        if (!ended)
            process.Kill(entireProcessTree: true);

        // All that was printed; but a child that was left behind may hold the pipes open for ever, and so does a program that waits for a
        // volume and cannot be ended: then the time is up already.
        Deadline rest = Deadline.In(ended ? TimeForRest : TimeForRest / 5);
        output.WaitForEnd(rest.Left);
        errors.WaitForEnd(rest.Left);
        return ended
            ? new CommandResult(process.ExitCode, output.Text, errors.Text) { IsCut = output.IsCut }
            : new CommandResult(null, output.Text, $"it did not end in time and was ended. {errors.Text}".TrimEnd());
    }

    /// <summary>Starts it as execvp(3) does: a script without a first line that names its interpreter (ENOEXEC) is one for the
    /// shell.</summary>
    /// <returns>Why it cannot be started; null: it is.</returns>
    private static string? Start(Process process)
    {
        try
        {
            process.Start();
            return null;
        }
        catch (Win32Exception e) when (e.NativeErrorCode == ENOEXEC && process.StartInfo.FileName != ScriptInterpreter)
        {
            process.StartInfo.ArgumentList.Insert(0, process.StartInfo.FileName);
            process.StartInfo.FileName = ScriptInterpreter;
            return Start(process);
        }
        catch (Win32Exception e)
        {
            return e.Message;
        }
    }

    /// <summary>
    /// Where a program lies: the first of that name on PATH. .NET itself looks beside our own executable first, where another program of
    /// the same name may lie than the one that an administrator put before it.
    /// </summary>
    /// <returns>Its path; the name itself where there is none, so that starting it fails with the reason.</returns>
    public static string Find(string program)
    {
        if (program.Contains('/', StringComparison.Ordinal))
            return program;
        string[] directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        string[] paths = [.. directories.Select(directory => Path.Combine(directory, program))];
        return Array.Find(paths, path => File.Exists(path) && Native.Posix.MayExecute(path)) ?? program;
    }

    private static void Send(Process process, ReadOnlyMemory<byte> input)
    {
        // On a thread of its own: a program that does not read must not keep us.
        if (input.IsEmpty)
        {
            process.StandardInput.Close();
            return;
        }

        new Thread(() =>
        {
            try
            {
                process.StandardInput.BaseStream.Write(input.Span);
                process.StandardInput.Close();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // It ended before it had read everything; its status says why.
            }
        })
        {
            IsBackground = true,
            Name = "standard input",
        }.Start();
    }

    /// <summary>Reads a stream to its end on a thread of its own, and keeps the beginning.</summary>
    private sealed class Collected : IDisposable
    {
        private readonly System.Text.StringBuilder _text = new();
        private readonly ManualResetEventSlim _ended = new();

        public Collected(StreamReader from, int most) =>
            new Thread(() =>
            {
                var buffer = new char[4096];
                try
                {
                    int count;
                    while ((count = from.Read(buffer)) > 0)
                        Keep(buffer.AsSpan(0, count), most);
                }
                catch (Exception e) when (e is IOException or ObjectDisposedException)
                {
                    IsCut = true;
                }

                try
                {
                    _ended.Set();
                }
                catch (ObjectDisposedException)
                {
                    // The wait was given up.
                }
            })
            {
                IsBackground = true,
                Name = "output",
            }.Start();

        public bool IsCut { get; private set; }

        public string Text
        {
            get
            {
                lock (_text)
                    return _text.ToString();
            }
        }

        public void WaitForEnd(TimeSpan atMost) => _ended.Wait(atMost);

        public void Dispose() => _ended.Dispose();

        private void Keep(ReadOnlySpan<char> text, int most)
        {
            lock (_text)
            {
                int room = most - _text.Length;
                IsCut |= text.Length > room;
                _text.Append(text[..Math.Min(room, text.Length)]);
            }
        }
    }
}

/// <summary>stdout and stderr by write(2): System.Console sets up encodings and terminals, which costs more than a whole monitor
/// needs.</summary>
internal static unsafe class StandardStreams
{
    public static void Out(string text) => Write(1, text);

    public static void Error(string text) => Write(2, text);

    /// <summary>What standard error takes at once: a pipe that is full gets nothing.</summary>
    public static void ErrorWithoutWaiting(string text)
    {
        // Up to PIPE_BUF bytes are taken whole or not at all (pipe(7)), and do not wait where poll(2) says so.
        const int atomic = 4096;
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        var ready = new Tmds.Linux.pollfd { fd = 2, events = (short)POLLOUT };
        if (poll(&ready, 1, 0) <= 0)
            return;
        fixed (byte* start = bytes)
        {
            _ = write(2, start, Math.Min(bytes.Length, atomic));
        }
    }

    private static void Write(int stream, string text)
    {
        ReadOnlySpan<byte> left = Encoding.UTF8.GetBytes(text);
        while (!left.IsEmpty)
        {
            long written;
            fixed (byte* bytes = left)
            {
                written = (long)write(stream, bytes, left.Length);
            }

            // A reader that went away is not our failure.
            if (written <= 0)
                return;
            left = left[(int)written..];
        }
    }
}
