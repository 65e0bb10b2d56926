using System.Diagnostics;
using HaAgent.Cluster.Facts;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Probe;

namespace HaAgent.Cli.Apply;

/// <summary>Watches the cluster's status until it is as wanted. Bounded; each change is told, with the time since this watch began.</summary>
internal sealed class StatusWait(Session session)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);
    private readonly Stopwatch since = Stopwatch.StartNew();
    private string told = "";

    /// <summary>The last status seen.</summary>
    public ClusterStatus Last { get; private set; } = new();

    /// <summary>Waits.</summary>
    /// <param name="wanted">Whether the status is as wanted.</param>
    /// <param name="tell">The status in a few words; a line is printed when the words change.</param>
    /// <param name="limit">The longest time.</param>
    /// <returns>How long it took; null when the time was over first.</returns>
    /// <exception cref="Stop">Interrupted.</exception>
    public Task<TimeSpan?> UntilAsync(Func<ClusterStatus, bool> wanted, Func<ClusterStatus, string> tell, TimeSpan limit) =>
        UntilAsync(status => Task.FromResult(wanted(status)), tell, limit);

    /// <summary>Waits, with a question to the cluster that goes beyond its status.</summary>
    public async Task<TimeSpan?> UntilAsync(Func<ClusterStatus, Task<bool>> wanted, Func<ClusterStatus, string> tell, TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                Last = await ClusterProbe.ReadStatusAsync();
                Tell(tell(Last));
                if (await wanted(Last))
                    return clock.Elapsed;
            }
            catch (Stop stop) when (stop.Code == ExitCode.Unreachable && clock.Elapsed < limit)
            {
                // While a node leaves, the cluster may be silent for a moment.
                Tell("the cluster does not answer");
            }

            if (session.Stopping.IsCancellationRequested)
                throw new Stop(ExitCode.Interrupted, "Interrupted.");
            if (clock.Elapsed >= limit)
                return null;
            await Task.Delay(Pause);
        }
    }

    private void Tell(string words)
    {
        if (words == told || words.Length == 0)
            return;
        told = words;
        session.Screen.Line(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"  {since.Elapsed.TotalSeconds,6:0.0} s  {words}"));
    }
}
