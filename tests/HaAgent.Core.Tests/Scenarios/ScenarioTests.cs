using HaAgent.Core.Guest;
using HaAgent.Core.Ocf;
using Xunit;

namespace HaAgent.Core.Tests.Scenarios;

/// <summary>A folder per case: given.txt is the situation, expected.txt the whole transcript. A missing expectation fails; none is ever created.</summary>
public sealed class ScenarioTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Scenarios");

    public static TheoryData<string> Cases => new(Directory.GetDirectories(Folder).Select(Path.GetFileName).Order()!);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_Scenario_TranscriptAsExpected(string name)
    {
        string folder = Path.Combine(Folder, name);
        string expected = File.ReadAllText(Path.Combine(folder, "expected.txt"));

        string transcript = Play(File.ReadAllLines(Path.Combine(folder, "given.txt")));

        Assert.Equal(expected, transcript, ignoreLineEndingDifferences: true);
    }

    /// <summary>A call that comes back long after it had to (a daemon, a kernel that does not let go): the action is over then, and begins nothing of weight.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_AnyOperationOverruns_NothingIsBegunAfterTheTimeIsUp(string name)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Folder, name, "given.txt"));
        var usual = new ScriptedWorld();
        Invocation invocation = Run(lines, usual);
        foreach (string operation in usual.Begun.Select(b => b.Operation).Distinct())
        {
            var world = new ScriptedWorld { Overrun = (operation, invocation.Timeout * 2) };
            Run(lines, world);

            Assert.DoesNotContain(world.Begun, b => b.At >= invocation.Timeout && !IsOwnMemory(b.Operation));
            Assert.True(world.Elapsed <= invocation.Timeout * 2 + TimeSpan.FromSeconds(1), string.Join('\n', world.Transcript));
        }

        static bool IsOwnMemory(string operation) => operation is nameof(Operation.Remember) or nameof(Operation.Forget);
    }

    [Fact]
    public void Cases_AllFolders_AreManyAndCoverEveryRule()
    {
        string[] actions = [.. Cases.Select(c => File.ReadLines(Path.Combine(Folder, c.Data, "given.txt")).First(l => l.StartsWith("action ", StringComparison.Ordinal)))];

        Assert.Equal(
            ["action migrate_from", "action migrate_to", "action monitor", "action start", "action stop"],
            actions.Distinct().Order());
    }

    private static string Play(string[] lines)
    {
        var world = new ScriptedWorld();
        Invocation invocation = Run(lines, world);
        Assert.True(world.Elapsed < invocation.Timeout, $"the action took {world.Elapsed}, longer than Pacemaker lets it");
        return string.Join('\n', world.Transcript) + "\n";
    }

    private static Invocation Run(string[] lines, ScriptedWorld world)
    {
        var environment = new Dictionary<string, string> { ["OCF_RESOURCE_INSTANCE"] = "vm1", ["OCF_RESKEY_config"] = "/mnt/shared/vm1.xml", ["OCF_RESKEY_CRM_meta_interval"] = "10000" };
        string action = "";
        foreach (string line in lines.Where(l => l.Length > 0 && l[0] != '#'))
        {
            string[] words = line.Split(' ', 2);
            switch (words[0])
            {
                case "action":
                    action = words[1];
                    break;
                case "timeout":
                    environment["OCF_RESKEY_CRM_meta_timeout"] = words[1] + "000";
                    break;
                case "env":
                    string[] pair = words[1].Split('=', 2);
                    environment[pair[0]] = pair[1];
                    break;
                default:
                    world.Read(line);
                    break;
            }
        }

        var invocation = new Invocation(ActionTable.Find(action)!, key => environment.GetValueOrDefault(key));
        IRule rule = invocation.Action switch
        {
            OcfAction.Start => new StartRule(),
            OcfAction.Stop => new StopRule(),
            OcfAction.Monitor => new MonitorRule(),
            OcfAction.MigrateTo => new MigrateToRule(),
            OcfAction.MigrateFrom => new MigrateFromRule(),
            _ => throw new FormatException(action),
        };
        world.Finish(Runner.Run(rule, new Situation(invocation, new Settings(invocation)), world));
        return invocation;
    }
}
