using HaAgent.Core.Guest;
using HaAgent.Core.Ocf;
using HaAgent.Tests;
using Xunit;

namespace HaAgent.Core.Tests.Scenarios;

/// <summary>
/// A folder per action and in it a file per case: the situation (given), whose lines follow those of the action's base.txt, and the whole transcript
/// (expected). A new case needs no code.
/// </summary>
public sealed class ScenarioTests
{
    private const string Folder = "tests/HaAgent.Core.Tests/Scenarios";

    private static string[] Actions =>
        [.. Directory.EnumerateDirectories(Path.Combine(TestFile.Root, Folder)).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];

    public static IEnumerable<TheoryDataRow<string>> Cases =>
        from action in Actions from name in CaseFile.In($"{Folder}/{action}") select new TheoryDataRow<string>($"{action}/{name}");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_Scenario_TranscriptAsExpected(string name)
    {
        CaseFile scenario = Read(name);
        var world = new ScriptedWorld();

        Invocation invocation = Run(scenario, world);

        Assert.True(world.Elapsed < invocation.Timeout, $"the action took {world.Elapsed}, longer than Pacemaker lets it");
        scenario.AssertExpected(world.Transcript);
    }

    /// <summary>A call that comes back long after it had to (a daemon, a kernel that does not let go): the action is over then, and begins nothing of weight.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_AnyOperationOverruns_NothingIsBegunAfterTheTimeIsUp(string name)
    {
        CaseFile scenario = Read(name);
        var usual = new ScriptedWorld();
        Invocation invocation = Run(scenario, usual);
        foreach (string operation in usual.Begun.Select(b => b.Operation).Distinct())
        {
            var world = new ScriptedWorld { Overrun = (operation, invocation.Timeout * 2) };
            Run(scenario, world);

            Assert.DoesNotContain(world.Begun, b => b.At >= invocation.Timeout && !IsOwnMemory(b.Operation));
            Assert.True(world.Elapsed <= invocation.Timeout * 2 + TimeSpan.FromSeconds(1), string.Join('\n', world.Transcript));
        }

        static bool IsOwnMemory(string operation) => operation is nameof(Operation.Remember) or nameof(Operation.Forget);
    }

    [Fact]
    public void Cases_AllFolders_CoverEveryRule() => Assert.Equal(["migrate_from", "migrate_to", "monitor", "start", "stop"], Actions);

    private static CaseFile Read(string name) => new(Folder, name, ["given"], $"{Folder}/{Path.GetDirectoryName(name)}");

    private static Invocation Run(CaseFile scenario, ScriptedWorld world)
    {
        var environment = new Dictionary<string, string> { ["OCF_RESOURCE_INSTANCE"] = "vm1", ["OCF_RESKEY_config"] = "/mnt/shared/vm1.xml", ["OCF_RESKEY_CRM_meta_interval"] = "10000" };
        string action = "";
        foreach (string line in scenario.Layers("given").SelectMany(layer => layer.Split('\n', StringSplitOptions.RemoveEmptyEntries)))
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
