using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using HaAgent.Cli.CommandLine;
using HaAgent.Host;
using HaAgent.Host.Node;
using Microsoft.Win32.SafeHandles;

namespace HaAgent.Cli.Verifying;

/// <summary>
/// The process that makes the location constraint of <c>crm resource move</c> and takes it away when its standard input ends, which it does however
/// the process that started it ends. It first lets the cluster finish: without the constraint a migration under way is taken back, and the guest is
/// started at the source while the target holds its lock.
/// </summary>
internal static class PreferenceKeeper
{
    /// <summary>The verb by which <see cref="PreferenceLeash"/> starts it. Nobody types it.</summary>
    public const string Verb = "keep-preference";

    /// <summary>What it says once the constraint is made; otherwise why it is not.</summary>
    public const string Made = "made";

    /// <summary>crm_exit_t: CRM_EX_NOSUCH, there is no such element.</summary>
    private const int NoSuch = 105;

    private const int Tries = 60;

    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly Argument<string> Vm = new("VM");
    private static readonly Argument<string> Node = new("NODE");
    private static readonly Argument<int> Settle = new("SECONDS");

    /// <summary>The command.</summary>
    public static System.CommandLine.Command Create()
    {
        var command = new System.CommandLine.Command(Verb, "Holds a guest's preference for a node while standard input is open") { Vm, Node, Settle };
        command.Hidden = true;
        command.SetAction(parsed => (int)Keep(parsed.GetValue(Vm)!, parsed.GetValue(Node)!, TimeSpan.FromSeconds(parsed.GetValue(Settle))));
        return command;
    }

    /// <summary>Locked as long as a keeper for this guest lives on this node.</summary>
    public static string LockFile(string vm) => $"/run/haagent-moves-{vm}";

    private static ExitCode Keep(string vm, string node, TimeSpan settle)
    {
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = true);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => signal.Cancel = true);
        using SafeFileHandle? held = Hold(vm);
        if (held is null)
        {
            StandardStreams.Out($"another haagent verify {vm} is under way on this node\n");
            WaitForEndOfInput();
            return ExitCode.Success;
        }

        // crm_resource names it cli-prefer-RESOURCE, and only that one is taken away again.
        CommandResult made = Call("crm_resource", "--resource", vm, "--move", "--node", node);
        StandardStreams.Out((made.Succeeded ? Made : made.Words.ReplaceLineEndings(" ")) + "\n");
        WaitForEndOfInput();
        _ = Host.Command.Run(Deadline.In(settle + CallLimit), "crm_resource", ["--wait", "--timeout", settle.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)]);
        return Remove($"cli-prefer-{vm}") ? ExitCode.Success : ExitCode.Incomplete;
    }

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

    private static CommandResult Call(string program, params string[] arguments) => Host.Command.Run(Deadline.In(CallLimit), program, arguments);

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
        while (input.Read(nothing) > 0)
        {
        }
    }
}
