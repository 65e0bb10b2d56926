using System.CommandLine;
using System.Runtime.InteropServices;
using HaAgent.Cli.CommandLine;
using HaAgent.Core.Node;
using HaAgent.Host.Node;

namespace HaAgent.Cli.Verbs;

/// <summary><c>haagent node</c>: what haagent on another node runs here, over ssh. An administrator names it in authorized_keys and types
/// it nowhere.</summary>
internal static class NodeVerb
{
    private const string Questions = "questions";
    private const string Changes = "changes";

    private static readonly Option<string> Permit = new Option<string>("--permit")
    {
        Description = "What it does for whoever speaks to it: answer questions alone, or make changes too",
        HelpName = "WHAT",
        DefaultValueFactory = _ => Changes,
    }.AcceptOnlyFromAmong(Questions, Changes);

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "node",
            "Answers haagent on another node: reads one request from standard input. Not for typing; can be the forced command of a key "
                + "in authorized_keys."
        )
        {
            Permit,
        };
        command.SetAction(parsed => Run(parsed.GetValue(Permit) == Questions ? NodePermit.Questions : NodePermit.Changes));
        return command;
    }

    private static int Run(NodePermit permit)
    {
        // A change that was begun is finished when the connection dies.
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => signal.Cancel = true);
        if (!Environment.IsPrivilegedProcess)
            return AsRoot(permit);

        // The search path of a login, or of a forced command, need not hold what an administrator's does.
        Environment.SetEnvironmentVariable("PATH", NodeClient.SearchPath);
        using Stream input = Console.OpenStandardInput();
        using Stream output = Console.OpenStandardOutput();
        NodeService.Serve(input, output, typeof(NodeVerb).Assembly.GetName().Version!.ToString(3), permit);
        return (int)ExitCode.Success;
    }

    // sudo asks for nothing: a password could not be given.
    private static int AsRoot(NodePermit permit)
    {
        string[] words =
        [
            Environment.ProcessPath!,
            "node",
            .. permit == NodePermit.Questions ? [Permit.Name, Questions] : Array.Empty<string>(),
        ];
        int? status = Host.Command.HandOver("sudo", ["-n", .. words], out string problem);
        if (status is null)
            Console.Error.WriteLine(
                $"haagent node must run as root, and sudo cannot be started: {problem}. Log in as root, or install sudo and allow "
                    + "'haagent node' by it."
            );
        else if (status != 0)
            Console.Error.WriteLine(
                $"haagent node must run as root, and 'sudo -n {string.Join(' ', words)}' failed. Allow it in sudoers without a "
                    + "password, or log in as root."
            );
        return status ?? (int)ExitCode.Refused;
    }
}
