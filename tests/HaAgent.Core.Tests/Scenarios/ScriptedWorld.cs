using System.Globalization;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using HaAgent.Core.Ocf;
using Xunit;

namespace HaAgent.Core.Tests.Scenarios;

/// <summary>
/// A world that follows a script and a clock that jumps. Lines of a script:
///   at SECONDS GUEST             from then on the guest looks so
///   after OPERATION SECONDS GUEST  so long after the operation's end it looks so
///   takes OPERATION SECONDS      how long it takes (0.1 unless told); never more than it may
///   fails OPERATION KIND CODE TEXT  how it fails
/// GUEST: running, paused REASON, crashed, asleep, nostate, process, lost, absent, foreign, impostor, copied, renamed, unknown, pending, settling, nameless [unlocked|frozen], namesake [unlocked].
/// </summary>
internal sealed class ScriptedWorld : IGuestWorld
{
    private static readonly GuestIdentity Other = new("vm1", "00000000-0000-0000-0000-00000000beef");
    private static readonly GuestIdentity Original = new("vm0", "00000000-0000-0000-0000-00000000cafe");

    private readonly List<(TimeSpan At, string Guest)> _timeline = [];
    private readonly List<(string Operation, TimeSpan After, string Guest)> _effects = [];
    private readonly Dictionary<string, TimeSpan> _durations = [];
    private readonly Dictionary<string, OperationResult> _failures = [];

    public TimeSpan Elapsed { get; private set; }

    public string? DomainName => "vm1";

    /// <summary>An operation that comes back as late as this, whatever it may take.</summary>
    public (string Operation, TimeSpan At)? Overrun { get; set; }

    /// <summary>What was begun, and when.</summary>
    public List<(string Operation, TimeSpan At)> Begun { get; } = [];

    /// <summary>Everything that happened, in order.</summary>
    public List<string> Transcript { get; } = [];

    public void Read(string line)
    {
        string[] words = line.Split(' ');
        switch (words[0])
        {
            case "at":
                _timeline.Add((Seconds(words[1]), string.Join(' ', words[2..])));
                break;
            case "after":
                _effects.Add((words[1], Seconds(words[2]), string.Join(' ', words[3..])));
                break;
            case "takes":
                _durations.Add(words[1], Seconds(words[2]));
                break;
            case "fails":
                _failures.Add(words[1], OperationResult.Failed(string.Join(' ', words[4..]), Enum.Parse<FailureKind>(words[2]), Enum.Parse<ExitCode>(words[3])));
                break;
            default:
                throw new FormatException($"not a line of a script: {line}");
        }
    }

    public Observation Observe(TimeSpan within)
    {
        string guest = _timeline.Where(t => t.At <= Elapsed).MaxBy(t => t.At).Guest;
        Note($"sees {guest}");
        return Sight(guest);
    }

    public OperationResult Perform(Operation operation, TimeSpan within)
    {
        string name = Name(operation);
        TimeSpan duration = _durations.GetValueOrDefault(name, TimeSpan.FromSeconds(0.1));
        Begun.Add((name, Elapsed));
        if (Overrun is (string late, TimeSpan at) && late == name && Elapsed < at)
        {
            Note($"does {name}, which overruns");
            Elapsed = at;
            return _failures.GetValueOrDefault(name, OperationResult.Done);
        }

        bool inTime = duration <= within;
        OperationResult result = !inTime
            ? OperationResult.Failed($"{name} did not come back", FailureKind.TimedOut)
            : _failures.GetValueOrDefault(name, OperationResult.Done);
        Note(string.Create(CultureInfo.InvariantCulture, $"does {name} within {within.TotalSeconds:0.0}: {(result.Succeeded ? "done" : result.Kind)}"));
        Elapsed += inTime ? duration : within;
        if (result.Succeeded)
            _timeline.AddRange(_effects.Where(e => e.Operation == name).Select(e => (Elapsed + e.After, e.Guest)));
        return result;
    }

    public void WaitForChange(TimeSpan atMost)
    {
        Assert.True(atMost > TimeSpan.Zero, "a rule must not wait for no time: it would spin");
        TimeSpan end = Elapsed + atMost;
        IEnumerable<TimeSpan> ends = _timeline.Where(t => t.At > Elapsed && t.At < end && t.Guest == "absent").Select(t => t.At);
        Note(string.Create(CultureInfo.InvariantCulture, $"waits {atMost.TotalSeconds:0.0}"));
        Elapsed = ends.DefaultIfEmpty(end).Min();
    }

    public void Write(LogMessage message) => Note($"says {message.Severity.ToString().ToLowerInvariant()}: {message.Text}");

    public void Finish(Outcome outcome) => Note($"ends {(int)outcome.Code} {outcome.Code}{(outcome.Reason is null ? "" : ": " + outcome.Reason)}");

    private static string Name(Operation operation) =>
        operation is Operation.RequestShutdown request ? $"RequestShutdown/{request.Via}" : operation.GetType().Name;

    private static Observation Sight(string guest)
    {
        string[] words = guest.Split(' ');
        return words[0] switch
        {
            "running" => new Observation.Active(DomainState.Running, PausedReason.Unknown, Evidence.Libvirt),
            "paused" => new Observation.Active(DomainState.Paused, Enum.Parse<PausedReason>(words[1]), Evidence.Libvirt),
            "crashed" => new Observation.Active(DomainState.Crashed, PausedReason.Unknown, Evidence.Libvirt),
            "asleep" => new Observation.Active(DomainState.PmSuspended, PausedReason.Unknown, Evidence.Libvirt),
            "nostate" => new Observation.Active(DomainState.NoState, PausedReason.Unknown, Evidence.Libvirt),
            "process" => new Observation.Active(DomainState.Unknown, PausedReason.Unknown, Evidence.ProcessOnly),
            "lost" => new Observation.Active(DomainState.Unknown, PausedReason.Unknown, Evidence.ProcessLostByLibvirt),
            "absent" => new Observation.Absent("libvirt knows no such domain"),
            "foreign" => new Observation.Foreign(Other, SharesName: true) { OurDisk = Fact.Absent<string>() },
            "namesake" => new Observation.Foreign(Other, SharesName: true) { OurDisk = Fact.NotLearned<string>("the volume does not answer"), IsLocked = words is [_] },
            "copied" => new Observation.Foreign(Original, SharesName: false) { OurDisk = Fact.Absent<string>() },
            "renamed" => new Observation.Foreign(Original, SharesName: false) { OurDisk = Fact.Known("/mnt/shared/vm1.raw") },
            "unknown" => new Observation.Unknown("libvirt does not answer"),
            "impostor" => new Observation.Foreign(Other, SharesName: true) { OurDisk = Fact.Known("/mnt/shared/vm1.raw") },
            "pending" => new Observation.Unknown("libvirt was asked 9 s ago to start it and has not answered that, and it may still do so (libvirt did not answer within 5 s)"),
            "settling" => new Observation.Unknown("libvirt was asked 9 s ago to start it and has not answered that") { SettlesSoon = true },
            "nameless" => new Observation.Unknown("the configuration cannot be read", WithoutIdentity: true) { MayStartElsewhere = words is not [_, "unlocked"], MayPass = words is [_, "frozen"] },
            _ => throw new FormatException($"not a guest: {guest}"),
        };
    }

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture));

    private void Note(string text) => Transcript.Add(string.Create(CultureInfo.InvariantCulture, $"{Elapsed.TotalSeconds,5:0.0}  {text}"));
}
