using HaAgent.Core.Node;
using HaAgent.Core.Ocf;

namespace HaAgent.Core.Guest;

/// <summary>Who says that a guest is active.</summary>
public enum Evidence
{
    /// <summary>libvirt itself.</summary>
    Libvirt,

    /// <summary>libvirt does not answer, but the QEMU process of that name and UUID lives.</summary>
    ProcessOnly,

    /// <summary>libvirt answers and does not know the guest, yet its QEMU process lives.</summary>
    ProcessLostByLibvirt,
}

/// <summary>What is known of the guest on this node at one moment: a closed choice, in which "cannot tell" is a value of its own.</summary>
public abstract record Observation
{
    private Observation() { }

    /// <summary>Proven not to be active here.</summary>
    /// <param name="How">The proof, for the log.</param>
    public sealed record Absent(string How) : Observation;

    /// <summary>Active here.</summary>
    /// <param name="State">libvirt's state, or <see cref="DomainState.Unknown"/> with process evidence.</param>
    /// <param name="Paused">Why it is paused; meaningful only when it is.</param>
    /// <param name="By">Who says so.</param>
    public sealed record Active(DomainState State, PausedReason Paused, Evidence By) : Observation
    {
        /// <summary>Paused or crashed by an error, from which it does not recover by itself.</summary>
        public bool IsBroken => State == DomainState.Crashed || IsPausedByError;

        /// <summary>Paused by an error.</summary>
        public bool IsPausedByError =>
            State == DomainState.Paused
            && Paused
                is PausedReason.IoError
                    or PausedReason.Watchdog
                    or PausedReason.Crashed
                    or PausedReason.PostCopyFailed
                    or PausedReason.ApiError;

        /// <summary>Paused by a job that lets it run again, or ends it, by itself.</summary>
        public bool IsPausedForAJob =>
            State == DomainState.Paused
            && Paused
                is PausedReason.Migration
                    or PausedReason.Save
                    or PausedReason.Dump
                    or PausedReason.Snapshot
                    or PausedReason.StartingUp
                    or PausedReason.ShuttingDown
                    or PausedReason.PostCopy;

        /// <summary>A word for the log.</summary>
        public string Describe() =>
            By switch
            {
                Evidence.Libvirt => State == DomainState.Paused ? $"paused ({WhyPaused})" : StateWord,
                Evidence.ProcessOnly => "alive as a process (libvirt does not answer)",
                Evidence.ProcessLostByLibvirt => "alive as a process that libvirt no longer knows",
            };

        /// <summary>Why it is paused, in words.</summary>
        public string WhyPaused =>
            Paused switch
            {
                PausedReason.Unknown => "no reason given",
                PausedReason.User => "by an administrator",
                PausedReason.Migration => "for a migration",
                PausedReason.Save => "to be saved",
                PausedReason.Dump => "for a core dump",
                PausedReason.IoError => "by an I/O error",
                PausedReason.Watchdog => "by its watchdog",
                PausedReason.FromSnapshot => "after a snapshot was restored",
                PausedReason.ShuttingDown => "while shutting down",
                PausedReason.Snapshot => "for a snapshot",
                PausedReason.Crashed => "because it crashed",
                PausedReason.StartingUp => "while starting",
                PausedReason.PostCopy => "in post-copy migration",
                PausedReason.PostCopyFailed => "by a failed post-copy migration",
                PausedReason.ApiError => "by an error of the hypervisor",
            };

        private string StateWord =>
            State switch
            {
                DomainState.NoState => "without a state",
                DomainState.Running => "running",
                DomainState.Blocked => "idle",
                DomainState.Paused => "paused",
                DomainState.Shutdown => "shutting down",
                DomainState.ShutOff => "shut off",
                DomainState.Crashed => "crashed",
                DomainState.PmSuspended => "asleep (it suspended itself)",
                DomainState.Unknown => "in a state this agent does not know",
            };
    }

    /// <summary>Our guest is not active here, but another domain that has its name, or its UUID, is. It is not ours and is left
    /// alone.</summary>
    /// <param name="Other">The other domain, with its UUID.</param>
    /// <param name="SharesName">It has our guest's name and another UUID; else it has our guest's UUID and another name.</param>
    public sealed record Foreign(GuestIdentity Other, bool SharesName) : Observation
    {
        /// <summary>A disk of our guest that it writes; absent only when all were compared.</summary>
        public Fact<string> OurDisk { get; init; } = Fact.NotAsked<string>();

        /// <summary>libvirt's locks cover all that it writes.</summary>
        public bool IsLocked { get; init; }

        /// <summary>Which it is, as a noun in a sentence about our guest.</summary>
        public string Describe() =>
            SharesName ? $"another domain of that name (UUID {Other.Uuid})" : $"another domain of its UUID {Other.Uuid}, {Other.Name},";

        /// <summary>
        /// What to say of one that writes our guest's disk: it is most likely that guest under an earlier name or UUID, and whether it is
        /// or not, nobody may start our guest elsewhere.
        /// </summary>
        public string Writes(string domain, string disk) =>
            (SharesName ? $"Another domain of the name {domain} (UUID {Other.Uuid})" : $"The domain {Other.Name}, which has its UUID,")
            + $" writes {domain}'s disk {disk} here. It is not this resource's and was left alone; shut it down, or give the configuration "
            + $"its {(SharesName ? "UUID" : "name")}";

