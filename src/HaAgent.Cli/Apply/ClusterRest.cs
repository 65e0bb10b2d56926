using System.Globalization;
using HaAgent.Cli.Nodes;
using HaAgent.Cli.CommandLine;

namespace HaAgent.Cli.Apply;

/// <summary>Waits until the cluster has nothing more to do (crm_resource --wait).</summary>
internal static class ClusterRest
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    /// <summary>Waits.</summary>
    /// <param name="stopping">Set when the admin interrupts.</param>
    /// <param name="limit">The longest time: what waits for an admin never comes to rest.</param>
    /// <returns>Whether it came to rest.</returns>
    /// <exception cref="Stop">The admin interrupted: what is only waited for is not waited for any longer.</exception>
    public static async Task<bool> AwaitAsync(TimeSpan limit, CancellationToken stopping)
    {
        string seconds = limit.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        try
        {
            return (await LocalProgram.RunAsync(limit + Margin, "crm_resource", ["--wait", "--timeout", seconds]).WaitAsync(stopping)).Succeeded;
        }
        catch (OperationCanceledException)
        {
            throw new Stop(ExitCode.Interrupted, "Interrupted while the cluster was not yet at rest; it goes on with what it does.");
        }
    }
}
