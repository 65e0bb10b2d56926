using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using HaAgent.Host.Native;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace HaAgent.Host.Child;

/// <summary>What a guard is asked to run.</summary>
/// <param name="Program">Its path.</param>
/// <param name="Arguments">Without its name.</param>
/// <param name="Variables">Its whole environment, NAME=VALUE.</param>
/// <param name="Directory">Where it runs; null: where we do.</param>
/// <param name="Input">What it reads on standard input.</param>
/// <param name="MostOutput">How much of each stream is kept, in bytes.</param>
/// <param name="Seconds">When it is ended.</param>
/// <param name="GoesOn">Whether it is finished also when who asked for it is gone.</param>
internal sealed record ProgramOrder(
    string Program,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<string> Variables,
    string? Directory,
    byte[] Input,
    int MostOutput,
    double Seconds,
    bool GoesOn
);

/// <summary>How it ended.</summary>
/// <param name="Problem">Why it could not be started; null: it was.</param>
/// <param name="ExitCode">Its status; null: it was ended.</param>
/// <param name="Output">The beginning of what it said on standard output.</param>
/// <param name="Errors">The beginning of what it said on standard error.</param>
/// <param name="IsCut">It said more.</param>
internal sealed record ProgramEnd(string? Problem, int? ExitCode, byte[] Output, byte[] Errors, bool IsCut);

/// <summary>Reads and writes them without reflection.</summary>
[JsonSerializable(typeof(ProgramOrder))]
[JsonSerializable(typeof(ProgramEnd))]
internal sealed partial class ProgramJson : JsonSerializerContext;

/// <summary>
/// Our own executable once more, between us and a program of the system. The program has a session of its own, so that no signal to our
/// process group (Ctrl-C, Pacemaker's SIGKILL) meets it half-way; so it takes a process that outlives ours to end it, with all its
/// children, when we are gone: that is seen by the socket to us, which closes however we end. Or to hear it to its end where it must be
/// finished: a mkfs whose words nobody takes any more would die of them.
/// </summary>
internal static unsafe class ProgramGuard
{
    /// <summary>The kind of child.</summary>
    public const string Kind = "program";

    private const int Socket = 0;

    /// <summary>A child that was left behind may hold the pipes open for ever, and so does a program that waits for a volume and cannot be
    /// ended.</summary>
    private static readonly TimeSpan TimeForRest = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan TimeForRestOfEnded = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs one program.</summary>
    public static void Serve(FileStream socket)
    {
        using var bytes = new MemoryStream();
        socket.CopyTo(bytes);

        // An order that is not whole comes from somebody who is gone.
        ProgramOrder order = JsonSerializer.Deserialize(bytes.ToArray(), ProgramJson.Default.ProgramOrder)!;
        if (Run(order) is ProgramEnd end)
            socket.Write(JsonSerializer.SerializeToUtf8Bytes(end, ProgramJson.Default.ProgramEnd));
    }

    private static ProgramEnd? Run(ProgramOrder order)
    {
        Deadline deadline = Deadline.In(TimeSpan.FromSeconds(order.Seconds));
        if (order.Directory is not null)
            Directory.SetCurrentDirectory(order.Directory);
        int theirInput = -1;
        int ourInput = -1;
        if (
            !Posix.Pipe(out int ourOutput, out int theirOutput, out int error)
            || !Posix.Pipe(out int ourErrors, out int theirErrors, out error)
            || !Posix.Pipe(out int ended, out int ends, out error)
            || (order.Input.Length > 0 && !Posix.Pipe(out theirInput, out ourInput, out error))
        )
            return new ProgramEnd(Errno.Text(error), null, [], [], false);
        var streams = new SpawnStreams(theirInput, theirOutput, theirErrors);
        error = Spawn.Program(order.Program, order.Arguments, order.Variables, streams, out int pid);
        _ = close(theirOutput);
        _ = close(theirErrors);
        _ = close(theirInput);
        if (error != 0)
            return new ProgramEnd(Errno.Text(error), null, [], [], false);

        // Not taken note of before the end of this: as long as it is a zombie its number is nobody else's.
        int status = 0;
        new Thread(
            () =>
            {
                status = Posix.WaitForEnd(pid);
                _ = close(ends);
            },
            maxStackSize: 128 * 1024
        )
        {
            IsBackground = true,
        }.Start();
        return Hear(
            order,
            deadline,
            pid,
            ourInput,
            new Heard(ourOutput, order.MostOutput),
            new Heard(ourErrors, order.MostOutput),
            ended,
            () => status
        );
    }

