namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>Two nodes of which bob's libvirt has no lock manager.</summary>
public sealed class UnprotectedTarget : IDisposable
{
    private readonly LabNodes _nodes = new(new Dictionary<string, string> { ["NODE_LOCK_bob"] = "none" }, "alice", "bob");

    internal LabNode Alice => _nodes.All[0];

    internal LabNode Bob => _nodes.All[1];

    public void Dispose() => _nodes.Dispose();
}
