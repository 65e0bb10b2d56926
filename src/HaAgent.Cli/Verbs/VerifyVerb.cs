using System.CommandLine;
using System.CommandLine.Parsing;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Verifying;
using HaAgent.Cluster.Verify;

namespace HaAgent.Cli.Verbs;

/// <summary>haagent verify VM: the guide's tests (18.6), for real.</summary>
internal static class VerifyVerb
{
    private const int DefaultPort = 22;
    private const int DefaultWait = 600;
    private static readonly Argument<string> Vm = new("VM")
    {
        Description = "The virtual machine to test with; it must not be in production",
    };

    private static readonly Option<string> Only = new("--only")
    {
        Description = "Run these tests only: lock, migrate, reboot, crash, separated by commas (otherwise all)",
        HelpName = "TESTS",
    };

    private static readonly Option<string> Address = new("--address")
    {
        Description = "The guest's address (otherwise the one that the nodes know by its network card)",
        HelpName = "ADDRESS",
    };
    private static readonly Option<int> Port = new("--port")
    {
        Description = "The guest's TCP port to keep a connection to",
        HelpName = "PORT",
        DefaultValueFactory = _ => DefaultPort,
    };

    private static readonly Option<string> Send = new("--send")
    {
        Description = "A line to send every 100 ms to a service that is not SSH; otherwise TCP keep-alive looks once a second",
        HelpName = "TEXT",
    };

    private static readonly Option<string> YesIMean = new("--yes-i-mean")
    {
        Description = "Do not ask for the name of the node to be rebooted or crashed: it is this one",
        HelpName = "NODE",
    };
    private static readonly Option<int> Wait = new("--wait")
    {
        Description = "How many seconds to wait at most for a node to leave, the guest to start, and the node to come back",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => DefaultWait,
    };
    private static readonly Option<bool> Json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command(
            "verify",
            "Run the guide's tests for real: lock, live migration, reboot, crash; compare what is expected with what is seen"
        )
        {
            Vm,
            Only,
            Address,
            Port,
            Send,
            YesIMean,
            Wait,
            Json,
        };
        command.AddRule(Check);
        command.SetAction(
            (parsed, stopping) =>
                Session.RunAsync(
                    session => new VerifyRun(parsed.GetValue(Json) ? session.Aside() : session, Options(parsed), session.Screen).RunAsync(),
                    stopping
                )
        );
        return command;
    }

    private static VerifyOptions Options(ParseResult parsed) =>
        new(parsed.GetValue(Vm)!, Tests(parsed.GetValue(Only)), parsed.GetValue(Port), TimeSpan.FromSeconds(parsed.GetValue(Wait)))
        {
            Address = parsed.GetValue(Address),
            Send = parsed.GetValue(Send),
            YesIMean = parsed.GetValue(YesIMean),
            Json = parsed.GetValue(Json),
        };

    private static void Check(CommandResult result)
    {
        if (result.GetValue(Vm) is { } vm && !CommonOptions.IsResourceName(vm))
            result.AddError(
                $"{vm}: a virtual machine's name in the cluster begins with a letter and contains letters, digits and _-. only."
            );
        if (result.GetValue(Only) is { } only && Words(only).Length == 0)
            result.AddError("--only: name at least one of lock, migrate, reboot and crash.");
        foreach (string word in Words(result.GetValue(Only)).Where(w => Test(w) is null))
            result.AddError($"--only {word}: there is no such test; there are lock, migrate, reboot and crash.");
        if (result.GetResult(Port) is { Implicit: false } && result.GetValue(Port) is < 1 or > 65535)
            result.AddError("--port: a port is a number from 1 to 65535.");
        if (result.GetResult(Wait) is { Implicit: false } && result.GetValue(Wait) is < 1 or > 86400)
            result.AddError("--wait: from 1 to 86400 seconds.");
    }

    // In the guide's order, whatever the order asked for: the later ones are the rougher ones.
    private static GuideTest[] Tests(string? only) =>
        only is null ? Enum.GetValues<GuideTest>() : [.. Words(only).Select(Test).OfType<GuideTest>().Distinct().Order()];

    private static string[] Words(string? only) =>
        (only ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static GuideTest? Test(string word) =>
        word switch
        {
            "lock" => GuideTest.Lock,
            "migrate" => GuideTest.Migrate,
            "reboot" => GuideTest.Reboot,
            "crash" => GuideTest.Crash,
            _ => null,
        };
}
