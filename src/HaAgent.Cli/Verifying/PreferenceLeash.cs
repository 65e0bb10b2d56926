using System.Diagnostics;
using System.Globalization;
using HaAgent.Cluster.Planning;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Nodes;

namespace HaAgent.Cli.Verifying;

/// <summary>
/// The location constraint of <c>crm resource move</c>, on a leash: a process of its own makes it, and takes it away when the pipe to it
/// closes. That is when we let go, or when we die in whatever way. It first lets the cluster finish: without the constraint a migration
/// under way is taken back, and the guest is started at the source while the target holds its lock.
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
    public static async Task<bool> AwaitEarlierAsync(string vm, TimeSpan limit) =>
        (await NodeShell.RunHereAsync(string.Create(CultureInfo.InvariantCulture, $"flock --timeout {limit.TotalSeconds:0} {Held(vm)} true"), limit + Limit)).Succeeded;

    /// <summary>Makes the constraint.</summary>
    /// <param name="vm">The resource.</param>
    /// <param name="node">Where it is to go.</param>
    /// <param name="settle">The longest time that the cluster is given to finish before the constraint goes.</param>
    /// <exception cref="Stop">The cluster did not take it.</exception>
    public static async Task<PreferenceLeash> TakeAsync(string vm, string node, TimeSpan settle)
    {
        // crm_resource names it cli-prefer-RESOURCE, and only that one is taken away again.
        string script = $$"""
            export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
            trap '' INT TERM HUP PIPE
            exec 9> {{Held(vm)}}
            flock --nonblock 9 || { echo "another haagent verify {{vm}} is under way on this node"; while read -r _; do :; done; exit 0; }
            if why=$(crm_resource --resource {{ShellWord.Quote(vm)}} --move --node {{ShellWord.Quote(node)}} 2>&1); then echo made; else echo "$why" | tr '\n' ' '; echo; fi
            while read -r _; do :; done
            crm_resource --wait --timeout {{settle.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)}} > /dev/null 2>&1
            for try in $(seq 60); do
              cibadmin --query --xpath "//rsc_location[@id='cli-prefer-{{vm}}']" > /dev/null 2>&1
              [ $? = 105 ] && exit 0
              cibadmin --delete --xml-text "<rsc_location id='cli-prefer-{{vm}}'/>" > /dev/null 2>&1
              sleep 0.5
            done
            exit 1
            """;
        var keeper = new Process { StartInfo = new ProcessStartInfo("setsid", ["--wait", "sh", "-c", script]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true } };
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

        if (said == "made")
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

    // Locked by the keeper as long as it lives.
    private static string Held(string vm) => ShellWord.Quote($"/run/haagent-moves-{vm}");

    private Stop Left() => new(ExitCode.Incomplete, $"The constraint cli-prefer-{vm} could not be taken away. Take it away by hand: crm resource clear {vm}");
}
