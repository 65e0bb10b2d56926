using System.Globalization;
using HaAgent.Core.Node;

namespace HaAgent.Core.Guest;

/// <summary>What is seen of the daemon that starts guests (libvirtd, virtqemud) in the process table.</summary>
public enum DaemonLife
{
    /// <summary>It could not be found out.</summary>
    NotLearned,

    /// <summary>No such process.</summary>
    Gone,

    /// <summary>It lives.</summary>
    Lives,

    /// <summary>It lives, and has a child that has not become another program yet: something is just being started.</summary>
    Spawns,
}

/// <summary>All that one look at a guest gave, and what follows from it. "Not active" needs proof; what was not learned proves
/// nothing.</summary>
public sealed record GuestEvidence
{
    /// <summary>What libvirt says; null: it did not answer.</summary>
    public required Observation? Libvirt { get; init; }

    /// <summary>Why it did not.</summary>
    public OperationResult Failure { get; init; } = OperationResult.Done;

    /// <summary>The guest's QEMU process by its id; null: its hypervisor is not QEMU of this node, so that a process proves
    /// nothing.</summary>
    public Fact<int>? Process { get; init; }

    /// <summary>Looks for the QEMU process of a guest that has this one's name or UUID and is another; asked only where it
    /// matters.</summary>
    public Func<Fact<string>> Confused { get; init; } = Fact.Absent<string>;

    /// <summary>Looks at the daemon; asked only where it matters.</summary>
    public Func<DaemonLife> Daemon { get; init; } = () => DaemonLife.NotLearned;

    /// <summary>A start that libvirt was asked for and has not been seen to answer.</summary>
    public PendingCall? Pending { get; init; }

    /// <summary>
    /// With <see cref="Pending"/>: libvirt has worked through what it was asked before, and has not shown the guest since for long enough.
    /// </summary>
    public bool IsSettled { get; init; }

    /// <summary>Seconds since boot.</summary>
    public long Now { get; init; }

    /// <summary>The verdict.</summary>
    public Observation Judge()
    {
        if (Libvirt is Observation.Active or Observation.Unknown)
            return Libvirt;
        return Process switch
        {
            // libvirt forgets a guest whose state files are lost, while its QEMU goes on writing: absence needs both.
            { State: FactState.Known } => new Observation.Active(
                DomainState.Unknown,
                PausedReason.Unknown,
                Libvirt is null ? Evidence.ProcessOnly : Evidence.ProcessLostByLibvirt
            ),
            { State: FactState.NotLearned } unknown => new Observation.Unknown(
                $"whether a QEMU process of this node carries it could not be found out: {unknown.Why}"
            ),
            null => Libvirt is null ? WithoutLibvirt() : WithLibvirt(Libvirt),
            _ => MaybeConfused() ?? (Libvirt is null ? WithoutLibvirt() : WithLibvirt(Libvirt)),
        };
    }

    /// <summary>
    /// A QEMU with our guest's name that libvirt does not account for may be our guest under an earlier UUID. Of one that libvirt shows the
    /// disks are compared; of this one nothing more is known.
    /// </summary>
    private Observation.Unknown? MaybeConfused() =>
        Libvirt is Observation.Foreign
            ? null
            : Confused()
                .Match<Observation.Unknown?>(
                    other =>
                        new(
                            $"a QEMU process of this node carries another guest of its name or UUID, {other}, and libvirt "
                                + (Libvirt is null ? $"does not say whose that is ({Failure.Message})" : "does not know that one")
                        )
                        {
                            IsConfused = true,
                        },
                    () => null,
                    why => new($"whether a QEMU process of this node carries a guest of its name could not be found out: {why}")
                );

    private Observation WithLibvirt(Observation seen) =>
        Pending is null || IsSettled
            ? seen
            : new Observation.Unknown($"{Asked}. libvirt does not show it, but may not have come to that yet") { SettlesSoon = true };

    private Observation WithoutLibvirt()
    {
        if (Process is null)
            return new Observation.Unknown(Failure.Message!);
        DaemonLife daemon = Daemon();
        if (Pending is not null)
        {
            // A refused connection alone proves nothing: a daemon that is ending closes its socket and then waits for its threads, and
            // where virtproxyd is asked it says nothing of virtqemud. When no daemon is left, the call died with it; a child that it had
            // forked for QEMU and that is not QEMU yet waits for its parent's word (virCommandHandshakeNotify) and ends without it.
            return Failure.Kind == FailureKind.Unreachable && daemon == DaemonLife.Gone
                ? new Observation.Absent(
                    $"no QEMU process of this node carries it, and the libvirt daemon that was to start it is gone ({Failure.Message})"
                )
                : new Observation.Unknown($"{Asked}, and it may still do so ({Failure.Message})");
        }

        return daemon switch
        {
            DaemonLife.Spawns => new Observation.Unknown(
                $"libvirt is just starting a process, which may be this guest's ({Failure.Message})"
            ),
            DaemonLife.NotLearned => new Observation.Unknown(
                $"whether libvirt is just starting a process could not be found out ({Failure.Message})"
            ),
            DaemonLife.Gone or DaemonLife.Lives => new Observation.Absent($"no QEMU process of this node carries it ({Failure.Message})"),
        };
    }

    private string Asked =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"libvirt was asked {Math.Max(0, Now - Pending!.At)} s ago to start it and has not answered that"
        );
}
