using System.Runtime.InteropServices;
using System.Text;

namespace HaAgent.Host.Native;

/// <summary>What becomes of a program's standard streams.</summary>
/// <param name="Input">Its standard input; negative: it reads nothing.</param>
/// <param name="Output">Its standard output; negative: it goes nowhere.</param>
/// <param name="Errors">Its standard error; negative: it goes nowhere.</param>
/// <param name="Kept">What becomes its descriptor 3; negative: nothing does.</param>
internal readonly record struct SpawnStreams(int Input, int Output = -1, int Errors = -1, int Kept = -1);

/// <summary>The one place where a process is made: by posix_spawn(3), with no descriptor but those it is given, all signals unblocked and
/// as they are by default.</summary>
internal static unsafe partial class Spawn
{
    private const string LibC = "libc.so.6";

    private const string ScriptInterpreter = "/bin/sh";

    /// <summary>More than glibc's types have on any architecture (336 and 80 bytes).</summary>
    private const int AttributeBytes = 1024;
    private const int ActionBytes = 512;
    private const int SignalSetBytes = 128;

    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;

    /// <summary>Starts a program in a session of its own. As execvp(3) does it: a script without a first line that names its interpreter
    /// (ENOEXEC) is one for the shell.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">Without its name.</param>
    /// <param name="environment">NAME=VALUE.</param>
    /// <param name="streams">Its standard streams.</param>
    /// <param name="pid">The process.</param>
    /// <returns>0, or the error.</returns>
    public static int Program(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> environment,
        SpawnStreams streams,
        out int pid
    )
    {
        int error = Start(program, [program, .. arguments], environment, streams, ownSession: true, out pid);
        return error == Tmds.Linux.LibC.ENOEXEC
            ? Start(ScriptInterpreter, [ScriptInterpreter, program, .. arguments], environment, streams, ownSession: true, out pid)
            : error;
    }

    /// <summary>Starts a program.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">The first one is its name.</param>
    /// <param name="environment">NAME=VALUE.</param>
    /// <param name="streams">Its standard streams.</param>
    /// <param name="ownSession">Whether it leads a session of its own, and a group.</param>
    /// <param name="pid">The process.</param>
    /// <returns>0, or the error.</returns>
    public static int Start(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> environment,
        SpawnStreams streams,
        bool ownSession,
        out int pid
    )
    {
        Posix.CloseAllOnExec();
        byte* attributes = stackalloc byte[AttributeBytes];
        byte* actions = stackalloc byte[ActionBytes];
        byte* signals = stackalloc byte[SignalSetBytes];
        _ = posix_spawnattr_init(attributes);
        _ = posix_spawnattr_setflags(attributes, (short)(SetSignalMask | SetSignalDefaults | (ownSession ? SetSession : 0)));
        new Span<byte>(signals, SignalSetBytes).Fill(0xff);
        _ = posix_spawnattr_setsigdefault(attributes, signals);
        new Span<byte>(signals, SignalSetBytes).Clear();
        _ = posix_spawnattr_setsigmask(attributes, signals);
        _ = posix_spawn_file_actions_init(actions);
        Become(actions, streams.Input, 0);
        Become(actions, streams.Output, 1);
        Become(actions, streams.Errors, 2);
        if (streams.Kept >= 0)
            Become(actions, streams.Kept, 3);

        byte** words = Strings(arguments);
        byte** variables = Strings(environment);
        int error = posix_spawn(out pid, program, actions, attributes, words, variables);
        Free(words, arguments.Count);
        Free(variables, environment.Count);
        _ = posix_spawn_file_actions_destroy(actions);
        _ = posix_spawnattr_destroy(attributes);
        return error;
    }

    private static void Become(byte* actions, int from, int to) =>
        _ =
            from < 0
                ? posix_spawn_file_actions_addopen(actions, to, "/dev/null", Tmds.Linux.LibC.O_RDWR, 0)
                : posix_spawn_file_actions_adddup2(actions, from, to);

    private static byte** Strings(IReadOnlyList<string> texts)
    {
        byte** strings = (byte**)NativeMemory.Alloc((nuint)(texts.Count + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < texts.Count; i++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(texts[i].Replace('\0', ' ') + '\0');
            strings[i] = (byte*)NativeMemory.Alloc((nuint)bytes.Length);
            bytes.CopyTo(new Span<byte>(strings[i], bytes.Length));
        }

        strings[texts.Count] = null;
        return strings;
    }

    private static void Free(byte** strings, int count)
    {
        for (int i = 0; i < count; i++)
            NativeMemory.Free(strings[i]);
        NativeMemory.Free(strings);
    }

    [LibraryImport(LibC)]
    private static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport(LibC)]
    private static partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport(LibC)]
    private static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport(LibC)]
    private static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport(LibC)]
    private static partial int posix_spawnattr_setsigmask(byte* attributes, byte* signals);

    [LibraryImport(LibC)]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport(LibC)]
    private static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport(LibC)]
    private static partial int posix_spawn_file_actions_adddup2(byte* actions, int from, int to);

    [LibraryImport(LibC, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addopen(byte* actions, int fd, string path, int flags, uint mode);

    [LibraryImport(LibC, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn(
        out int pid,
        string program,
        byte* actions,
        byte* attributes,
        byte** arguments,
        byte** environment
    );
}
