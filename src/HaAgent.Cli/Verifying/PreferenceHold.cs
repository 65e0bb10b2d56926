using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using HaAgent.Cli.Apply;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Probe;
using HaAgent.Cluster.Configuration;
using HaAgent.Core.Text;
using HaAgent.Host;
using HaAgent.Host.Node;
using Microsoft.Win32.SafeHandles;

namespace HaAgent.Cli.Verifying;

/// <summary>
/// The location constraint of <c>crm resource move</c>, on a leash: a process of its own makes it, and takes it away when the pipe to it
/// closes. That is when we let go, or when we die in whatever way (<see cref="PreferenceKeeper"/>).
/// </summary>
internal sealed class PreferenceHold : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly OpenProgram keeper;
    private readonly string vm;
    private readonly TimeSpan settle;

    private PreferenceHold(OpenProgram keeper, string vm, TimeSpan settle) => (this.keeper, this.vm, this.settle) = (keeper, vm, settle);

    /// <summary>Waits for the keeper of an earlier verify on this node, which was killed or interrupted: it still lets the cluster
    /// finish.</summary>
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
    public static async Task<PreferenceHold> TakeAsync(string vm, string node, TimeSpan settle)
    {
        // In a session of its own: Ctrl-C on our terminal is not for it.
        string[] words = [PreferenceKeeper.Verb, vm, node, settle.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)];
        if (OpenProgram.Start(Environment.ProcessPath!, words, out string problem) is not { } keeper)
            throw new Stop(
                ExitCode.Machine,
                $"{vm} was not moved to {node}: {Environment.ProcessPath} cannot be started again ({problem})."
            );
        var leash = new PreferenceHold(keeper, vm, settle);
        string? said = null;
        try
        {
            said = await new StreamReader(keeper.Output).ReadLineAsync().WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            said = $"no answer within {Limit.TotalSeconds:0} s";
        }

        if (said == PreferenceKeeper.Made)
            return leash;
        await leash.DisposeAsync();
        throw new Stop(
            ExitCode.Incomplete,
            $"{vm} was not moved to {node}: the constraint for it could not be made ({said?.Trim()}). Look at crm_mon -1, then run this "
                + "again."
        );
    }

    /// <summary>Takes the constraint away.</summary>
    /// <exception cref="Stop">It is still there.</exception>
    public async ValueTask DisposeAsync()
    {
        await keeper.Input.DisposeAsync();
        bool gone;
        try
        {
            gone = await keeper.End.WaitAsync(settle + Limit) == 0;
        }
        catch (TimeoutException)
        {
            throw Left();
        }

        keeper.Dispose();
        if (!gone)
            throw Left();
    }

    private Stop Left() =>
        new(
            ExitCode.Incomplete,
            $"The constraint cli-prefer-{vm} could not be taken away. Take it away by hand: {Advice.Of($"crm resource clear {vm}")}"
        );
}

/// <summary>
/// The process that makes the location constraint of <c>crm resource move</c> and takes it away when its standard input ends, which it does
/// however the process that started it ends. It first lets the cluster finish: without the constraint a migration under way is taken back,
/// and the guest is started at the source while the target holds its lock.
/// </summary>
internal static class PreferenceKeeper
{
    /// <summary>The verb by which <see cref="PreferenceHold"/> starts it. Nobody types it.</summary>
    public const string Verb = "keep-preference";

    /// <summary>What it says once the constraint is made; otherwise why it is not.</summary>
    public const string Made = "made";

    /// <summary>crm_exit_t: CRM_EX_NOSUCH, there is no such element.</summary>
    private const int NoSuch = 105;

    private const int Tries = 60;
    private const int MostRounds = 5;

    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly Argument<string> Vm = new("VM");
    private static readonly Argument<string> Node = new("NODE");
    private static readonly Argument<int> Settle = new("SECONDS");

