using System.Runtime.InteropServices;
using System.Text;

namespace HaAgent.Host.Native;

/// <summary>Starts a program by posix_spawn(3): a tenth of what System.Diagnostics.Process costs, and with no descriptor but those it is
/// given.</summary>
internal static unsafe partial class Spawn
{
    private const string LibC = "libc.so.6";

    /// <summary>More than glibc's types have on any architecture (336 and 80 bytes).</summary>
    private const int AttributeBytes = 1024;
    private const int ActionBytes = 512;

    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;

    /// <summary>Starts it in a session of its own, with all signals unblocked, and with nothing on standard output and error.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">The first one is its name.</param>
    /// <param name="environment">NAME=VALUE.</param>
    /// <param name="input">What becomes its standard input.</param>
    /// <param name="kept">What becomes its descriptor 3; negative: nothing does.</param>
    /// <param name="pid">The process.</param>
    /// <returns>0, or the error.</returns>
    public static int Start(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> environment,
        int input,
        int kept,
        out int pid
    )
    {
        Posix.CloseAllOnExec();
        byte* attributes = stackalloc byte[AttributeBytes];
        byte* actions = stackalloc byte[ActionBytes];
        byte* signals = stackalloc byte[128];
        new Span<byte>(signals, 128).Clear();
        _ = posix_spawnattr_init(attributes);
        _ = posix_spawnattr_setflags(attributes, SetSignalMask | SetSession);
        _ = posix_spawnattr_setsigmask(attributes, signals);
        _ = posix_spawn_file_actions_init(actions);
        _ = posix_spawn_file_actions_adddup2(actions, input, 0);
        _ = posix_spawn_file_actions_addopen(actions, 1, "/dev/null", Tmds.Linux.LibC.O_RDWR, 0);
        _ = posix_spawn_file_actions_addopen(actions, 2, "/dev/null", Tmds.Linux.LibC.O_RDWR, 0);
        if (kept >= 0)
            _ = posix_spawn_file_actions_adddup2(actions, kept, 3);

        byte** words = Strings(arguments);
        byte** variables = Strings(environment);
        int error = posix_spawn(out pid, program, actions, attributes, words, variables);
        Free(words, arguments.Count);
        Free(variables, environment.Count);
        _ = posix_spawn_file_actions_destroy(actions);
        _ = posix_spawnattr_destroy(attributes);
        return error;
    }

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
