using System.CommandLine;
using System.CommandLine.Parsing;
using System.Xml;
using HaAgent.Cli.CommandLine;
using HaAgent.Core.Text;
using HaAgent.Host.Child;
using HaAgent.Host.Node;

ChildWork.ServeIfChild(args, NodeVolume.Serve);

// The one place that turns everything into an exit status.
try
{
    ParseResult parsed = VerbTable.Root().Parse(args);
    if (parsed.Errors.Count > 0)
    {
        foreach (ParseError error in parsed.Errors)
            Console.Error.WriteLine(Printable.Line(error.Message));
        Console.Error.WriteLine("'haagent --help' lists the verbs, 'haagent VERB --help' the options of one.");
        return (int)ExitCode.Usage;
    }

    Environment.SetEnvironmentVariable("PATH", NodeClient.SearchPath);
    var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
    using var interruption = new Interruption();
    return await parsed.InvokeAsync(configuration, interruption.Stopping);
}
catch (XmlException e)
{
    Console.Error.WriteLine(
        $"What a program of the cluster answered cannot be read: {Printable.Line(e.Message)}. Look at what 'cibadmin --query' and 'crm_mon "
            + "--output-as=xml -1' print."
    );
    return (int)ExitCode.Unreachable;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(
        $"haagent stopped, because a file of this node could not be read or written: {Printable.Line(e.Message)} Make room or mend it, "
            + "then run the same command again: it resumes where it stopped."
    );
    return (int)ExitCode.Machine;
}
#pragma warning disable CA1031 // The one catch-all: no path leaves without a defined status.
catch (Exception e)
#pragma warning restore CA1031
{
    Console.Error.WriteLine($"haagent made a mistake and stopped: {e.GetType().Name}: {Printable.Line(e.Message)}");
    Console.Error.WriteLine(e.StackTrace);
    return (int)ExitCode.Internal;
}
