using System.Diagnostics;
using HaAgent.Cluster.Verify;

namespace HaAgent.Cli.Verifying;

/// <summary>
/// Keeps connected to the guest and notes the longest time without a sign of life. An SSH server hangs up after its LoginGraceTime, so
/// there the connection is replaced in time: the next one is made while it is open, and takes over once both have been heard of.
/// </summary>
internal sealed class ConnectionWatch : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(100);

    // sshd's own LoginGraceTime is 120 s; hardened ones have 60 or 30.
    private static readonly TimeSpan ReplaceAfter = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly GuestEndpoint endpoint;
    private readonly CancellationTokenSource ending = new();
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Task watching;
    private GuestConnection connection;
    private Task<GuestConnection>? next;
    private TimeSpan? ready;
    private TimeSpan replaceAt = ReplaceAfter;
    private TimeSpan heard;
    private TimeSpan longest;
    private int replaced;

    private ConnectionWatch(GuestEndpoint endpoint, GuestConnection connection)
    {
        this.endpoint = endpoint;
        this.connection = connection;
        Ends = connection.Ends;
        How = connection.How;
        watching = Task.Run(WatchAsync);
    }

    /// <summary>Both ends of the first connection.</summary>
    public string Ends { get; }

    /// <summary>How signs of life are asked for.</summary>
    public string How { get; }

    /// <summary>Connects and begins to watch.</summary>
    /// <exception cref="IOException">It cannot connect; the message says why.</exception>
    public static async Task<ConnectionWatch> BeginAsync(GuestEndpoint endpoint) =>
        new(endpoint, await GuestConnection.OpenAsync(endpoint));

    /// <summary>Ends the watch and says what was seen.</summary>
    public async Task<ConnectionReport> EndAsync()
    {
        // Long enough that an interruption at the very end shows.
        await Task.WhenAny(watching, Task.Delay(connection.Resolution * 2));
        await ending.CancelAsync();
        await watching;
        return new ConnectionReport(Ends, longest, connection.Resolution, connection.Broken) { Replaced = replaced };
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await watching;
        connection.Dispose();
        if (next is not null)
            _ = DropAsync(next);
        ending.Dispose();
    }

    private async Task WatchAsync()
    {
        TimeSpan said = -ReportInterval;
        while (!ending.IsCancellationRequested && connection.Broken is null)
        {
            if (clock.Elapsed - said >= ReportInterval)
            {
                said = clock.Elapsed;
                connection.Say();
            }

            TimeSpan last = clock.Elapsed - connection.SinceHeard();
            if (last > heard)
            {
                Note(last - heard);
                heard = last;
            }

            Replace();
            await Task.Delay(Tick);
        }

        Note(clock.Elapsed - heard);
    }

    private void Replace()
    {
        if (next is null && connection.HangsUp && clock.Elapsed > replaceAt)
            next = GuestConnection.OpenAsync(endpoint);
        if (next is not { IsCompleted: true })
            return;
        if (next.IsCompletedSuccessfully)
        {
            // The one that is to go must be heard of once more: it was open over whatever kept the next one waiting.
            ready ??= clock.Elapsed;
            if (heard <= ready)
                return;
            connection.Dispose();
            connection = next.Result;
            replaced++;
        }

        // A guest that stands still takes no connection: it is asked again.
        replaceAt = clock.Elapsed + (next.IsCompletedSuccessfully ? ReplaceAfter : RetryAfter);
        next = null;
        ready = null;
    }

    private static async Task DropAsync(Task<GuestConnection> late)
    {
        try
        {
            (await late).Dispose();
        }
        catch (IOException)
        {
            // It was never made.
        }
    }

    private void Note(TimeSpan gap) => longest = gap > longest ? gap : longest;
}
