using System.Text;
using System.Text.Json;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using HaAgent.Host.Node;
using Xunit;

namespace HaAgent.Host.Tests.Node;

/// <summary>Questions as they come in and answers as they go out, on a machine that need not have a cluster or libvirt.</summary>
public sealed class NodeQuestionsTests
{
    [Fact]
    public void Serve_EveryQuestion_IsAnsweredOrSaidNotToBeLearned()
    {
        NodeQuestion[] questions =
        [
            new ReleaseQuestion(), new HostQuestion(), new KernelFilesystemsQuestion(["ocfs2"]), new MountsQuestion(), new FilesQuestion(["/etc/os-release"]),
            new DirectoriesQuestion(["/"]), new PathsQuestion(["/"]), new DevicesQuestion([]), new SbdQuestion(), new DaemonsQuestion(), new UnitsQuestion(),
            new RunningGuestsQuestion(), new DomainsQuestion(true, []), new CpusQuestion(new Dictionary<string, GuestCpu> { ["VM1"] = new("<cpu/>", "kvm") }),
            new LinksQuestion(), new RingQuestion(), new PeersQuestion([]), new NeighboursQuestion(), new LeasesQuestion(), new LogLinesQuestion(),
        ];

        NodeConversation conversation = Ask(questions);

        Assert.Equal(ConversationState.Whole, conversation.State);
        for (int i = 0; i < questions.Length; i++)
        {
            Fact<NodeAnswer> answer = conversation.Answer(i, "nothing was said");
            Assert.NotEqual("nothing was said", answer.Why);
            if (answer.IsKnown(out NodeAnswer? known))
                Assert.Equal(questions[i].GetType().Name.Replace("Question", "Answer", StringComparison.Ordinal), known.GetType().Name);
        }
    }

    [Fact]
    public void Serve_PathsOfAHostileGuest_AreLookedForAndNothingElse()
    {
        string marker = Path.Combine(Path.GetTempPath(), $"haagent-marker-{Guid.NewGuid()}");
        string[] paths = [$"/x\nEND OF PATHS\ntouch {marker}\n", $"/$(touch {marker})", $"/`touch {marker}`", $"/'; touch {marker}; '", $"/\"; touch {marker}; \""];

        NodeConversation conversation = Ask([new PathsQuestion(paths), new FilesQuestion(paths), new DevicesQuestion(paths), new DirectoriesQuestion(paths)]);

        Assert.Equal(paths.Order(StringComparer.Ordinal), ((PathsAnswer)conversation.Answer(0, "").Value!).Paths.Keys.Order(StringComparer.Ordinal));
        Assert.All(((PathsAnswer)conversation.Answer(0, "").Value!).Paths.Values, fact => Assert.Equal(FactState.Absent, fact.State));
        Assert.All(((DevicesAnswer)conversation.Answer(2, "").Value!).Devices.Values, fact => Assert.Equal(FactState.Absent, fact.State));
        Assert.False(File.Exists(marker));
    }

    [Fact]
    public void Domains_OfLibvirt_AreToldWithTheXmlThatIsWanted()
    {
        DomainsAnswer answer = DomainQuestions.Answer("test:///default", new DomainsQuestion(false, ["test"]), Soon);

        DomainFact domain = Assert.Single(answer.Domains);
        Assert.Equal(("test", true, true, DomainState.Running), (domain.Name, domain.Active, domain.Persistent, domain.State));
        Assert.Equal("test", DomainXml.Parse(domain.Xml.Value!, out _)!.Identity.Name);
        Assert.Equal("it was not asked", DomainQuestions.Answer("test:///default", new DomainsQuestion(false, []), Soon).Domains[0].Xml.Why);
    }

    [Fact]
    public void Domains_LibvirtIsDead_IsNotNoDomains() =>
        Assert.Throws<IOException>(() => DomainQuestions.Answer("qemu+unix:///system?socket=/nonexistent", new DomainsQuestion(true, []), Soon));

    private static Deadline Soon => Deadline.In(TimeSpan.FromSeconds(20));

    private static NodeConversation Ask(IReadOnlyList<NodeQuestion> questions)
    {
        byte[] request = JsonSerializer.SerializeToUtf8Bytes(new NodeRequest(NodeProtocol.Number, "n1", 30) { Questions = questions }, NodeJson.Default.NodeRequest);
        using var output = new MemoryStream();
        NodeService.Serve(new MemoryStream(request), output, "1.2.3");
        var conversation = new NodeConversation("n1", questions.Count);
        conversation.Feed(output.ToArray());
        Assert.DoesNotContain("touch", Encoding.UTF8.GetString(output.ToArray()).Split('\n').Where(line => !line.StartsWith("haagent-node", StringComparison.Ordinal)));
        return conversation;
    }
}
