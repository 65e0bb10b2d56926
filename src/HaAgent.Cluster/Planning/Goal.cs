using HaAgent.Cluster.Facts;

namespace HaAgent.Cluster.Planning;

/// <summary>Where a resource belongs.</summary>
public abstract record Goal
{
    private Goal() { }

    /// <summary>Whether the resource is there.</summary>
    public abstract bool IsReached(string resource, ClusterStatus status);

    /// <summary>What is still missing, as the end of a sentence that begins with the resource's name.</summary>
    public abstract string Missing(string resource, ClusterStatus status);

    /// <summary>The nodes on which a failed start means that waiting is in vain when it happened on all of them.</summary>
    public abstract IEnumerable<string> Candidates(string resource, ClusterStatus status);

    /// <summary>On each of these nodes.</summary>
    public sealed record OnAll(IReadOnlyList<string> Nodes) : Goal
    {
        /// <inheritdoc/>
        public override bool IsReached(string resource, ClusterStatus status) => !Candidates(resource, status).Any();

        /// <inheritdoc/>
        public override string Missing(string resource, ClusterStatus status) => $"does not run on {string.Join(", ", Candidates(resource, status))}";

        /// <inheritdoc/>
        public override IEnumerable<string> Candidates(string resource, ClusterStatus status) => Nodes.Except(status.Where(resource));
    }

    /// <summary>On one node, whichever.</summary>
    public sealed record Somewhere : Goal
    {
        /// <inheritdoc/>
        public override bool IsReached(string resource, ClusterStatus status) => status.Where(resource).Any();

        /// <inheritdoc/>
        public override string Missing(string resource, ClusterStatus status) => "does not run";

        /// <inheritdoc/>
        public override IEnumerable<string> Candidates(string resource, ClusterStatus status) => status.Nodes.Select(n => n.Name).Where(status.TakesResources);
    }

    /// <summary>On no node.</summary>
    public sealed record Nowhere : Goal
    {
        /// <inheritdoc/>
        public override bool IsReached(string resource, ClusterStatus status) => !status.Anywhere(resource).Any();

        /// <inheritdoc/>
        public override string Missing(string resource, ClusterStatus status) => $"still runs on {string.Join(", ", status.Anywhere(resource))}";

        /// <inheritdoc/>
        public override IEnumerable<string> Candidates(string resource, ClusterStatus status) => [];
    }
}
