using System.Diagnostics;
using System.Globalization;
using HaAgent.Cli.CommandLine;
using HaAgent.Host;
using HaAgent.Host.Node;
using Microsoft.Win32.SafeHandles;

namespace HaAgent.Cli.Verifying;

/// <summary>
/// The location constraint of <c>crm resource move</c>, on a leash: a process of its own makes it, and takes it away when the pipe to it
/// closes. That is when we let go, or when we die in whatever way (<see cref="PreferenceKeeper"/>).
/// </summary>
internal sealed class PreferenceLeash : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly Process keeper;
    private readonly string vm;
    private readonly TimeSpan settle;

    private PreferenceLeash(Process keeper, string vm, TimeSpan settle) => (this.keeper, this.vm, this.settle) = (keeper, vm, settle);

    /// <summary>Waits for the keeper of an earlier verify on this node, which was killed or interrupted: it still lets the cluster finish.</summary>
    /// <param name="vm">The resource.</param>
    /// <param name="limit">The longest time.</param>
    /// <returns>Whether there is none, or none any more.</returns>
    public static async Task<bool> AwaitEarlierAsync(string vm, TimeSpan limit)
    {
        try
        {
            using SafeFileHandle free = await Task.Run(() => NodeChanges.Hold(PreferenceKeeper.LockFile(vm), Deadline.In(limit)));
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Makes the constraint.</summary>
    /// <param name="vm">The resource.</param>
    /// <param name="node">Where it is to go.</param>
    /// <param name="settle">The longest time that the cluster is given to finish before the constraint goes.</param>
    /// <exception cref="Stop">The cluster did not take it.</exception>
    public static async Task<PreferenceLeash> TakeAsync(string vm, string node, TimeSpan settle)
    {
        // In a session of its own: Ctrl-C on our terminal is not for it.
        string[] words = ["--wait", Environment.ProcessPath!, PreferenceKeeper.Verb, vm, node, settle.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)];
        var keeper = new Process { StartInfo = new ProcessStartInfo(Host.Command.Find("setsid"), words) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true } };
        keeper.Start();
        var leash = new PreferenceLeash(keeper, vm, settle);
        string? said = null;
        try
        {
            said = await keeper.StandardOutput.ReadLineAsync().WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            said = $"no answer within {Limit.TotalSeconds:0} s";
        }

        if (said == PreferenceKeeper.Made)
            return leash;
        await leash.DisposeAsync();
        throw new Stop(ExitCode.Incomplete, $"{vm} was not moved to {node}: the constraint for it could not be made ({said?.Trim()}). Look at crm_mon -1, then run this again.");
    }

    /// <summary>Takes the constraint away.</summary>
    /// <exception cref="Stop">It is still there.</exception>
    public async ValueTask DisposeAsync()
    {
        keeper.StandardInput.Close();
        try
        {
            await keeper.WaitForExitAsync().WaitAsync(settle + Limit);
        }
        catch (TimeoutException)
        {
            throw Left();
        }

        bool gone = keeper.ExitCode == 0;
        keeper.Dispose();
        if (!gone)
            throw Left();
    }

    private Stop Left() => new(ExitCode.Incomplete, $"The constraint cli-prefer-{vm} could not be taken away. Take it away by hand: crm resource clear {vm}");
}
