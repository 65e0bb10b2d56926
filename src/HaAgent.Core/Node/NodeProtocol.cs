using System.Text.Json.Serialization;
using HaAgent.Core.Guest;

namespace HaAgent.Core.Node;

/// <summary>
/// The words between haagent and <c>haagent node</c> on another machine (over ssh) or on this one (as a child process). The request is one
/// JSON object on standard input, up to its end. The answer is lines of <c>haagent-node PROTOCOL NONCE JSON</c> on standard output, each as
/// soon as it is ready, and <see cref="EndReply"/> last; every other line is a login's chatter and is passed over.
/// </summary>
public static class NodeProtocol
{
    /// <summary>Releases with the same number understand each other. It changes only when old and new would misunderstand each
    /// other.</summary>
    public const int Number = 1;

    /// <summary>The first word of every line that is an answer.</summary>
    public const string Mark = "haagent-node";

    /// <summary>The longest request, and the longest whole answer, in bytes.</summary>
    public const int MostBytes = 32 * 1024 * 1024;
}

/// <summary>What every request says, whatever its protocol: enough to answer "I do not speak that".</summary>
/// <param name="Protocol">The asker's <see cref="NodeProtocol.Number"/>.</param>
/// <param name="Nonce">A word that the answers bear, so that nothing else on the stream passes for one.</param>
public sealed record NodeEnvelope(int Protocol, string Nonce);

/// <summary>Questions, or one change.</summary>
/// <param name="Protocol">The asker's <see cref="NodeProtocol.Number"/>.</param>
/// <param name="Nonce">A word that the answers bear: letters and digits.</param>
/// <param name="Seconds">How long the asker waits.</param>
public sealed record NodeRequest(int Protocol, string Nonce, double Seconds)
{
    /// <summary>Answered in any order, each by its place in this list.</summary>
    public IReadOnlyList<NodeQuestion> Questions
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>Null: nothing is to be changed.</summary>
    public NodeChange? Change { get; init; }

    /// <summary>More than haagent ever asks at once: each is answered by a thread of its own, as root.</summary>
    public const int MostQuestions = 64;
}

/// <summary>One line of an answer: a closed choice.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "reply")]
[JsonDerivedType(typeof(ReadyReply), "ready")]
[JsonDerivedType(typeof(AnswerReply), "answer")]
[JsonDerivedType(typeof(NotLearnedReply), "not-learned")]
[JsonDerivedType(typeof(DoneReply), "done")]
[JsonDerivedType(typeof(CopyReply), "copy")]
[JsonDerivedType(typeof(RefusedReply), "refused")]
[JsonDerivedType(typeof(EndReply), "end")]
public abstract record NodeReply;

/// <summary>Said before anything was read: this is haagent, and it listens. A change is not sent to anything that has not said
/// it.</summary>
public sealed record ReadyReply : NodeReply;

/// <summary>A question was answered.</summary>
/// <param name="Question">Its place among the questions.</param>
/// <param name="Says">The answer.</param>
public sealed record AnswerReply(int Question, NodeAnswer Says) : NodeReply;

/// <summary>A question could not be answered.</summary>
/// <param name="Question">Its place among the questions.</param>
/// <param name="Why">The end of a sentence.</param>
public sealed record NotLearnedReply(int Question, string Why) : NodeReply;

/// <summary>The change is made, or was made already.</summary>
/// <param name="Copy">The file in which is kept what a file was before it was written; null: there is none.</param>
public sealed record DoneReply(string? Copy = null) : NodeReply;

/// <summary>The change was not made, or the request was not understood.</summary>
/// <param name="Why">What failed, on what and why: the end of a sentence.</param>
public sealed record RefusedReply(string Why) : NodeReply
{
    /// <summary>The permit that whoever asked does not have; null: that is not why.</summary>
    public NodePermit? Needs { get; init; }

    /// <summary>Why no answer came; null: one did.</summary>
    [JsonIgnore]
    public NodeFailure? Failure { get; init; }

    /// <summary>It was sent, and no answer came: whether it was made is not known.</summary>
    [JsonIgnore]
    public bool IsUnknown { get; init; }
}

/// <summary>Whether a copy was created.</summary>
public enum CopyOutcome
{
    /// <summary>libvirt refused.</summary>
    Refused,

    /// <summary>It was: the worst case.</summary>
    Created,

    /// <summary>It is not known: libvirt gave no answer.</summary>
    Unknown,
}

/// <summary>What came of a <see cref="TryCopy"/> that was tried.</summary>
/// <param name="Outcome">Whether the copy was created.</param>
public sealed record CopyReply(CopyOutcome Outcome) : NodeReply
{
    /// <summary>Why what was created could not be destroyed at once; null when it was.</summary>
    public string? Leftover { get; init; }

    /// <summary>What libvirt's refusal means: decided by its numbers.</summary>
    public Guest.FailureKind Kind { get; init; }

    /// <summary>libvirt's words and numbers, or why it gave no answer.</summary>
    public string Message
    {
        get;
        init => field = value ?? "";
    } = "";

    /// <summary>The refusal is QEMU's own.</summary>
    public bool IsFromQemu { get; init; }

