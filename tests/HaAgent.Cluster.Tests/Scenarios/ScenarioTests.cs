using System.Text.Json.Nodes;
using HaAgent.Cluster.Add;
using HaAgent.Cluster.Adopt;
using HaAgent.Cluster.Check;
using HaAgent.Cluster.Check.Guests;
using HaAgent.Cluster.Evacuate;
using HaAgent.Cluster.Explain;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Remove;
using HaAgent.Cluster.Setup;
using HaAgent.Cluster.Status;
using HaAgent.Cluster.Teardown;
using HaAgent.Tests;
using Xunit;

namespace HaAgent.Cluster.Tests.Scenarios;

/// <summary>A folder per verb, and in it a file per case. Here stands what is asked of the verb with it.</summary>
public sealed class ScenarioTests
{
    private const string Folder = "tests/HaAgent.Cluster.Tests/Scenarios";
    private const string LockClone = "cl-virt-lock";

    public static IEnumerable<TheoryDataRow<string>> Cases(string verb) => CaseFile.In($"{Folder}/{verb}").Select(name => new TheoryDataRow<string>(name));

    [Fact]
    public void Cases_AllFolders_AreOfTheVerbsAskedHere() =>
        Assert.Equal(
            ["add", "adopt", "check", "evacuate", "explain", "remove", "setup", "teardown"],
            Directory.EnumerateDirectories(Path.Combine(TestFile.Root, Folder)).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Cases), "setup")]
    public void Setup_Case_AsExpected(string name)
    {
        var scenario = new PlannerCase("setup", name);
        JsonNode desired = scenario.Desired;
        Storage storage = desired["existingMount"] is { } mount
            ? new Storage.ExistingMount((string)mount!)
            : new Storage.Device(
                (string)desired["device"]!, (string?)desired["fs"] == "gfs2" ? VolumeType.Gfs2 : VolumeType.Ocfs2, desired["forceFormat"] is not null);
        LockNames names = LockNames.Default(storage);
        var intent = new SetupIntent(storage, (string?)desired["mount"] ?? "/mnt/shared", names with
        {
            Dlm = (string?)desired["dlm"] ?? names.Dlm,
            Group = (string?)desired["group"] ?? names.Group,
            GroupClone = (string?)desired["clone"] ?? names.GroupClone,
        });

        Plan plan = SetupPlanner.PlanFor(intent, scenario.Current);

        scenario.AssertExpected(PlanText.Lines(plan));
    }

    [Theory]
    [MemberData(nameof(Cases), "teardown")]
    public void Teardown_Case_AsExpected(string name)
    {
        var scenario = new PlannerCase("teardown", name);

        Plan plan = TeardownPlanner.PlanFor((string?)scenario.Desired["clone"] ?? LockClone, scenario.Current);

        scenario.AssertExpected(PlanText.Lines(plan));
    }

    [Theory]
    [MemberData(nameof(Cases), "check")]
    public void Check_Case_AsExpected(string name)
    {
        var scenario = new PlannerCase("check", name);

        IReadOnlyList<Finding> findings = CheckTable.Look(Scope(scenario, scenario.Words("devices")));

        scenario.AssertExpected(findings.SelectMany(Lines));
        Assert.All(findings, OneSentenceAndTheWayOut);

        static IEnumerable<string> Lines(Finding finding)
        {
            yield return $"{finding.Severity}: {finding.Check}: {finding.Sentence}";
            if (finding.Mend is not null)
                yield return $"    {finding.Mend}";
        }

        // What is wrong is said in one line, and with it what mends it.
        static void OneSentenceAndTheWayOut(Finding finding)
        {
            Assert.Equal(finding.Severity == Severity.Ok, finding.Mend is null);
            Assert.DoesNotContain('\n', finding.Sentence + finding.Mend);
        }
    }

    [Theory]
    [MemberData(nameof(Cases), "add")]
    public void Add_Case_AsExpected(string name)
    {
        var scenario = new PlannerCase("add", name);
        JsonNode desired = scenario.Desired;
        var intent = new AddIntent(LockClone)
        {
            PreferredNode = (string?)desired["prefer"],
            After = scenario.Words("after"),
            ApartFrom = scenario.Words("apartFrom"),
            Priority = (int?)desired["priority"],
            GuestNode = (string?)desired["guestNode"],
            Migrate = (bool?)desired["migrate"] ?? true,
            Utilization = [.. (desired["utilization"]?.AsObject() ?? []).Select(pair => KeyValuePair.Create(pair.Key, (string)pair.Value!))],
        };

        Plan plan = AddPlanner.PlanFor(intent, Scope(scenario, []), scenario.Words("guests"));

        scenario.AssertExpected(PlanText.Lines(plan));
    }

    [Theory]
    [MemberData(nameof(Cases), "adopt")]
    public void Adopt_Case_AsExpected(string name)
    {
        var scenario = new PlannerCase("adopt", name);

        Plan plan = AdoptPlanner.PlanFor(scenario.Words("guests"), (bool?)scenario.Desired["revert"] ?? false, scenario.Current);

        scenario.AssertExpected(PlanText.Lines(plan));
    }

    [Theory]
    [MemberData(nameof(Cases), "remove")]
    public void Remove_Case_AsExpected(string name)
    {
        var scenario = new PlannerCase("remove", name);

        Plan plan = RemovePlanner.PlanFor(scenario.Words("guests"), (bool?)scenario.Desired["keepRunning"] ?? false, scenario.Current);

        scenario.AssertExpected(PlanText.Lines(plan));
    }

    [Theory]
    [MemberData(nameof(Cases), "explain")]
    public void Explain_Case_AsExpected(string name)
    {
        var scenario = new SchedulerCase("explain", name);
        WatchScope watch = scenario.Watch;

        Explanation explanation = Explanation.Of(new ExplainScope(watch, watch.Guests[0], scenario.Run, TimeZoneInfo.Utc));

        GuestReport report = StatusReport.Of(watch).Guests[0];
        scenario.AssertExpected(
        [
            .. explanation.Lines(),
            "In status:",
            $"  {string.Join(", ", report.Nodes)} | {report.State} | {report.Lease} | {report.Downtime}",
            .. report.Dangers.Concat(report.Failures).Select(danger => "  " + danger),
        ]);
    }

    [Theory]
    [MemberData(nameof(Cases), "evacuate")]
    public void Evacuate_Case_AsExpected(string name)
    {
        var scenario = new SchedulerCase("evacuate", name);

        Evacuation evacuation = Evacuation.Of("alice", scenario.Cib, scenario.Status, scenario.Run);

        scenario.AssertExpected(
        [
            .. evacuation.Guests.Select(guest => $"{guest.Guest}: {guest.Outcome.Words}"),
            .. evacuation.Others.Select(sentence => $"besides: {sentence}"),
        ]);
    }

    [Fact]
    public void WithStandby_NodeWithoutAttributes_OnlyThatChanges()
    {
        var scenario = new SchedulerCase("evacuate", "migrate-and-restart");

        var next = Evacuation.WithStandby(scenario.Cib, "alice");

        Assert.Equal("on", next.NodeAttribute("alice", "standby"));
        Assert.Null(next.NodeAttribute("bob", "standby"));
        Assert.Equal(scenario.Cib.Version.Epoch + 1, next.Version.Epoch);
    }

    // The cluster's guests, from the files the nodes have, and the domains named besides: as defined, or as the XML says that was given.
    private static CheckScope Scope(PlannerCase scenario, string[] devices)
    {
        Snapshot snapshot = scenario.Current;
        var texts = new Dictionary<string, string>();
        foreach ((string name, JsonNode? lines) in scenario.Desired["xml"]?.AsObject() ?? [])
            texts[name] = string.Concat(lines!.AsArray().Select(line => (string)line!));
        var candidates = new Candidates(scenario.Words("guests"), false, texts);
        return new CheckScope(snapshot, LockClone, devices, GuestFacts.Of(snapshot, candidates, LockStorage.Find(snapshot.Cib, LockClone)?.Mount));
    }
}
