using HaAgent.Core.Node;

namespace HaAgent.Core.Guest;

/// <summary>A guest that is remembered under another resource's name.</summary>
/// <param name="Resource">That one.</param>
/// <param name="Guest">Its guest.</param>
public sealed record RememberedGuest(string Resource, GuestIdentity Guest);

/// <summary>All that one look gave where neither the configuration nor memory names the guest, and what follows from it. It is proven not
/// to be active when every guest that is active here is known to belong to another resource, as on a node that has just booted.</summary>
public sealed record NamelessEvidence
{
    /// <summary>This resource.</summary>
    public required string Resource { get; init; }

    /// <summary>The path of its configuration.</summary>
    public required string Config { get; init; }

    /// <summary>Why that was not read, as a sentence; not done in time: it may be read yet.</summary>
    public required OperationResult Problem { get; init; }

    /// <summary>The guests that are active here, as far as they are seen.</summary>
    public required IReadOnlyList<GuestIdentity> Seen { get; init; }

    /// <summary>Why others may be active here; null: these are all.</summary>
    public string? Unseen { get; init; }

    /// <summary>The active guests that are remembered of other resources.</summary>
    public IReadOnlyList<RememberedGuest> Remembered { get; init; } = [];

    /// <summary>The resources that the cluster has; asked only where it matters.</summary>
    public Func<Fact<IReadOnlySet<string>>> Resources { get; init; } = Fact.Absent<IReadOnlySet<string>>;

    /// <summary>Whether libvirt's locks keep a guest from being started on another node; asked only where it matters.</summary>
    public Func<GuestIdentity, bool> IsLocked { get; init; } = _ => false;

    /// <summary>The verdict.</summary>
    public Observation Judge()
    {
        RememberedGuest[] remembered = [.. Remembered.Where(other => Seen.Any(other.Guest.IsOf))];
        Fact<IReadOnlySet<string>> resources = remembered.Length > 0 ? Resources() : Fact.Absent<IReadOnlySet<string>>();

        // What is remembered of a resource that the cluster has no more may be this very resource's, which was renamed and whose
        // configuration was moved.
        GuestIdentity[] candidates =
        [
            .. Seen.Where(guest => !remembered.Any(other => other.Guest.IsOf(guest) && resources.Value?.Contains(other.Resource) == true)),
        ];
        if (candidates.Length == 0 && Unseen is null)
            return new Observation.Absent($"no guest is active here that could be it; {Problem.Message}");

        return new Observation.Unknown(
            Unseen is not null
                ? $"{Problem.Message}, and {Unseen}"
                : $"{Problem.Message}, nothing is remembered of this resource here, and one of these active domains may be its guest: "
                    + $"{string.Join(", ", candidates.Select(guest => guest.Name))}. "
                    + (resources.Why is null ? "" : $"The cluster does not say which resources it has ({resources.Why}). ")
                    + $"Make the file readable, then: crm resource refresh {Resource}",
            WithoutIdentity: true
        )
        {
            MayPass = Problem.Kind == FailureKind.TimedOut || resources.State == FactState.NotLearned,
            MayStartElsewhere = candidates
                .Where(guest => BearsName(guest) || remembered.Any(other => other.Guest.IsOf(guest)))
                .All(guest => IsLocked(guest)),
        };
    }

    /// <summary>Its own name stands in the file; but a resource and its file are mostly named after the guest.</summary>
    private bool BearsName(GuestIdentity guest) => guest.Name == Resource || guest.Name == Path.GetFileNameWithoutExtension(Config);
}
