namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>One node for all tests of a class.</summary>
public sealed class OneNode : IDisposable
{
    private readonly LabNodes _nodes = new(new Dictionary<string, string>(), "alice");

    internal LabNode Node => _nodes.All[0];

    public void Dispose() => _nodes.Dispose();
}
