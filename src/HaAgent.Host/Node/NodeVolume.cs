using System.Text.Json;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;
using HaAgent.Host.Child;
using HaAgent.Host.Native;

namespace HaAgent.Host.Node;

/// <summary>
/// What <c>haagent node</c> does on volumes and devices that may stand still: in a child process for each, one at a time, that can be left
/// behind. A thread that waits in the kernel would keep the process from ending. What lies where the node itself lies, and what the kernel
/// makes up, is looked at directly: where that stands still, nothing runs.
/// </summary>
internal static class NodeVolume
{
    private const string Kind = "node";

    /// <summary>For whoever may only ask.</summary>
    private const string AskingKind = "node-questions";

    private const int MostLinks = 40;

    private static readonly string[] MadeUp = ["proc", "sysfs", "devtmpfs", "tmpfs", "ramfs", "rootfs"];

    /// <summary>How many volumes or devices are asked at once.</summary>
    public static ParallelOptions AtOnce { get; } = new() { MaxDegreeOfParallelism = 16 };

    private static readonly ChildCall Child = new("/run", "node");

    /// <summary>The longest that a volume is waited for, once it is asked.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>The longest that a node whose one processor answers everything at once may take until it is, and has answered.</summary>
    private static readonly TimeSpan LongestWithStart = TimeSpan.FromSeconds(15);

    /// <summary>The volumes of this node.</summary>
    public static Volume Here { get; } = new(Child);

    /// <summary>Looks at each path, those of one volume together.</summary>
    /// <param name="paths">What is looked at.</param>
    /// <param name="deadline">When the last answer must be there.</param>
    /// <param name="permit">What whoever asks may ask for.</param>
    /// <param name="look">What is learned of one path, looked at directly.</param>
    /// <param name="ask">The question about some of the paths.</param>
    /// <param name="read">What is in its answer.</param>
    public static IReadOnlyDictionary<string, Fact<T>> Each<T>(
        IEnumerable<string> paths,
        Deadline deadline,
        NodePermit permit,
        Func<string, Fact<T>> look,
        Func<IReadOnlyList<string>, NodeQuestion> ask,
        Func<NodeAnswer, IReadOnlyDictionary<string, Fact<T>>?> read
    )
        where T : notnull
    {
        IReadOnlyList<Mount> mounts = HostMounts.All();
        ILookup<Mount?, string> groups = paths.Distinct().ToLookup(path => Foreign(path, mounts));
        var facts = groups[null].ToDictionary(path => path, path => Attempt.Learn(() => look(path)));
        Parallel.ForEach(
            groups.Where(group => group.Key is not null),
            AtOnce,
            group =>
            {
                Fact<IReadOnlyDictionary<string, Fact<T>>> said = Ask(
                        group.Key!,
                        permit,
                        request => request with { Questions = [ask([.. group])] },
                        deadline.OrIn(LongestWithStart),
                        Longest
                    )
                    .Then(reply => Answer(reply, read));
                lock (facts)
                {
                    foreach (string path in group)
                        facts[path] = said.Then(answers => answers.GetValueOrDefault(path) ?? Fact.NotLearned<T>("its child did not say"));
                }
            }
        );
        return facts;
    }

    /// <summary>Looks at a block device, which may not answer.</summary>
    public static Fact<DeviceFact> Device(string path, Deadline deadline, NodePermit permit) =>
        Ask(
                KeyOf(path),
                $"the device {path}",
                path,
                permit,
                request => request with { Questions = [new DevicesQuestion([path])] },
                deadline
            )
            .Then(reply => Answer(reply, answer => (answer as DevicesAnswer)?.Devices))
            .Then(devices => devices.GetValueOrDefault(path) ?? Fact.NotLearned<DeviceFact>("its child did not say"));

    /// <summary>Makes a change on the volume of a path.</summary>
    /// <param name="change">The change.</param>
    /// <param name="path">A path that it touches.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="make">Makes it directly.</param>
    public static NodeReply Make(NodeChange change, string path, Deadline deadline, Func<NodeReply> make) =>
        Foreign(path, HostMounts.All()) is { } mount
            ? Done(Ask(mount, NodePermit.Changes, request => request with { Change = change }, deadline))
            : make();

    /// <summary>Has a child do what is to be done on a device before a change is made.</summary>
    public static void LookBefore(MakeFilesystem change, Deadline deadline)
    {
        if (
            Done(
                Ask(
                    KeyOf(change.Device),
                    $"the device {change.Device}",
                    change.Device,
                    NodePermit.Changes,
                    request => request with { Change = change },
                    deadline
                )
            )
            is RefusedReply refused
        )
            throw new IOException(refused.Why);
    }