    /// <summary>The command.</summary>
    public static System.CommandLine.Command Create()
    {
        var command = new System.CommandLine.Command(Verb, "Holds a guest's preference for a node while standard input is open")
        {
            Vm,
            Node,
            Settle,
        };
        command.Hidden = true;
        command.SetAction(async parsed =>
            (int)await KeepAsync(parsed.GetValue(Vm)!, parsed.GetValue(Node)!, TimeSpan.FromSeconds(parsed.GetValue(Settle)))
        );
        return command;
    }

    /// <summary>Locked as long as a keeper for this guest lives on this node.</summary>
    public static string LockFile(string vm) => $"/run/haagent-moves-{vm}";

    private static async Task<ExitCode> KeepAsync(string vm, string node, TimeSpan settle)
    {
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = true);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => signal.Cancel = true);
        using SafeFileHandle? held = Hold(vm);
        if (held is null)
        {
            StandardStreams.Out($"another verify of {vm} is under way on this node\n");
            WaitForEndOfInput();
            return ExitCode.Success;
        }

        if (await ObjectionAsync(vm) is { } objection)
        {
            StandardStreams.Out(objection + "\n");
            WaitForEndOfInput();
            return ExitCode.Success;
        }

        bool gone = false;
        try
        {
            StandardStreams.Out((await MakeAsync(vm, node) ?? Made) + "\n");
            WaitForEndOfInput();
            _ = Host.Command.Run(
                Deadline.In(settle + CallLimit),
                "crm_resource",
                ["--wait", "--timeout", settle.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)]
            );
        }
        finally
        {
            // However that ended, and whatever was said of the change: it may have been made.
            gone = Remove(Constraint(vm));
        }

        return gone ? ExitCode.Success : ExitCode.Incomplete;
    }

    // As crm_resource names it, so that 'crm resource clear' takes it away, too.
    private static string Constraint(string vm) => $"cli-prefer-{vm}";

    // One that is there already is an admin's, and stays.
    private static async Task<string?> ObjectionAsync(string vm)
    {
        try
        {
            return (await ClusterProbe.ReadCibAsync()).HasId(Constraint(vm)) ? $"the configuration has a {Constraint(vm)} already" : null;
        }
        catch (Stop stop)
        {
            return Printable.Line(stop.Message);
        }
    }

    /// <summary>Makes the constraint.</summary>
    /// <returns>Null: it is made. Else why it is not.</returns>
    private static async Task<string?> MakeAsync(string vm, string node)
    {
        var constraint = PlainConstraint.Location(Constraint(vm), vm, "INFINITY", node);
        try
        {
            for (int i = 0; i < MostRounds; i++)
            {
                Cib cib = await ClusterProbe.ReadCibAsync();
                var copies = new CibCopy(CibCopy.Directory, "verify", () => DateTime.Now);
                if (await copies.ChangeAsync(cib, cib.Edit().Add(constraint).Finish()) is not null)
                    return null;
            }

            return "somebody else changes the configuration all the time";
        }
        catch (Stop stop)
        {
            return Printable.Line(stop.Message);
        }
    }

    // Not judged before: whatever the configuration has become meanwhile, this must not stay.
    private static bool Remove(string constraint)
    {
        for (int i = 0; i < Tries; i++)
        {
            if (Call("cibadmin", "--query", "--xpath", $"//rsc_location[@id='{constraint}']").ExitCode == NoSuch)
                return true;
            _ = Call("cibadmin", "--delete", "--xml-text", $"<rsc_location id='{constraint}'/>");
            Thread.Sleep(Pause);
        }

        return false;
    }

    private static CommandResult Call(string program, params string[] arguments) =>
        Host.Command.Run(Deadline.In(CallLimit), program, arguments);

    private static SafeFileHandle? Hold(string vm)
    {
        try
        {
            return NodeChanges.Hold(LockFile(vm), Deadline.In(TimeSpan.Zero));
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private static void WaitForEndOfInput()
    {
        using Stream input = Console.OpenStandardInput();
        var nothing = new byte[64];
        while (input.Read(nothing) > 0) { }
    }
}
