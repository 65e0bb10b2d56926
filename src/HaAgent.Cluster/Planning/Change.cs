using System.Text;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Planning;

/// <summary>One change of a plan. It leaves nothing to decide when it is made.</summary>
public abstract record Change
{
    private Change(string title) => Title = title;

    /// <summary>What is done, where, in one line.</summary>
    public string Title { get; }

    /// <summary>Changes one node.</summary>
    /// <param name="Node">Where.</param>
    /// <param name="Title">What it does, in one line.</param>
    /// <param name="What">What haagent does there.</param>
    /// <param name="Limit">How long it may take.</param>
    public sealed record OnNode(string Node, string Title, NodeChange What, TimeSpan Limit) : Change(Title)
    {
        /// <summary>The files, directories and devices on that node that bear its traces afterwards.</summary>
        public IReadOnlyList<string> Leaves { get; init; } = [];
    }

    /// <summary>Gives a file on one node a new content: atomically, and with a copy of what was there before the first change.</summary>
    /// <param name="Node">Where.</param>
    /// <param name="Title">What it does, in one line.</param>
    /// <param name="Path">The file.</param>
    /// <param name="Before">What must still be in it, one char per byte; null when the file must not be there.</param>
    /// <param name="After">What will be in it; null when the file goes.</param>
    /// <param name="KeepBackup">Whether what was there before is kept beside it.</param>
    public sealed record WriteFile(string Node, string Title, string Path, string? Before, string? After, bool KeepBackup) : Change(Title)
    {
        /// <summary>The mode of a file that was not there before, in octal digits.</summary>
        public string NewMode { get; init; } = "644";

        /// <summary>Other files on that node that go with the change.</summary>
        public IReadOnlyList<string> Removes { get; init; } = [];

        /// <summary>Whether the directory of a file that goes is to go with it when nothing else is in it.</summary>
        public bool WithDirectory { get; init; }

        /// <summary>Whether systemd is to read its units anew.</summary>
        public bool ReloadSystemd { get; init; }

        /// <summary>Whether its text is too long, or too secret, to be shown.</summary>
        public bool Silent { get; init; }

        /// <summary>What haagent does on the node.</summary>
        public NodeChange What =>
            After is null
                ? new RemoveFile(Path, Fingerprint(Before) ?? "") { WithDirectory = WithDirectory, ReloadSystemd = ReloadSystemd }
                : new Core.Node.WriteFile(Path, Fingerprint(After)!, Encoding.Latin1.GetBytes(After))
                {
                    Before = Fingerprint(Before),
                    CopySuffix = KeepBackup ? Setup.LibvirtPaths.BackupSuffix : null,
                    NewMode = NewMode,
                    Removes = Removes,
                    ReloadSystemd = ReloadSystemd,
                };

        private static string? Fingerprint(string? text) => text is null ? null : NodeChange.Fingerprint(Encoding.Latin1.GetBytes(text));
    }

    /// <summary>Changes the cluster's configuration in one step, against the version that was read.</summary>
    /// <param name="Title">What it does, in one line.</param>
    /// <param name="Before">The configuration that the change is based on.</param>
    /// <param name="After">The configuration as it will be.</param>
    public sealed record Configure(string Title, Cib Before, Cib After) : Change(Title);

    /// <summary>Waits until the cluster has brought a resource where it belongs.</summary>
    /// <param name="Title">What is waited for, in one line.</param>
    /// <param name="Resource">The primitive.</param>
    /// <param name="Goal">Where it belongs.</param>
    /// <param name="Limit">How long it may take.</param>
    public sealed record Await(string Title, string Resource, Goal Goal, TimeSpan Limit) : Change(Title);
}

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
        public override string Missing(string resource, ClusterStatus status) =>
            $"does not run on {string.Join(", ", Candidates(resource, status))}";

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
        public override IEnumerable<string> Candidates(string resource, ClusterStatus status) =>
            status.Nodes.Select(n => n.Name).Where(status.TakesResources);
    }

    /// <summary>On no node.</summary>
    public sealed record Nowhere : Goal
    {
        /// <inheritdoc/>
        public override bool IsReached(string resource, ClusterStatus status) => !status.Anywhere(resource).Any();

        /// <inheritdoc/>
        public override string Missing(string resource, ClusterStatus status) =>
            $"still runs on {string.Join(", ", status.Anywhere(resource))}";

        /// <inheritdoc/>
        public override IEnumerable<string> Candidates(string resource, ClusterStatus status) => [];
    }
}
