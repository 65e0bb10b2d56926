using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Json;
using HaAgent.Cli.Probe;
using HaAgent.Cli.Screens;
using HaAgent.Cluster.Status;

namespace HaAgent.Cli.Verbs;

/// <summary>haagent status: nodes, lock storage and guests on one screen.</summary>
internal static class StatusVerb
{
    private static readonly Option<bool> Json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command(
            "status",
            "Show nodes, lock storage and virtual machines: where, state, who holds the locks, last migration, failures"
        )
        {
            Json,
        };
        command.SetAction((parsed, stopping) => Session.RunAsync(session => RunAsync(session, parsed), stopping));
        return command;
    }

    private static async Task<ExitCode> RunAsync(Session session, ParseResult parsed)
    {
        WatchScope scope = await session.LookAsync("looking at the cluster", () => new WatchProbe(session).LookAsync());
        StatusReport report = StatusReport.Of(scope);
        if (parsed.GetValue(Json))
            session.Screen.Json(JsonSerializer.Serialize(StatusAnswer.Of(report), Answers.Readable.StatusAnswer));
        else
            Show(session.Screen, report);
        return ExitCodes.OfLook(report.NotLearned);
    }

    private static void Show(IScreen screen, StatusReport report)
    {
        screen.Line($"Cluster: {(report.HasQuorum ? "quorum" : "NO QUORUM")}, decisions are taken by {report.Controller ?? "nobody"}");
        screen.Table(["Node", "State", "Lock storage", "Virtual machines"], [.. report.Nodes.Select(node => Row(node, report.Storage))]);
        if (report.Storage.Count == 0)
            screen.Mark(Tone.Warning, "no lock storage: no clone that virtual machines depend on (haagent setup makes it)");
        if (report.Guests.Count == 0)
            screen.Line("No virtual machines in the cluster (haagent add).");
        else
            screen.Table(["VM", "Node", "State", "Locks held by", "Last live migration"], [.. report.Guests.Select(Row)]);
        foreach (Standstill standstill in report.Standstills)
            screen.Mark(Tone.Bad, $"{standstill.Sentence} ({standstill.Next})");
        foreach (string unknown in report.NotLearned)
            screen.Mark(Tone.Warning, unknown);
        foreach (GuestReport guest in report.Guests)
        {
            foreach (string danger in guest.Dangers)
                screen.Mark(Tone.Bad, $"{guest.Name}: {danger}");
            foreach (string failure in guest.Failures)
                screen.Mark(Tone.Warning, failure);
        }
    }

    private static string[] Row(NodeReport node, IReadOnlyList<StorageReport> storage) =>
        [
            node.Name,
            node.State + (node.Problem is null ? "" : " (not reached)"),
            string.Join(
                ", ",
                storage.Select(s =>
                    s.RunsOn.Contains(node.Name) ? s.Name
                    : s.Missing.TryGetValue(node.Name, out IReadOnlyList<string>? missing)
                        ? $"{s.Name} without {string.Join(", ", missing)}"
                    : "-"
                )
            ),
            node.Guests.Count == 0 ? "-" : string.Join(", ", node.Guests),
        ];

    private static string[] Row(GuestReport guest) =>
        [guest.Name, guest.Nodes.Count == 0 ? "-" : string.Join(", ", guest.Nodes), guest.State, guest.Lease, Migration(guest)];

    private static string Migration(GuestReport guest)
    {
        if (guest.Migration is not { } migration)
            return "-";
        string when = migration.When is { } time ? time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "?";
        string took = migration.Took is { } duration ? string.Create(CultureInfo.InvariantCulture, $", {duration.TotalSeconds:0.0} s") : "";
        string downtime = guest.Downtime is { } stood
            ? string.Create(CultureInfo.InvariantCulture, $", downtime {stood.TotalMilliseconds:0} ms")
            : "";
        return $"{migration.From} to {migration.To}, {when}{took}{downtime}";
    }
}
