using System.CommandLine;
using System.CommandLine.Parsing;
using HaAgent.Cli.Apply;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Probe;
using HaAgent.Cluster.Add;
using HaAgent.Cluster.Check;
using HaAgent.Cluster.Check.Guests;
using HaAgent.Cluster.Planning;

namespace HaAgent.Cli.Verbs;

/// <summary>haagent add: the guide's 18.5.</summary>
internal static class AddVerb
{
    private static readonly Argument<string[]> Names = new("VM")
    {
        Description = "Guests by the names of their libvirt domains, on whichever node",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private static readonly Option<bool> All = new("--all") { Description = "Every guest that libvirt has defined on any node" };
    private static readonly Option<string[]> Xml = new("--xml") { Description = "A guest by its XML file", HelpName = "FILE" };
    private static readonly Option<bool> NoMigrate = new("--no-migrate")
    {
        Description = "Move the guests by stopping and starting them (allow-migrate=false)",
    };
    private static readonly Option<string[]> Utilization = new("--utilization")
    {
        Description = "What each guest uses of a node (cpu=2, hv_memory=1024)",
        HelpName = "NAME=VALUE",
    };
    private static readonly Option<int?> Priority = new("--priority") { Description = "Their rank when not all can run" };
    private static readonly Option<string> Prefer = new("--prefer")
    {
        Description = "The node on which they run when they can",
        HelpName = "NODE",
    };
    private static readonly Option<string[]> After = new("--after") { Description = "A guest that starts before them", HelpName = "VM" };
    private static readonly Option<string[]> ApartFrom = new("--apart-from")
    {
        Description = "A guest with which they share a node only when there is no other",
        HelpName = "VM",
    };
    private static readonly Option<string> GuestNode = CommonOptions.ResourceName(
        "--guest-node",
        "Make the guest a node that runs pacemaker_remote, of this name",
        null
    );
    private static readonly Option<string> CloneName = CommonOptions.ResourceName(
        "--clone",
        "The name of the clone that carries the lock storage",
        "cl-virt-lock"
    );
    private static readonly Option<string> Colocation = CommonOptions.ResourceName(
        "--colocation",
        "The name of the colocation that all guests share",
        "col-fs-virt"
    );
    private static readonly Option<string> Order = CommonOptions.ResourceName(
        "--order",
        "The name of the order that all guests share",
        "o-fs-virt"
    );

    public static Command Create()
    {
        var command = new Command(
            "add",
            "Put virtual machines into the cluster: checks them, shuts them down, and lets the cluster start them"
        )
        {
            Names,
            All,
            Xml,
            NoMigrate,
            Utilization,
            Priority,
            Prefer,
            After,
            ApartFrom,
            GuestNode,
            CloneName,
            Colocation,
            Order,
        };
        command.AddRule(Check);
        command.Plans(RunAsync);
        return command;
    }

    private static async Task<ExitCode> RunAsync(Session session, PlanRunner runner, ParseResult parsed)
    {
        AddIntent intent = Intent(parsed);
        Candidates candidates = await GuestsAsync(parsed);
        var probe = new CheckProbe(session);
        return await runner.RunAsync(
            async () => PlanFor(intent, candidates, await probe.LookAsync(intent.GroupClone, [], candidates, GuestNodeReady.Paths(intent))),
            "the guests are the cluster's, and run"
        );
    }

    private static Plan PlanFor(AddIntent intent, Candidates candidates, CheckScope scope)
    {
        IReadOnlyList<string> names = [.. scope.Guests.Select(g => g.Name).Where(candidates.Names.Contains)];
        if (candidates.Everything && AddPlanner.Everything(scope, out names) is { Refusals.Count: > 0 } unknown)
            return unknown;
        string[] wrong = [.. names.Where(name => !CommonOptions.IsResourceName(name))];
        return wrong.Length == 0
            ? AddPlanner.PlanFor(intent, scope, names)
            : Cluster.Planning.Plan.Refuse(
                $"{string.Join(", ", wrong)} cannot be a resource's name, which begins with a letter and contains letters, digits and "
                    + "_-. only",
                $"rename the guest while it is shut off: virsh domrename OLD NEW"
            );
    }

    private static AddIntent Intent(ParseResult parsed) =>
        new(parsed.GetValue(CloneName)!)
        {
            Colocation = parsed.GetValue(Colocation)!,
            Order = parsed.GetValue(Order)!,
            Migrate = !parsed.GetValue(NoMigrate),
            Utilization =
            [
                .. (parsed.GetValue(Utilization) ?? [])
                    .Select(pair => pair.Split('=', 2))
                    .Select(pair => KeyValuePair.Create(pair[0], pair[1])),
            ],
            Priority = parsed.GetValue(Priority),
            PreferredNode = parsed.GetValue(Prefer),
            After = parsed.GetValue(After) ?? [],
            ApartFrom = parsed.GetValue(ApartFrom) ?? [],
            GuestNode = parsed.GetValue(GuestNode),
        };

    private static async Task<Candidates> GuestsAsync(ParseResult parsed)
    {
        var texts = new Dictionary<string, string>();
        foreach (string file in parsed.GetValue(Xml) ?? [])
        {
            (string name, string text) = await GuestFile.ReadAsync(file);
            texts[name] = text;
        }

        return new Candidates([.. parsed.GetValue(Names) ?? [], .. texts.Keys], parsed.GetValue(All), texts);
    }

    private static void Check(CommandResult result)
    {
        string[] names = result.GetValue(Names) ?? [];
        string[] files = result.GetValue(Xml) ?? [];
        bool all = result.GetValue(All);
        if (!all && names.Length == 0 && files.Length == 0)
            result.AddError("Name guests: haagent add VM…, --xml FILE, or --all.");
        if (all && (names.Length > 0 || files.Length > 0))
            result.AddError("--all names every guest already.");
        if (result.GetValue(GuestNode) is not null && names.Length + files.Length != 1)
            result.AddError("--guest-node takes one guest at a time: each guest node has a name of its own.");
        foreach (
            string pair in (result.GetValue(Utilization) ?? []).Where(p =>
                p.Split('=') is not [{ Length: > 0 }, { Length: > 0 } value] || !value.All(char.IsAsciiDigit)
            )
        )
            result.AddError($"--utilization {pair}: say NAME=NUMBER, for instance cpu=2.");
    }
}
