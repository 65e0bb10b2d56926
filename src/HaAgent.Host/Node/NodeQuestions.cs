using HaAgent.Core.Node;

namespace HaAgent.Host.Node;

/// <summary>Which question is answered by whom.</summary>
internal static class NodeQuestions
{
    /// <summary>Answers one question; an exception is why it was not learned.</summary>
    public static NodeAnswer Answer(NodeQuestion question, Deadline deadline) => question switch
    {
        HostQuestion => HostQuestions.Answer(deadline),
        KernelFilesystemsQuestion q => HostQuestions.Answer(q, deadline),
        MountsQuestion => FileQuestions.Mounts(),
        FilesQuestion q => FileQuestions.Answer(q, deadline),
        DirectoriesQuestion q => FileQuestions.Answer(q, deadline),
        PathsQuestion q => FileQuestions.Answer(q, deadline),
        DevicesQuestion q => DeviceQuestions.Answer(q, deadline),
        SbdQuestion => FencingQuestions.Answer(),
        DaemonsQuestion => DaemonQuestions.Daemons(),
        UnitsQuestion => DaemonQuestions.Units(deadline),
        RunningGuestsQuestion => DaemonQuestions.RunningGuests(),
        DomainsQuestion q => DomainQuestions.Answer(q, deadline),
        CpusQuestion q => DomainQuestions.Answer(q, deadline),
        LinksQuestion => NetworkQuestions.Links(deadline),
        RingQuestion => NetworkQuestions.Ring(deadline),
        PeersQuestion q => NetworkQuestions.Answer(q, deadline),
        NeighboursQuestion => NetworkQuestions.Neighbours(deadline),
        LeasesQuestion => WatchQuestions.Leases(),
        LogLinesQuestion q => WatchQuestions.Answer(q, deadline),
        _ => throw new NotSupportedException($"this haagent does not know the question {question.GetType().Name}"),
    };

    /// <summary>All that a program says.</summary>
    /// <exception cref="IOException">It is not installed, did not end in time or well, or said more than is read: nothing follows from it.</exception>
    public static string Output(Deadline deadline, string program, params IReadOnlyList<string> arguments)
    {
        CommandResult result = Command.Run(deadline, program, arguments);
        return result.Succeeded ? result.Output : throw new IOException($"{program} failed: {result.Reason}");
    }

    /// <summary>The lines of a text that are not empty, without white space around them.</summary>
    public static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
