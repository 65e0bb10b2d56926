using System.Text;
using HaAgent.Cluster.Check.Guests;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Setup;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Add;

/// <summary>
/// Guide 18.5, step 3: the guest's XML lies on the shared volume, whole, and every node reads it there. That comes before anything that
/// ends the guest: what cannot be written is no reason to have it stand still.
/// </summary>
internal static class GuestConfigurationFile
{
    // Longer than the node itself looks: its answer says why the file is not seen.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    /// <summary>The changes before the guest is shut down. One that is a resource already has its XML.</summary>
    public static Plan PlanFor(Snapshot snapshot, LockStorage storage, GuestFacts guest)
    {
        if (guest.Resource is not null)
            return new Plan();
        string path = GuestResources.ConfigPath(storage, guest);
        string after = GuestFacts.FileText(guest.Document!.Text);
        return Plan.From(
            snapshot.Node(snapshot.Self).File(path),
            $"what lies at {path}",
            snapshot.Self,
            file => Written(file.Text),
            () => Written(null)
        );

        Plan Written(string? before) => (before == after ? new Plan() : Plan.Of(Write(before))) + Seen();

        Change.WriteFile Write(string? before) =>
            new(snapshot.Self, $"write the XML of {guest.Name} to {path}", path, before, after, KeepBackup: true)
            {
                NewMode = "600",
                Silent = true,
            };

        // Where the cluster takes no resources the volume is not mounted.
        Plan Seen() =>
            Plan.All(
                snapshot
                    .Reached.Where(node => snapshot.Status.TakesResources(node.Name) && node.File(path).Value?.Text != after)
                    .Select(node =>
                        Plan.Of(
                            new Change.OnNode(
                                node.Name,
                                $"see that {node.Name} reads the XML of {guest.Name} at {path}",
                                new SeeFile(path, NodeChange.Fingerprint(Encoding.Latin1.GetBytes(after))),
                                Limit
                            )
                        )
                    )
            );
    }
}

/// <summary>Guide 18.5, steps 1 and 2: the guest is shut down, and libvirt no longer starts it.</summary>
internal static class GuestHandover
{
    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(60);

    /// <summary>The changes before the guest becomes a resource. One that is a resource already is the cluster's to run.</summary>
    public static Plan PlanFor(Snapshot snapshot, GuestFacts guest)
    {
        string domain = guest.Xml!.Identity.Name;
        Plan autostart = Plan.All(
            snapshot.Reached.Select(node =>
                Plan.From(
                    node.Domain(domain),
                    $"whether libvirt starts {domain}",
                    node.Name,
                    found =>
                        !found.Autostart
                            ? new Plan()
                            : Plan.Of(
                                new Change.OnNode(
                                    node.Name,
                                    $"switch the autostart of {domain} off on {node.Name}",
                                    new DisableAutostart(domain),
                                    Short
                                )
                            )
                )
            )
        );
        if (guest.Resource is not null)
            return autostart;
        Plan shutdown = Plan.All(
            snapshot.Reached.Select(node =>
                Plan.From(
                    node.Domain(domain),
                    $"whether {domain} runs",
                    node.Name,
                    found => found.Active ? Shutdown(node, domain) : new Plan()
                )
            )
        );
        return shutdown + autostart;
    }

    private static Plan Shutdown(NodeFacts node, string domain) =>
        Plan.Of(
            new Change.OnNode(node.Name, $"shut {domain} down on {node.Name}, where it runs now", new ShutDownGuest(domain), ShutdownLimit)
        );
}
