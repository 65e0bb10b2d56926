using System.CommandLine;
using System.Text.Json;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Json;
using HaAgent.Cli.Probe;
using HaAgent.Cli.Screens;
using HaAgent.Cluster.Check;
using HaAgent.Cluster.Check.Guests;

namespace HaAgent.Cli.Verbs;

/// <summary>haagent check: the guide's requirements (18.2), and the doctor.</summary>
internal static class CheckVerb
{
    private static readonly Argument<string[]> Domains = new("VM")
    {
        Description = "Guests that are not in the cluster yet",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private static readonly Option<string[]> Devices = new("--device", "-d")
    {
        Description = "A shared device to look at, besides those in the configuration",
        HelpName = "DEVICE",
    };
    private static readonly Option<string> CloneName = CommonOptions.ResourceName(
        "--clone",
        "The name of the clone that carries the lock storage",
        "cl-virt-lock"
    );
    private static readonly Option<bool> Json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("check", "Look whether everything is as high availability needs it, and say how to mend what is not")
        {
            Domains,
            Devices,
            CloneName,
            Json,
        };
        command.SetAction((parsed, stopping) => Session.RunAsync(session => RunAsync(session, parsed), stopping));
        return command;
    }

    private static async Task<ExitCode> RunAsync(Session session, ParseResult parsed)
    {
        CheckScope scope = await session.LookAsync(
            "looking at the cluster",
            () =>
                new CheckProbe(session).LookAsync(
                    parsed.GetValue(CloneName)!,
                    parsed.GetValue(Devices) ?? [],
                    Candidates.Of(parsed.GetValue(Domains) ?? [])
                )
        );
        IReadOnlyList<Finding> findings = CheckTable.Look(scope);
        if (parsed.GetValue(Json))
            session.Screen.Json(JsonSerializer.Serialize(CheckAnswer.Of(findings), Answers.Readable.CheckAnswer));
        else
            Show(session.Screen, findings);
        return Status(findings);
    }

    /// <summary>What is not known to be wrong is not known to be right either.</summary>
    internal static ExitCode Status(IReadOnlyList<Finding> findings) =>
        findings.Any(f => f.Severity == Severity.Error) ? ExitCode.Found
        : findings.Any(f => f.IsDoubt) ? ExitCode.Unreachable
        : ExitCode.Success;

    private static void Show(IScreen screen, IReadOnlyList<Finding> findings)
    {
        foreach (Finding finding in findings)
        {
            screen.Mark(
                finding.Severity switch
                {
                    Severity.Ok => Tone.Good,
                    Severity.Warning => Tone.Warning,
                    Severity.Error => Tone.Bad,
                },
                $"{finding.Check}: {finding.Sentence}"
            );
            if (finding.Mend is not null)
                screen.Line($"         to mend it: {finding.Mend}");
        }

        CheckAnswer sum = CheckAnswer.Of(findings);
        screen.Line(
            $"{sum.Ok} ok, {sum.Warnings} warning{(sum.Warnings == 1 ? "" : "s")}, {sum.Errors} error{(sum.Errors == 1 ? "" : "s")}"
        );
    }
}