    /// <summary>The child's side.</summary>
    public static void Serve(string kind, FileStream socket)
    {
        if (kind is not (Kind or AskingKind))
            return;
        using var bytes = new MemoryStream();
        socket.CopyTo(bytes);
        NodeRequest request = JsonSerializer.Deserialize(bytes.ToArray(), NodeJson.Default.NodeRequest)!;
        ChildWork.Begin(socket);
        Deadline deadline = Deadline.In(TimeSpan.FromSeconds(request.Seconds));
        NodeReply reply;
        try
        {
            reply = request.Change is { } change
                ? MakeHere(change, deadline)
                : new AnswerReply(0, AnswerHere(request.Questions[0], kind == Kind ? NodePermit.Changes : NodePermit.Questions, deadline));
        }
#pragma warning disable CA1031 // Whatever it is, it is why this was not learned or made.
        catch (Exception e)
#pragma warning restore CA1031
        {
            reply = new RefusedReply(e.Message.TrimEnd('.'));
        }

        socket.Write(JsonSerializer.SerializeToUtf8Bytes(reply, NodeJson.Default.NodeReply));
    }

    /// <summary>The mount beyond the node's own that a path leads to; null: there is none. Symbolic links are followed on the node's own
    /// filesystem alone, which answers.</summary>
    internal static Mount? Foreign(string path, IReadOnlyList<Mount> mounts)
    {
        Mount? root = MountTable.Of(mounts, "/");
        string done = "";
        var left = new Stack<string>(Parts(path));
        for (int links = 0; left.TryPop(out string? part); )
        {
            if (part == "..")
            {
                done = done[..Math.Max(0, done.LastIndexOf('/'))];
                continue;
            }

            done += "/" + part;
            if (MountTable.Of(mounts, done) is { } mount && mount.Device != root?.Device && Array.IndexOf(MadeUp, mount.Type) < 0)
                return mount;
            if (Posix.ReadLink(done, out _) is not { } target || links++ >= MostLinks)
                continue;
            done = target.StartsWith('/') ? "" : done[..done.LastIndexOf('/')];
            foreach (string next in Parts(target))
                left.Push(next);
        }

        return null;
    }

    private static IEnumerable<string> Parts(string path) => path.Split('/').Where(part => part is not ("" or ".")).Reverse();

    private static string KeyOf(string device) => "device" + device.Replace('/', '_');

    private static NodeAnswer AnswerHere(NodeQuestion question, NodePermit permit, Deadline deadline) =>
        question switch
        {
            FilesQuestion q => FileQuestions.Here(q, permit),
            DirectoriesQuestion q => FileQuestions.Here(q),
            PathsQuestion q => FileQuestions.Here(q),
            DevicesQuestion q => DeviceQuestions.Here(q, deadline, permit),
            _ => throw new NotSupportedException($"a child does not know the question {question.GetType().Name}"),
        };

    private static NodeReply MakeHere(NodeChange change, Deadline deadline) =>
        change switch
        {
            MakeDirectory c => FileChanges.Make(c),
            MarkDirectory c => FileChanges.Make(c),
            WriteFile c => FileChanges.Write(c, deadline),
            MakeFilesystem c => FilesystemChange.Look(c, deadline),
            _ => throw new NotSupportedException($"a child does not know the change {change.GetType().Name}"),
        };

    private static Fact<NodeReply> Ask(
        Mount mount,
        NodePermit permit,
        Func<NodeRequest, NodeRequest> fill,
        Deadline deadline,
        TimeSpan? longest = null
    ) => Ask(mount.Device, $"the volume {mount.Point} ({mount.Type})", mount.Point, permit, fill, deadline, longest);

    private static Fact<NodeReply> Ask(
        string key,
        string what,
        string about,
        NodePermit permit,
        Func<NodeRequest, NodeRequest> fill,
        Deadline deadline,
        TimeSpan? longest = null
    )
    {
        NodeRequest request = fill(new NodeRequest(NodeProtocol.Number, "child", deadline.Left.TotalSeconds));
        return Child
            .Exchange(
                permit == NodePermit.Questions ? AskingKind : Kind,
                key,
                what,
                $"node: {about}",
                JsonSerializer.SerializeToUtf8Bytes(request, NodeJson.Default.NodeRequest),
                deadline,
                longest
            )
            .Then(bytes =>
                Read(bytes) is { } reply ? Fact.Known(reply) : Fact.NotLearned<NodeReply>($"the child that asked {what} ended early")
            );
    }

    private static NodeReply? Read(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, NodeJson.Default.NodeReply);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Fact<T> Answer<T>(NodeReply reply, Func<NodeAnswer, T?> read)
        where T : class =>
        reply switch
        {
            AnswerReply said when read(said.Says) is { } answer => Fact.Known(answer),
            RefusedReply refused => Fact.NotLearned<T>(refused.Why),
            _ => Fact.NotLearned<T>("its child answered something else"),
        };

    private static NodeReply Done(Fact<NodeReply> reply) =>
        reply.Match(
            said => said,
            () => new RefusedReply("its child said nothing"),
            why => new RefusedReply($"{why}; whether it was made is not known")
        );
}
