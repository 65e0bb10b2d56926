using System.Globalization;
using HaAgent.Cli.Nodes;

namespace HaAgent.Cli.Apply;

/// <summary>Waits until the cluster has nothing more to do (crm_resource --wait).</summary>
internal static class ClusterRest
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    /// <summary>Waits.</summary>
    /// <param name="limit">The longest time: what waits for an admin never comes to rest.</param>
    /// <returns>Whether it came to rest.</returns>
    public static async Task<bool> AwaitAsync(TimeSpan limit) =>
        (await LocalProgram.RunAsync(limit + Margin, "crm_resource", ["--wait", "--timeout", limit.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)])).Succeeded;
}
