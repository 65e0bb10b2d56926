using System.Globalization;
using System.Text.Json;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;

namespace HaAgent.Host.Child;

/// <summary>
/// Has things done in a child process, one at a time for each owner and volume: a volume that stands still costs one process, however long
/// it does and however many actions ask for it. Who finds that child still there waits for it within its time, and says since when it has
/// been.
/// </summary>
/// <param name="directory">Where the locks are: volatile and local, as /run is.</param>
/// <param name="owner">The resource, or what else this is done for.</param>
internal sealed class ChildCall(string directory, string owner)
{
    /// <summary>A domain's configuration has at most ten megabytes.</summary>
    private const int MostBytes = 32 * 1024 * 1024;

    private readonly string _prefix = Path.Combine(directory, "haagent-" + owner.Replace('/', '_'));

    /// <summary>What is being waited for, for the sentence of who gives up waiting; null: nothing.</summary>
    public string? Waiting { get; private set; }

    /// <summary>Asks for something on a volume.</summary>
    /// <param name="path">A path on the volume.</param>
    /// <param name="request">What.</param>
    /// <param name="deadline">When to give up.</param>
    /// <returns>Known, or not learned and why: "its volume /mnt/shared (ocfs2) does not answer".</returns>
    public Fact<TAnswer> Ask<TAnswer>(string path, ChildRequest request, Deadline deadline)
        where TAnswer : ChildAnswer
    {
        (string key, string what) = Of(path);
        return Ask<TAnswer>(key, what, $"{owner}: {path}", request, deadline);
    }

    /// <summary>What one child at a time is for where a path lies, and that in words.</summary>
    internal static (string Key, string What) Of(string path)
    {
        Mount? mount = MountTable.Of(Mounts(), path);
        return (mount?.Device ?? "unknown", mount is null ? $"the volume of {path}" : $"the volume {mount.Point} ({mount.Type})");
    }

    /// <summary>Asks for something in /proc: the arguments of a process lie in its memory, which may be out of reach for as long as it
    /// stands still.</summary>
    public Fact<TAnswer> AskProcesses<TAnswer>(ChildRequest request, Deadline deadline)
        where TAnswer : ChildAnswer =>
        Ask<TAnswer>("processes", "the list of this node's processes (/proc)", $"{owner}: /proc", request, deadline);

    private Fact<TAnswer> Ask<TAnswer>(string key, string what, string about, ChildRequest request, Deadline deadline)
        where TAnswer : ChildAnswer =>
        Exchange(ChildWork.Kind, key, what, about, JsonSerializer.SerializeToUtf8Bytes(request, ChildJson.Default.ChildRequest), deadline)
            .Then(bytes =>
                Read(bytes) switch
                {
                    TAnswer answer => Fact.Known(answer),
                    Broken broken => Fact.NotLearned<TAnswer>(broken.Why),
                    _ => Fact.NotLearned<TAnswer>($"the child process that asked {what} ended without an answer"),
                }
            );

    /// <summary>Sends a request to a child of its own and takes what it says until it ends.</summary>
    /// <param name="kind">What the child is for.</param>
    /// <param name="key">What one child at a time is for.</param>
    /// <param name="what">That, in words.</param>
    /// <param name="about">For whoever sees the child in a list of processes.</param>
    /// <param name="request">The request.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="longest">How long it may take from when the child has begun; null: until the deadline.</param>
    public Fact<byte[]> Exchange(
        string kind,
        string key,
        string what,
        string about,
        byte[] request,
        Deadline deadline,
        TimeSpan? longest = null
    )
    {
        TimeSpan given = deadline.Left;
        bool hasBegun = false;
        Waiting = what;
        using ChildLock? alone = ChildLock.Take($"{_prefix}.{key}.lock", deadline, out DateTime? heldSince, out bool isAsked);
        if (heldSince is DateTime since)
        {
            string start = since.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            return Fact.NotLearned<byte[]>(
                isAsked
                    ? $"{what} has not answered since {start}"
                    : $"{what} was not asked: this node is so slow that a process that is to ask has not begun since {start}"
            );
        }

        using ChildProcess? child = ChildProcess.Start(kind, about, alone?.Descriptor ?? -1, out string problem);
        if (child is null)
            return Fact.NotLearned<byte[]>(problem);
        byte[]? bytes = null;
        if (child.Send(request, deadline))
        {
            child.EndSending();
            bytes = child.Receive(
                MostBytes,
                deadline,
                () =>
                {
                    hasBegun = true;
                    alone?.Begin();
                    if (longest is not { } limit)
                        return deadline;
                    Deadline until = deadline.OrIn(limit);
                    given = until.Left;
                    return until;
                }
            );
        }

        if (bytes is null)
        {
            child.Kill();
            string time = string.Create(CultureInfo.InvariantCulture, $"{given.TotalSeconds:0.#} s");
            return Fact.NotLearned<byte[]>(
                hasBegun
                    ? $"{what} did not answer within {time}"
                    : $"{what} was not asked: this node is so slow that the process that is to ask had not begun after {time}"
            );
        }

        Waiting = null;
        return Fact.Known(bytes);
    }

    private static ChildAnswer? Read(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, ChildJson.Default.ChildAnswer);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The kernel writes it from memory and asks no filesystem.</summary>
    private static IReadOnlyList<Mount> Mounts()
    {
        try
        {
            return HostMounts.All();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
