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
    private Observation()
    {
    }

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
        public bool IsPausedByError => State == DomainState.Paused
            && Paused is PausedReason.IoError or PausedReason.Watchdog or PausedReason.Crashed or PausedReason.PostCopyFailed or PausedReason.ApiError;

        /// <summary>Paused by a job that lets it run again, or ends it, by itself.</summary>
        public bool IsPausedForAJob => State == DomainState.Paused
            && Paused is PausedReason.Migration or PausedReason.Save or PausedReason.Dump or PausedReason.Snapshot or PausedReason.StartingUp
            or PausedReason.ShuttingDown or PausedReason.PostCopy;

        /// <summary>A word for the log.</summary>
        public string Describe() => By switch
        {
            Evidence.Libvirt => State == DomainState.Paused ? $"paused ({WhyPaused})" : StateWord,
            Evidence.ProcessOnly => "alive as a process (libvirt does not answer)",
            Evidence.ProcessLostByLibvirt => "alive as a process that libvirt no longer knows",
        };

        /// <summary>Why it is paused, in words.</summary>
        public string WhyPaused => Paused switch
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

        private string StateWord => State switch
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

    /// <summary>Our guest is not active here, but another domain of the same name is. It is not ours and is left alone.</summary>
    /// <param name="Uuid">The other domain's UUID.</param>
    public sealed record Foreign(string Uuid) : Observation
    {
        /// <summary>A disk of our guest that it writes; null: none that is known.</summary>
        public string? OurDisk { get; init; }

        /// <summary>
        /// What to say of one that writes our guest's disk: it is most likely that guest under an earlier UUID, and whether it is or not,
        /// nobody may start our guest elsewhere.
        /// </summary>
        public string Writes(string domain) =>
            $"Another domain of the name {domain} (UUID {Uuid}) writes its disk {OurDisk} here. It is not this resource's and was left "
                + "alone; "
            + "shut it down, or give the configuration its UUID";
    }

    /// <summary>A disk of which two guests must not be had: writable in both, and not meant to be shared.</summary>
    /// <param name="ours">Our guest's disks.</param>
    /// <param name="theirs">Another domain's.</param>
    public static string? CommonDisk(IEnumerable<Disk> ours, IEnumerable<Disk> theirs) =>
        ours.FirstOrDefault(our => our is { IsLockable: true, Shareable: false }
            && theirs.Any(their => their.IsLockable && their.Source == our.Source))?.Source;

    /// <summary>Cannot tell. No rule may turn this into "not running".</summary>
    /// <param name="Why">What kept us from knowing, as a sentence.</param>
    /// <param name="WithoutIdentity">Not even which domain it is about could be found out.</param>
    public sealed record Unknown(string Why, bool WithoutIdentity = false) : Observation
    {
        /// <summary>libvirt answers, and in a few seconds one can tell.</summary>
        public bool SettlesSoon { get; init; }
    }
}
