using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using HaAgent.Libvirt;

namespace HaAgent.Host.Node;

/// <summary>What the node's libvirt says of its domains.</summary>
internal static class DomainQuestions
{
    private const string Uri = "qemu:///system";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Every domain, running or not.</summary>
    public static DomainsAnswer Answer(DomainsQuestion question, Deadline deadline) => Answer(Uri, question, deadline);

    internal static DomainsAnswer Answer(string uri, DomainsQuestion question, Deadline deadline)
    {
        var wanted = question.WithXml.ToHashSet();
        return Ask(uri, deadline, connection => new DomainsAnswer(
            [.. connection.AllDomains().Select(domain => Read(domain, question.All || wanted.Contains(domain.Name))).OfType<DomainFact>()]));
    }

    /// <summary>Whether this hypervisor has the guests' CPUs.</summary>
    public static CpusAnswer Answer(CpusQuestion question, Deadline deadline) =>
        new(question.Guests.ToDictionary(guest => guest.Key, guest => VolumeCall.Learn(() => Ask(Uri, deadline, connection => Fact.Known(connection.HasCpu(guest.Value))))));

    private static DomainFact? Read(LibvirtDomain domain, bool withXml)
    {
        using (domain)
        {
            try
            {
                (DomainState state, int reason) = domain.StateAndReason();
                return new DomainFact
                {
                    Name = domain.Name,
                    Uuid = domain.Uuid,
                    Active = domain.IsActive,
                    Autostart = domain.IsAutostarted,
                    Persistent = domain.IsPersistent,
                    State = state,
                    Paused = Enum.IsDefined((PausedReason)reason) ? (PausedReason)reason : PausedReason.Unknown,
                    Xml = withXml ? VolumeCall.Learn(() => Fact.Known(domain.ConfigurationXml())) : Fact.NotAsked<string>(),
                };
            }
            catch (LibvirtException e) when (e.IsNoDomain)
            {
                // It ended while the list was read, and nothing of it is left.
                return null;
            }
        }
    }

    private static T Ask<T>(string uri, Deadline deadline, Func<LibvirtConnection, T> call)
    {
        using var session = new HypervisorSession(uri, "libvirt");
        T? answer = session.Ask(deadline.OrIn(Limit), call, out OperationResult failure);
        return failure.Succeeded ? answer! : throw new IOException(failure.Message);
    }
}
