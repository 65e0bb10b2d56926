using System.Runtime.CompilerServices;

namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>A test on one node: finds it fresh, and leaves it as it likes.</summary>
public abstract class NodeTest : IClassFixture<OneNode>
{
    private int _guests;

    protected NodeTest(OneNode fixture)
    {
        Node = fixture.Node;
        Node.Restore();
    }

    private protected LabNode Node { get; }

    /// <summary>A guest with a name of its own, so that nothing remembered of another test's guest can fit it.</summary>
    private protected TestGuest NewGuest(GuestDoes does = GuestDoes.ObeyPowerButton, string? disk = null, [CallerMemberName] string test = "") =>
        new(Node, $"{test.Split('_')[0].ToLowerInvariant()}-{++_guests}-{Guid.NewGuid().ToString()[..8]}", does, disk);
}
