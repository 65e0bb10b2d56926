using System.Text;
using System.Text.Json;
using HaAgent.Core.Node;

namespace HaAgent.Host.Node;

/// <summary>The other end of ssh: <c>haagent node</c>. Reads one request, answers it in lines, and is finished even when nobody listens any
/// more.</summary>
internal static class NodeService
{
    // The rest is for the answers' way: what could not be learned in time is to be said in time.
    private const double ShareForQuestions = 0.85;

    /// <summary>Serves one request.</summary>
    /// <param name="input">Standard input, read to its end.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="release">The version of this haagent.</param>
    /// <param name="permit">What whoever asks may ask for.</param>
    /// <param name="lockFile">Held while a change is made.</param>
    public static void Serve(
        Stream input,
        Stream output,
        string release,
        NodePermit permit = NodePermit.Changes,
        string lockFile = NodeChanges.LockFile
    )
    {
        var answer = new Answer(output);
        answer.Write(new ReadyReply());
        Action? afterwards = null;
        if (ReadAll(input) is not byte[] bytes)
        {
            answer.Write(new RefusedReply($"the request is longer than {NodeProtocol.MostBytes} bytes"));
            return;
        }

        try
        {
            // Half a JSON object is none: a request that was cut off on its way is not understood, and nothing of it is done.
            NodeEnvelope envelope = JsonSerializer.Deserialize(bytes, NodeJson.Default.NodeEnvelope) ?? throw new JsonException("null");
            answer.Nonce = envelope.Nonce;
            if (envelope.Protocol != NodeProtocol.Number)
                answer.Write(
                    new RefusedReply(
                        $"haagent {release} speaks protocol {NodeProtocol.Number} here, and was asked in protocol {envelope.Protocol}"
                    )
                );
            else
                afterwards = Serve(
                    JsonSerializer.Deserialize(bytes, NodeJson.Default.NodeRequest) ?? throw new JsonException("null"),
                    answer,
                    release,
                    permit,
                    lockFile
                );
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException)
        {
            answer.Write(new RefusedReply("the request is not whole, or not one that this haagent understands"));
        }

        answer.Write(new EndReply());
        afterwards?.Invoke();
    }

    /// <summary>Answers a request.</summary>
    /// <returns>What is to be done once the answer is on its way; null: nothing.</returns>
    private static Action? Serve(NodeRequest request, Answer answer, string release, NodePermit permit, string lockFile)
    {
        if (request.Change is NodeChange change)
        {
            if (request.Questions.Count > 0)
                throw new JsonException("questions and a change at once");
            if (permit < NodePermit.Changes)
            {
                answer.Write(
                    new RefusedReply(
                        "its haagent answers questions and makes no changes for this login (haagent node --permit questions): use a login "
                            + "that may change it"
                    )
                    {
                        Needs = NodePermit.Changes,
                    }
                );
                return null;
            }

            NodeReply reply = NodeChanges.Make(change, Deadline.In(Limit(request)), lockFile);
            answer.Write(reply);
            return reply is DoneReply ? ClusterChanges.Afterwards(change) : null;
        }

        if (request.Questions.Count > NodeRequest.MostQuestions)
        {
            answer.Write(
                new RefusedReply(
                    $"its haagent answers {NodeRequest.MostQuestions} questions at once, and was asked {request.Questions.Count}"
                )
            );
            return null;
        }

        // Each on a thread of its own: one that hangs costs no other its answer.
        var left = new CountdownEvent(request.Questions.Count + 1);
        for (int i = 0; i < request.Questions.Count; i++)
        {
            int place = i;
            new Thread(() =>
            {
                answer.Write(Ask(place, request.Questions[place], Deadline.In(Limit(request) * ShareForQuestions), release, permit));
                left.Signal();
            })
            {
                IsBackground = true,
                Name = $"question {place}",
            }.Start();
        }

        left.Signal();
        left.Wait(Limit(request));
        return null;
    }

