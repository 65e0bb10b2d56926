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

        /// <summary>A word for the log.</summary>
        public string Describe() => By switch
        {
            Evidence.Libvirt => State == DomainState.Paused ? $"paused ({Paused})" : State.ToString().ToLowerInvariant(),
            Evidence.ProcessOnly => "alive as a process (libvirt does not answer)",
            Evidence.ProcessLostByLibvirt => "alive as a process that libvirt no longer knows",
        };
    }

    /// <summary>Our guest is not active here, but another domain of the same name is. It is not ours and is left alone.</summary>
    /// <param name="Uuid">The other domain's UUID.</param>
    public sealed record Foreign(string Uuid) : Observation;

    /// <summary>Cannot tell. No rule may turn this into "not running".</summary>
    /// <param name="Why">What kept us from knowing, as a sentence.</param>
    /// <param name="WithoutIdentity">Not even which domain it is about could be found out.</param>
    public sealed record Unknown(string Why, bool WithoutIdentity = false) : Observation;
}
