using System.Runtime.InteropServices;
using HaAgent.Host;

namespace HaAgent.Cli.CommandLine;

/// <summary>
/// Ctrl-C, and SIGTERM. The first is a request: what is only waited for ends, a change under way is finished, since it may be formatting a
/// device, and the next is not begun. The second ends haagent at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly PosixSignalRegistration[] signals;
    private int heard;

    public Interruption() =>
        signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Hear), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Hear)];

    /// <summary>Set by the first.</summary>
    public CancellationToken Stopping => stopping.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in signals)
            signal.Dispose();
        stopping.Dispose();
    }

    private void Hear(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (Interlocked.Increment(ref heard) == 1)
        {
            // What is told of it is told where it is heard; here is no place to wait.
            _ = Task.Run(stopping.Cancel);
            return;
        }

        StandardStreams.ErrorWithoutWaiting(
            "Interrupted twice: haagent ends at once. A change under way may go on by itself; run the same command again, which finds "
                + "out.\n"
        );
        Environment.Exit((int)ExitCode.Interrupted);
    }
}