    private static NodeReply Ask(int place, NodeQuestion question, Deadline deadline, string release, NodePermit permit)
    {
        try
        {
            return new AnswerReply(
                place,
                question switch
                {
                    ReleaseQuestion => new ReleaseAnswer(release),
                    _ => NodeQuestions.Answer(question, deadline, permit),
                }
            );
        }
#pragma warning disable CA1031 // Whatever it is, it is why this one question has no answer.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new NotLearnedReply(place, e.Message);
        }
    }

    private static TimeSpan Limit(NodeRequest request) =>
        TimeSpan.FromSeconds(double.IsFinite(request.Seconds) ? Math.Clamp(request.Seconds, 1, 3600) : 60);

    private static byte[]? ReadAll(Stream input)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = input.Read(buffer)) > 0)
        {
            if (bytes.Length + count > NodeProtocol.MostBytes)
                return null;
            bytes.Write(buffer, 0, count);
        }

        return bytes.ToArray();
    }

    /// <summary>The lines of one answer. Once nobody reads them they go nowhere, and the work goes on.</summary>
    private sealed class Answer(Stream output)
    {
        private readonly object _gate = new();

        public string Nonce { get; set; } = "-";

        public void Write(NodeReply reply)
        {
            byte[] line = Encoding.UTF8.GetBytes(
                $"{NodeProtocol.Mark} {NodeProtocol.Number} {Nonce} {JsonSerializer.Serialize(reply, NodeJson.Default.NodeReply)}\n"
            );
            lock (_gate)
            {
                try
                {
                    output.Write(line);
                    output.Flush();
                }
                catch (IOException)
                {
                    // The connection is gone. A change that was begun is finished all the same.
                }
            }
        }
    }
}

/// <summary>Which question is answered by whom.</summary>
internal static class NodeQuestions
{
    /// <summary>Answers one question; an exception is why it was not learned.</summary>
    public static NodeAnswer Answer(NodeQuestion question, Deadline deadline, NodePermit permit) =>
        question switch
        {
            HostQuestion => HostQuestions.Answer(deadline),
            KernelFilesystemsQuestion q => HostQuestions.Answer(q, deadline),
            MountsQuestion => FileQuestions.Mounts(),
            FilesQuestion q => FileQuestions.Answer(q, deadline, permit),
            DirectoriesQuestion q => FileQuestions.Answer(q, deadline),
            PathsQuestion q => FileQuestions.Answer(q, deadline),
            DevicesQuestion q => DeviceQuestions.Answer(q, deadline, permit),
            SbdQuestion => FencingQuestions.Answer(),
            DlmQuestion => DlmQuestions.Answer(deadline),
            DaemonsQuestion => DaemonQuestions.Daemons(),
            UnitsQuestion => DaemonQuestions.Units(deadline),
            RunningGuestsQuestion => DaemonQuestions.RunningGuests(deadline),
            DomainsQuestion q => DomainQuestions.Answer(q, deadline),
            CpusQuestion q => DomainQuestions.Answer(q, deadline, permit),
            LinksQuestion => NetworkQuestions.Links(deadline),
            RingQuestion => NetworkQuestions.Ring(deadline),
            PeersQuestion q => NetworkQuestions.Answer(q, deadline, permit),
            ListenersQuestion => NetworkQuestions.Listeners(RegularFile.Text("/proc/net/tcp"), ReadIf("/proc/net/tcp6")),
            NeighboursQuestion => NetworkQuestions.Neighbours(deadline),
            LeasesQuestion => WatchQuestions.Leases(),
            LogLinesQuestion => WatchQuestions.LogLines(deadline),
            _ => throw new NotSupportedException($"this haagent does not know the question {question.GetType().Name}"),
        };

    // A kernel without IPv6 has no such file.
    private static string ReadIf(string path) => File.Exists(path) ? RegularFile.Text(path) : "";

    /// <summary>All that a program says.</summary>
    /// <exception cref="IOException">It is not installed, did not end in time or well, or said more than is read: nothing follows from
    /// it.</exception>
    public static string Output(Deadline deadline, string program, params IReadOnlyList<string> arguments)
    {
        CommandResult result = Command.Run(deadline, program, arguments);
        return result.Succeeded ? result.Output : throw new IOException($"{program} failed: {result.Reason}");
    }

    /// <summary>The lines of a text that are not empty, without white space around them.</summary>
    public static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