        /// <summary>What to say where it has our guest's UUID: libvirt runs no two guests of one.</summary>
        public string Copied(string domain, string config) =>
            $"{domain} cannot be started here: its UUID {Other.Uuid} is that of {Other.Name}, which is active here. Give {config} a UUID "
            + "of its own (uuidgen makes one)";

        /// <summary>Where the disks could not be compared, it may be that guest.</summary>
        public Unknown CannotTell(string why) =>
            new(
                (SharesName ? $"another domain of its name (UUID {Other.Uuid})" : $"{Other.Name}, which has its UUID,")
                    + $" is, and whether that one writes this guest's disks could not be found out: {why}"
            )
            {
                MayStartElsewhere = IsLocked,
            };
    }

    /// <summary>Cannot tell. No rule may turn this into "not running".</summary>
    /// <param name="Why">What kept us from knowing, as a sentence.</param>
    /// <param name="WithoutIdentity">Not even which domain it is about could be found out.</param>
    public sealed record Unknown(string Why, bool WithoutIdentity = false) : Observation
    {
        /// <summary>What keeps one from knowing did not answer in its time, and may answer yet.</summary>
        public bool MayPass { get; init; }

        /// <summary>A start on another node makes no second copy: libvirt's locks would refuse it, should it be active here nevertheless;
        /// or nothing that is known here says that it is.</summary>
        public bool MayStartElsewhere { get; init; }

        /// <summary>A process may be this guest's under another name or UUID.</summary>
        public bool IsConfused { get; init; }

        /// <summary>libvirt answers, and in a few seconds one can tell.</summary>
        public bool SettlesSoon { get; init; }
    }
}

/// <summary>An operation that was performed, and how it ended.</summary>
/// <param name="Operation">What.</param>
/// <param name="Result">How it ended.</param>
/// <param name="At">When it ended, since the action began.</param>
public sealed record Done(Operation Operation, OperationResult Result, TimeSpan At);

/// <summary>All that a rule may know when it decides.</summary>
public sealed class Situation(Invocation invocation, Settings settings)
{
    private readonly List<Done> _history = [];

    public Invocation Invocation => invocation;

    public Settings Settings => settings;

    /// <summary>The name of the domain for sentences: its own where it is known, else the resource's.</summary>
    public string Domain { get; set; } = invocation.Resource;

    /// <summary>Since the action began.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>What was last seen of the guest.</summary>
    public Observation Guest { get; set; } = new Observation.Unknown("nothing was looked at yet");

    /// <summary>How many times the guest has been looked at.</summary>
    public int Looks { get; set; }

    /// <summary>
    /// When the answer must be ready. Pacemaker kills the whole process group with SIGKILL at the timeout, without a word before it,
    /// so some of the time is kept for coming back: a twentieth, at least 0.3 s and at most 2 s.
    /// </summary>
    public TimeSpan Deadline { get; } = invocation.Timeout - Reserve(invocation.Timeout);

    /// <summary>Until <see cref="Deadline"/>; never negative.</summary>
    public TimeSpan Remaining => Deadline > Elapsed ? Deadline - Elapsed : TimeSpan.Zero;

    /// <summary>So late that the action should have ended before.</summary>
    public bool IsTooLate => Elapsed >= LastMoment(invocation.Timeout);

    /// <summary>Everything performed so far, oldest first.</summary>
    public IReadOnlyList<Done> History => _history;

    /// <summary>Adds to the history.</summary>
    public void Record(Done done) => _history.Add(done);

    /// <summary>The last operation of a kind, or null.</summary>
    public Done? Last<T>()
        where T : Operation
    {
        for (int i = _history.Count - 1; i >= 0; i--)
        {
            if (_history[i].Operation is T)
                return _history[i];
        }

        return null;
    }

    /// <summary>Whether an operation of a kind was performed.</summary>
    public bool Did<T>()
        where T : Operation => Last<T>() is not null;

    /// <summary>The time for one step: no more than asked for, no more than remains.</summary>
    public TimeSpan AtMost(TimeSpan wanted) => wanted < Remaining ? wanted : Remaining;

    /// <summary>A step of at most so many seconds.</summary>
    public NextStep Perform(Operation operation, double seconds) => new NextStep.Perform(operation, AtMost(TimeSpan.FromSeconds(seconds)));

    /// <summary>When an action that overran <see cref="Deadline"/> has to end itself, or be ended by Pacemaker.</summary>
    /// <param name="timeout">The operation's.</param>
    public static TimeSpan LastMoment(TimeSpan timeout) => timeout - (Reserve(timeout) / 2);

    private static TimeSpan Reserve(TimeSpan timeout) => Clamp(timeout / 20, TimeSpan.FromSeconds(0.3), TimeSpan.FromSeconds(2));

    internal static TimeSpan Clamp(TimeSpan value, TimeSpan least, TimeSpan most) =>
        value < least ? least
        : value > most ? most
        : value;
}
