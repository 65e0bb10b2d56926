using System.IO.Pipes;
using HaAgent.Host.Native;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace HaAgent.Host;

/// <summary>
/// A program that is talked with, in a session of its own: no signal to our process group meets it. That we are gone it learns by the end
/// of its standard input, and ends what is for us alone and finishes what has to be finished, as ssh and haagent do. Its group is ended by
/// <see cref="Kill"/> alone.
/// </summary>
internal sealed class OpenProgram : IDisposable
{
    private readonly object _gate = new();
    private readonly int _pid;
    private readonly TaskCompletionSource<int> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isLeft;

    private OpenProgram(int pid, int input, int output, int errors)
    {
        _pid = pid;
        Input = new AnonymousPipeClientStream(PipeDirection.Out, new SafePipeHandle(input, ownsHandle: true));
        Output = new AnonymousPipeClientStream(PipeDirection.In, new SafePipeHandle(output, ownsHandle: true));
        Errors = new AnonymousPipeClientStream(PipeDirection.In, new SafePipeHandle(errors, ownsHandle: true));
        new Thread(Await, maxStackSize: 128 * 1024) { IsBackground = true, Name = "end of a program" }.Start();
    }

    /// <summary>What it reads.</summary>
    public Stream Input { get; }

    /// <summary>What it says.</summary>
    public Stream Output { get; }

    /// <summary>What it complains of.</summary>
    public Stream Errors { get; }

    /// <summary>Its exit status, once it has ended.</summary>
    public Task<int> End => _end.Task;

    /// <summary>Starts one.</summary>
    /// <param name="program">Its name, sought on PATH, or its path.</param>
    /// <param name="arguments">Each reaches it as one argument, whatever is in it.</param>
    /// <param name="problem">Why it was not started.</param>
    /// <returns>Null: <paramref name="problem"/> says why.</returns>
    public static OpenProgram? Start(string program, IReadOnlyList<string> arguments, out string problem)
    {
        if (Command.Find(program) is not string path)
        {
            problem = Command.NotFound;
            return null;
        }

        if (
            !Posix.Pipe(out int theirInput, out int ourInput, out int error)
            || !Posix.Pipe(out int ourOutput, out int theirOutput, out error)
            || !Posix.Pipe(out int ourErrors, out int theirErrors, out error)
        )
        {
            problem = Errno.Text(error);
            return null;
        }

        var streams = new SpawnStreams(theirInput, theirOutput, theirErrors);
        error = Spawn.Program(path, arguments, Command.Variables(), streams, out int pid);
        _ = close(theirInput);
        _ = close(theirOutput);
        _ = close(theirErrors);
        problem = Errno.Text(error);
        if (error == 0)
            return new OpenProgram(pid, ourInput, ourOutput, ourErrors);
        _ = close(ourInput);
        _ = close(ourOutput);
        _ = close(ourErrors);
        return null;
    }

    /// <summary>Ends it and all of its group.</summary>
    public void Kill()
    {
        lock (_gate)
        {
            // Until it was taken note of its number is nobody else's.
            if (!_isLeft)
                _ = Posix.Kill(-_pid, Posix.SigKill);
        }
    }

    /// <summary>Lets go of it; it goes on, if it has not ended.</summary>
    public void Dispose()
    {
        Input.Dispose();
        Output.Dispose();
        Errors.Dispose();
        lock (_gate)
        {
            if (_isLeft)
                return;
            _isLeft = true;
            if (_end.Task.IsCompleted)
                Posix.Reap(_pid);
        }
    }

    private void Await()
    {
        int status = Posix.WaitForEnd(_pid);
        lock (_gate)
        {
            _end.SetResult(status);
            if (_isLeft)
                Posix.Reap(_pid);
        }
    }
}
