using HaAgent.Cluster.Evacuate;

namespace HaAgent.Cli.Json;

/// <summary>What <c>evacuate --dry-run --json</c> prints.</summary>
internal sealed record EvacuationAnswer(string Node, IReadOnlyList<GuestFateAnswer> Guests, IReadOnlyList<string> Unmanaged, IReadOnlyList<string> Others)
{
    public static EvacuationAnswer Of(Evacuation evacuation, IReadOnlyList<string> unmanaged) => new(
        evacuation.Node, [.. evacuation.Guests.Select(g => Of(g.Guest, g.Fate))], unmanaged, evacuation.Others);

    private static GuestFateAnswer Of(string guest, Fate fate) => fate switch
    {
        Fate.Migrates m => new(guest, "migrate", m.To, null),
        Fate.Restarts r => new(guest, "restart", r.To, r.Because),
        Fate.Stuck s => new(guest, "stuck", null, s.Because),
        _ => throw new InvalidOperationException(),
    };
}

internal sealed record GuestFateAnswer(string Guest, string Fate, string? To, string? Because);
