using HaAgent.Core.Migration;
using HaAgent.Core.Ocf;

namespace HaAgent.World;

/// <summary>Where a migration goes, and how.</summary>
internal sealed class MigrationTarget(AgentContext context)
{
    private const int FirstPort = 49152;
    private const int Ports = 64;

    public string Node { get; } = context.Invocation.MigrateTarget!;

    /// <summary>The URI of the target's hypervisor.</summary>
    public string Uri => PeerUri.Hypervisor(context.Settings, Node, context.Hypervisor.Uri);

    /// <summary>The request, complete.</summary>
    public MigrateRequest Request()
    {
        Settings settings = context.Settings;
        MigrateRequest.Parse(settings.MigrateOptions, out MigrateRequest request);
        if (PeerUri.State(settings, request, Node, context.Hypervisor.Uri, FirstPort + Random.Shared.Next(Ports)) is string state)
            request = request.With("migrate_uri", TypedKind.Text, state);
        if (settings.MigrationAutoConverge)
            request = request with { Flags = request.Flags | MigrateFlags.AutoConverge };
        if (settings.MigrationTimeoutAction == "postcopy")
            request = request with { Flags = request.Flags | MigrateFlags.PostCopy };
        return request;
    }
}
