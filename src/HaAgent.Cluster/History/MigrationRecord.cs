namespace HaAgent.Cluster.History;

/// <summary>A live migration that the cluster remembers.</summary>
/// <param name="Resource">The guest.</param>
/// <param name="From">The node that it left.</param>
/// <param name="To">The node that it came to.</param>
public sealed record MigrationRecord(string Resource, string From, string To)
{
    /// <summary>When it arrived.</summary>
    public DateTimeOffset? When { get; init; }

    /// <summary>How long migrate_to took; null when the cluster no longer remembers.</summary>
    public TimeSpan? Took { get; init; }
}
