using System.CommandLine;
using System.CommandLine.Invocation;
using System.Globalization;

namespace HaAgent.Cli.CommandLine;

/// <summary>The help of haagent as a whole says after its verbs what each exit status means; the help of one verb is left as it is.</summary>
/// <param name="usual">What shows the help otherwise.</param>
internal sealed class RootHelp(SynchronousCommandLineAction usual) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => usual.ClearsParseErrors;

    public override int Invoke(ParseResult parseResult)
    {
        int status = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is not RootCommand)
            return status;
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Exit status:");
        foreach ((ExitCode code, string meaning) in ExitCodes.Table)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {(int)code,-4}{meaning}"));
        return status;
    }
}
