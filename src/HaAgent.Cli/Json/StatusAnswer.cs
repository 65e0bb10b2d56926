using HaAgent.Cluster.Status;

namespace HaAgent.Cli.Json;

/// <summary>What <c>status --json</c> prints. Times are in ISO 8601 and UTC, durations in milliseconds.</summary>
internal sealed record StatusAnswer(
    bool Quorum, string? Controller, IReadOnlyList<NodeStatusAnswer> Nodes, IReadOnlyList<StorageAnswer> LockStorage, IReadOnlyList<GuestStatusAnswer> Guests)
{
    public static StatusAnswer Of(StatusReport report) => new(
        report.HasQuorum, report.Controller,
        [.. report.Nodes.Select(n => new NodeStatusAnswer(n.Name, n.State, n.Guests, n.Problem))],
        [.. report.Storage.Select(s => new StorageAnswer(s.Name, s.RunsOn, s.Missing))],
        [.. report.Guests.Select(Guest)]);

    private static GuestStatusAnswer Guest(GuestReport guest) => new(
        guest.Name, guest.Nodes, guest.State, guest.Lease,
        guest.Migration is { } m ? new MigrationAnswer(m.From, m.To, m.When, m.Took?.TotalMilliseconds, guest.Downtime?.TotalMilliseconds) : null,
        guest.Failures, guest.Dangers);
}

internal sealed record NodeStatusAnswer(string Name, string State, IReadOnlyList<string> Guests, string? Problem);

internal sealed record StorageAnswer(string Name, IReadOnlyList<string> RunsOn, IReadOnlyDictionary<string, IReadOnlyList<string>> Missing);

internal sealed record GuestStatusAnswer(
    string Name, IReadOnlyList<string> Nodes, string State, string LeaseHolder, MigrationAnswer? LastMigration, IReadOnlyList<string> Failures, IReadOnlyList<string> Dangers);

internal sealed record MigrationAnswer(string From, string To, DateTimeOffset? When, double? TookMilliseconds, double? DowntimeMilliseconds);