    private static ProgramEnd? Hear(
        ProgramOrder order,
        Deadline deadline,
        int pid,
        int input,
        Heard output,
        Heard errors,
        int ended,
        Func<int> status
    )
    {
        int sent = 0;
        int socket = Socket;
        bool isKilled = false;
        bool hasEnded = false;
        if (input >= 0)
            Posix.SetNonBlocking(input);
        pollfd* waits = stackalloc pollfd[5];
        while (true)
        {
            // A descriptor that is negative is left out (poll(2)).
            waits[0] = new pollfd { fd = socket };
            waits[1] = new pollfd { fd = hasEnded ? -1 : ended, events = (short)POLLIN };
            waits[2] = new pollfd { fd = output.Descriptor, events = (short)POLLIN };
            waits[3] = new pollfd { fd = errors.Descriptor, events = (short)POLLIN };
            waits[4] = new pollfd { fd = input, events = (short)POLLOUT };
            int ready = poll(waits, 5, (int)Math.Min(int.MaxValue, Math.Ceiling(deadline.Left.TotalMilliseconds)));
            if (ready < 0)
                continue;
            if (waits[0].revents != 0)
            {
                socket = -1;
                if (!order.GoesOn)
                {
                    _ = Posix.Kill(-pid, Posix.SigKill);
                    return null;
                }
            }

            if (waits[1].revents != 0)
            {
                hasEnded = true;
                deadline = deadline.OrIn(isKilled ? TimeForRestOfEnded : TimeForRest);
            }

            if (waits[2].revents != 0)
                output.Read();
            if (waits[3].revents != 0)
                errors.Read();
            if (waits[4].revents != 0 && !Send(input, order.Input, ref sent))
            {
                _ = close(input);
                input = -1;
            }

            if (hasEnded && output.Descriptor < 0 && errors.Descriptor < 0)
                break;
            if (!deadline.HasPassed)
                continue;
            if (hasEnded || isKilled)
                break;
            isKilled = true;
            _ = Posix.Kill(-pid, Posix.SigKill);
            deadline = Deadline.In(TimeForRestOfEnded);
        }

        return new ProgramEnd(null, isKilled ? null : status(), output.Bytes, errors.Bytes, output.IsCut);
    }

    /// <returns>False: nothing more is to be sent, or nobody takes it; its status says why.</returns>
    private static bool Send(int fd, ReadOnlySpan<byte> bytes, ref int sent)
    {
        int count = Posix.Write(fd, bytes[sent..], out int error);
        if (count > 0)
            sent += count;
        return (count >= 0 || error == EAGAIN) && sent < bytes.Length;
    }

    /// <summary>What is read from one stream: to its end, and kept from the beginning.</summary>
    private sealed class Heard(int fd, int most)
    {
        private readonly ArrayBufferWriter<byte> _kept = new();
        private readonly byte[] _buffer = new byte[16 * 1024];

        /// <summary>Negative: it is at its end.</summary>
        public int Descriptor { get; private set; } = fd;

        public bool IsCut { get; private set; }

        public byte[] Bytes => _kept.WrittenSpan.ToArray();

        public void Read()
        {
            int count = Posix.Read(Descriptor, _buffer, out _);
            if (count <= 0)
            {
                _ = close(Descriptor);
                Descriptor = -1;
                return;
            }

            int room = (int)Math.Min(count, most - _kept.WrittenCount);
            IsCut |= room < count;
            _kept.Write(_buffer.AsSpan(0, room));
        }
    }
}
