using System.Text;
using System.Text.Json;
using HaAgent.Host.Child;
using HaAgent.Host.Native;
using Microsoft.Win32.SafeHandles;
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

/// <summary>What becomes of a program when we are ended while it runs, in whatever way.</summary>
internal enum WhenWeEnd
{
    /// <summary>It ends too, with all its children: what only asks, waits, or makes what nobody uses before we say so.</summary>
    ItEnds,

    /// <summary>It is finished: half of it would be worse than none or all, as of mkfs, an installation, a daemon's restart.</summary>
    ItGoesOn,
}

/// <summary>
/// The one way to run another program to its end: by an argument vector, never by way of a shell, in a session of its own, for a limited
/// time, and ended with all its children when that is over, or when we are gone (<see cref="ProgramGuard"/>). Who talks with one while it
/// runs has <see cref="OpenProgram"/>.
/// </summary>
internal static class Command
{
    private const int MostOutput = 64 * 1024 * 1024;

    /// <summary>For the guard, which ends the program in time by itself.</summary>
    private static readonly TimeSpan TimeForGuard = TimeSpan.FromSeconds(1);

    /// <summary>Runs a program.</summary>
    /// <param name="deadline">When it is ended.</param>
    /// <param name="program">Its name, sought on PATH, or its path.</param>
    /// <param name="arguments">Each reaches it as one argument, whatever is in it.</param>
    /// <param name="input">What is written to its standard input.</param>
    /// <param name="mostOutput">How much of each stream is kept, in bytes.</param>
    /// <param name="environment">All of its environment; null: ours, and the C locale.</param>
    /// <param name="directory">Where it runs; null: where we do.</param>
    /// <param name="whenWeEnd">What becomes of it when we do not see its end.</param>
    /// <param name="held">A lock that stays held until it has ended, also when we are gone; null: none. What it leaves behind does not
    /// have it.</param>
    public static CommandResult Run(
        Deadline deadline,
        string program,
        IReadOnlyList<string> arguments,
        ReadOnlyMemory<byte> input = default,
        int mostOutput = MostOutput,
        IReadOnlyList<KeyValuePair<string, string>>? environment = null,
        string? directory = null,
        WhenWeEnd whenWeEnd = WhenWeEnd.ItEnds,
        SafeFileHandle? held = null
    )
    {
        if (Find(program) is not string path)
            return NotStarted(program, NotFound);
        using ChildProcess? guard = ChildProcess.Start(ProgramGuard.Kind, program, Descriptor(held), out string problem);
        if (guard is null)
            return NotStarted(program, problem);
        var order = new ProgramOrder(
            path,
            arguments,
            environment is null ? Variables() : [.. environment.Select(variable => $"{variable.Key}={variable.Value}")],
            directory,
            input.ToArray(),
            mostOutput,
            deadline.Left.TotalSeconds,
            whenWeEnd == WhenWeEnd.ItGoesOn
        );
        Deadline answered = Deadline.In(deadline.Left + TimeForGuard);
        byte[]? bytes = null;
        if (guard.Send(JsonSerializer.SerializeToUtf8Bytes(order, ProgramJson.Default.ProgramOrder), answered))
        {
            guard.EndSending();
            bytes = guard.Receive(int.MaxValue, answered);
        }

        return bytes is null ? TooLate("")
            : Read(bytes) is not ProgramEnd end ? NotStarted(program, "what watches it ended early")
            : end.Problem is not null ? NotStarted(program, end.Problem)
            : end.ExitCode is not int code
                ? TooLate(Encoding.UTF8.GetString(end.Errors)) with
                {
                    Output = Encoding.UTF8.GetString(end.Output),
                }
            : new CommandResult(code, Encoding.UTF8.GetString(end.Output), Encoding.UTF8.GetString(end.Errors)) { IsCut = end.IsCut };
    }

    /// <summary>Hands our standard streams and our work on to a program, and waits for its end without limit.</summary>
    /// <param name="program">Its name, sought on PATH, or its path.</param>
    /// <param name="arguments">Each reaches it as one argument, whatever is in it.</param>
    /// <param name="problem">Why it could not be started.</param>
    /// <returns>Its exit status; null: <paramref name="problem"/> says why there is none.</returns>
    public static int? HandOver(string program, IReadOnlyList<string> arguments, out string problem)
    {
        if (Find(program) is not string path)
        {
            problem = NotFound;
            return null;
        }

        int error = Spawn.Start(path, [path, .. arguments], Variables(), new SpawnStreams(0, 1, 2), ownSession: false, out int pid);
        problem = Errno.Text(error);
        return error == 0 ? Posix.WaitForEnd(pid) : null;
    }

    /// <summary>
    /// Where a program lies: the first of that name on PATH.
    /// </summary>
    /// <returns>Its path; null: there is none. The name itself would be sought in the directory in which it is to run.</returns>
    public static string? Find(string program)
    {
        if (program.Contains('/', StringComparison.Ordinal))
            return program;
        string[] directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        string[] paths = [.. directories.Select(directory => Path.Combine(directory, program))];
        return Array.Find(paths, path => File.Exists(path) && Posix.MayExecute(path));
    }

    /// <summary>Why a program that is not on PATH cannot be started.</summary>
    internal static string NotFound => Errno.Text(ENOENT);

    /// <summary>Our environment with the C locale, NAME=VALUE.</summary>
    internal static List<string> Variables()
    {
        const string locale = "LC_ALL";
        List<string> variables = [$"{locale}=C"];
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable.Key is string name && name != locale)
                variables.Add($"{name}={variable.Value}");
        }

        return variables;
    }

    private static int Descriptor(SafeFileHandle? held) => held is null ? -1 : (int)held.DangerousGetHandle();

    private static CommandResult NotStarted(string program, string problem) => new(null, "", $"{program} cannot be started: {problem}");

    private static CommandResult TooLate(string errors) => new(null, "", $"it did not end in time and was ended. {errors}".TrimEnd());

    private static ProgramEnd? Read(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, ProgramJson.Default.ProgramEnd);
        }
        catch (JsonException)
        {
            return null;
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
