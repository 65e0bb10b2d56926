using System.Globalization;
using HaAgent.Core.Guest;
using HaAgent.Libvirt;

namespace HaAgent.Cli.Nodes;

/// <summary>The QEMU driver of a node's libvirt: here directly, elsewhere over SSH as ssh_config has it, without a password.</summary>
internal static class NodeLibvirt
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>How it is reached.</summary>
    public static string Uri(string node, string? self) => node == self ? "qemu:///system" : $"qemu+ssh://{node}/system?no_tty=1";

    /// <summary>What libvirt says of each guest.</summary>
    public static async Task<IReadOnlyDictionary<string, Observation>> ObserveAsync(string node, string? self, IReadOnlyDictionary<string, GuestIdentity> guests)
    {
        try
        {
            return await BoundedCall.RunAsync(Limit, () =>
            {
                using LibvirtConnection connection = LibvirtConnection.Open(Uri(node, self));
                return guests.ToDictionary(g => g.Key, g => Observe(connection, g.Value));
            });
        }
        catch (LibvirtException e)
        {
            return Nothing($"libvirt does not answer: {e.Message}");
        }
        catch (TimeoutException)
        {
            return Nothing(string.Create(CultureInfo.InvariantCulture, $"libvirt did not answer within {Limit.TotalSeconds:0} s"));
        }
        catch (DllNotFoundException)
        {
            return Nothing("libvirt.so.0 is not installed where haagent runs");
        }

        Dictionary<string, Observation> Nothing(string why) => guests.ToDictionary(g => g.Key, Observation (_) => new Observation.Unknown(why));
    }

    private static Observation Observe(LibvirtConnection connection, GuestIdentity guest)
    {
        using LibvirtDomain? domain = connection.FindByName(guest.Name);
        if (domain is null)
            return new Observation.Absent("libvirt does not know it");
        if (!domain.IsActive)
            return new Observation.Absent("defined, but shut off");
        if (guest.Uuid is not null && domain.Uuid != guest.Uuid)
            return new Observation.Foreign(domain.Uuid);
        (DomainState state, int reason) = domain.StateAndReason();
        return new Observation.Active(state, Enum.IsDefined((PausedReason)reason) ? (PausedReason)reason : PausedReason.Unknown, Evidence.Libvirt);
    }
}
