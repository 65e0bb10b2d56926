namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>Two nodes with one shared directory and a cable between them: migration and lock conflicts without a cluster around them.</summary>
public sealed class TwoNodes : IDisposable
{
    private readonly LabNodes _nodes = new(new Dictionary<string, string>(), "alice", "bob");

    internal LabNode Alice => _nodes.All[0];

    internal LabNode Bob => _nodes.All[1];

    public void Dispose() => _nodes.Dispose();
}
