using System.Text;
using HaAgent.Cluster.Check.Guests;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Setup;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Add;

/// <summary>Guide 18.5, steps 1 to 3: the guest is shut down, libvirt no longer starts it, and its XML lies on the shared volume.</summary>
internal static class GuestHandedOver
{
    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(60);

    /// <summary>The changes before the guest becomes a resource. One that is a resource already is the cluster's to run.</summary>
    public static Plan Plan(Snapshot snapshot, LockStorage storage, GuestFacts guest)
    {
        string domain = guest.Xml!.Identity.Name;
        Plan autostart = Planning.Plan.All(snapshot.Reached.Select(node => Planning.Plan.From(node.Domain(domain), $"whether libvirt starts {domain}", node.Name, found => !found.Autostart ? new Plan()
            : Planning.Plan.Of(new Change.OnNode(node.Name, $"switch the autostart of {domain} off on {node.Name}", new DisableAutostart(domain), Short)))));
        if (guest.Resource is not null)
            return autostart;
        Plan shutdown = Planning.Plan.All(snapshot.Reached.Select(node => Planning.Plan.From(node.Domain(domain), $"whether {domain} runs", node.Name, found => found.Active ? Shutdown(node, domain) : new Plan())));
        return shutdown + autostart + Xml(snapshot, storage, guest);
    }

    private static Plan Shutdown(NodeFacts node, string domain) =>
        Planning.Plan.Of(new Change.OnNode(node.Name, $"shut {domain} down on {node.Name}, where it runs now", new ShutDownGuest(domain), ShutdownLimit));

    private static Plan Xml(Snapshot snapshot, LockStorage storage, GuestFacts guest)
    {
        string path = GuestResources.ConfigPath(storage, guest);
        string after = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(guest.Text!.TrimEnd('\n') + "\n"));
        return Planning.Plan.From(snapshot.Node(snapshot.Self).File(path), $"what lies at {path}", snapshot.Self, file => Written(file.Text), () => Written(null));

        Plan Written(string? before) => before == after ? new Plan()
            : Planning.Plan.Of(new Change.WriteFile(snapshot.Self, $"write the XML of {guest.Name} to {path}", path, before, after, KeepBackup: true) { NewMode = "600", Silent = true });
    }
}