    /// <summary>The disk image that the kernel says is in use; null when none is.</summary>
    public string? ImageInUse { get; init; }
}

/// <summary>Nothing more comes.</summary>
public sealed record EndReply : NodeReply;

/// <summary>A choice travels as its word, and as no number that may stand for none.</summary>
/// <typeparam name="T">The choice.</typeparam>
public sealed class NodeEnum<T>() : JsonStringEnumConverter<T>(namingPolicy: null, allowIntegerValues: false)
    where T : struct, Enum;

/// <summary>Reads and writes the protocol without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [
        typeof(NodeEnum<PackageTool>),
        typeof(NodeEnum<PathKind>),
        typeof(NodeEnum<DomainState>),
        typeof(NodeEnum<PausedReason>),
        typeof(NodeEnum<ClusterFilesystem>),
        typeof(NodeEnum<FailureKind>),
        typeof(NodeEnum<CopyOutcome>),
        typeof(NodeEnum<NodePermit>),
    ]
)]
[JsonSerializable(typeof(NodeEnvelope))]
[JsonSerializable(typeof(NodeRequest))]
[JsonSerializable(typeof(NodeReply))]
public sealed partial class NodeJson : JsonSerializerContext;

/// <summary>One thing to ask a node: a closed choice. It travels as JSON, by the word in its row below.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "ask")]
[JsonDerivedType(typeof(ReleaseQuestion), "release")]
[JsonDerivedType(typeof(HostQuestion), "host")]
[JsonDerivedType(typeof(KernelFilesystemsQuestion), "kernel-filesystems")]
[JsonDerivedType(typeof(MountsQuestion), "mounts")]
[JsonDerivedType(typeof(FilesQuestion), "files")]
[JsonDerivedType(typeof(DirectoriesQuestion), "directories")]
[JsonDerivedType(typeof(PathsQuestion), "paths")]
[JsonDerivedType(typeof(DevicesQuestion), "devices")]
[JsonDerivedType(typeof(SbdQuestion), "sbd")]
[JsonDerivedType(typeof(DlmQuestion), "dlm")]
[JsonDerivedType(typeof(DaemonsQuestion), "daemons")]
[JsonDerivedType(typeof(UnitsQuestion), "units")]
[JsonDerivedType(typeof(RunningGuestsQuestion), "running-guests")]
[JsonDerivedType(typeof(DomainsQuestion), "domains")]
[JsonDerivedType(typeof(CpusQuestion), "cpus")]
[JsonDerivedType(typeof(LinksQuestion), "links")]
[JsonDerivedType(typeof(RingQuestion), "ring")]
[JsonDerivedType(typeof(PeersQuestion), "peers")]
[JsonDerivedType(typeof(ListenersQuestion), "listeners")]
[JsonDerivedType(typeof(NeighboursQuestion), "neighbours")]
[JsonDerivedType(typeof(LeasesQuestion), "leases")]
[JsonDerivedType(typeof(LogLinesQuestion), "log-lines")]
public abstract record NodeQuestion;

/// <summary>Which release of haagent the node has.</summary>
public sealed record ReleaseQuestion : NodeQuestion;

/// <summary>What a node says to one question: a closed choice, one kind for each <see cref="NodeQuestion"/>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "answer")]
[JsonDerivedType(typeof(ReleaseAnswer), "release")]
[JsonDerivedType(typeof(HostAnswer), "host")]
[JsonDerivedType(typeof(KernelFilesystemsAnswer), "kernel-filesystems")]
[JsonDerivedType(typeof(MountsAnswer), "mounts")]
[JsonDerivedType(typeof(FilesAnswer), "files")]
[JsonDerivedType(typeof(DirectoriesAnswer), "directories")]
[JsonDerivedType(typeof(PathsAnswer), "paths")]
[JsonDerivedType(typeof(DevicesAnswer), "devices")]
[JsonDerivedType(typeof(SbdAnswer), "sbd")]
[JsonDerivedType(typeof(DlmAnswer), "dlm")]
[JsonDerivedType(typeof(DaemonsAnswer), "daemons")]
[JsonDerivedType(typeof(UnitsAnswer), "units")]
[JsonDerivedType(typeof(RunningGuestsAnswer), "running-guests")]
[JsonDerivedType(typeof(DomainsAnswer), "domains")]
[JsonDerivedType(typeof(CpusAnswer), "cpus")]
[JsonDerivedType(typeof(LinksAnswer), "links")]
[JsonDerivedType(typeof(RingAnswer), "ring")]
[JsonDerivedType(typeof(PeersAnswer), "peers")]
[JsonDerivedType(typeof(ListenersAnswer), "listeners")]
[JsonDerivedType(typeof(NeighboursAnswer), "neighbours")]
[JsonDerivedType(typeof(LeasesAnswer), "leases")]
[JsonDerivedType(typeof(LogLinesAnswer), "log-lines")]
public abstract record NodeAnswer;

/// <summary>To <see cref="ReleaseQuestion"/>.</summary>
/// <param name="Version">The node's release of haagent.</param>
public sealed record ReleaseAnswer(string Version) : NodeAnswer;
