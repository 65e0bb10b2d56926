namespace HaAgent.Core.Locking;

/// <summary>Who holds a lease file's lock.</summary>
public enum LeaseHolder
{
    /// <summary>A virtlockd of this node.</summary>
    ThisNode,

    /// <summary>Nobody.</summary>
    Nobody,

    /// <summary>Somebody outside this node: its process is not among ours.</summary>
    Elsewhere,

    /// <summary>A process of this node that is not virtlockd.</summary>
    OtherProcess,

    /// <summary>It could not be found out.</summary>
    CannotTell,
}

/// <summary>What was seen of a lease.</summary>
/// <param name="Holder">Who holds it.</param>
/// <param name="Detail">The pid or the error, for the sentence.</param>
public readonly record struct LeaseState(LeaseHolder Holder, string Detail);
