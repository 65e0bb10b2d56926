namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>A node whose libvirt is configured without a lock manager.</summary>
public sealed class UnlockedNode : IDisposable
{
    private readonly LabNodes _nodes = new(new Dictionary<string, string> { ["NODE_LOCK"] = "none" }, "alice");

    internal LabNode Node => _nodes.All[0];

    public void Dispose() => _nodes.Dispose();
}
