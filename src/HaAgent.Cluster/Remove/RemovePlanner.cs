using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Remove;

/// <summary>
/// Takes guests out of the cluster. One that is to run on is taken out while the whole cluster stands still (maintenance mode): the cluster
/// would stop a resource that it remembers and no longer knows.
/// </summary>
public static class RemovePlanner
{
    /// <summary>A cluster property that says that the maintenance mode is ours to end, also after an interruption.</summary>
    public const string Mark = "haagent-removing";

    private const string Maintenance = "maintenance-mode";
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(90);

    /// <summary>The plan; without I/O. An empty one means that the cluster knows none of these guests.</summary>
    /// <param name="names">The resources.</param>
    /// <param name="keepRunning">Whether the guests run on; otherwise they are shut down.</param>
    /// <param name="snapshot">What was seen.</param>
    public static Plan PlanFor(IReadOnlyList<string> names, bool keepRunning, Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(snapshot);
        Refusal[] refusals = [.. names.SelectMany(name => NotOurs(name, snapshot))];
        if (refusals.Length > 0)
            return new Plan { Refusals = refusals };
        Primitive[] guests = [.. names.Select(snapshot.Cib.Primitive).OfType<Primitive>()];
        Plan notes = Plan.All(
            guests.Select(guest => Plan.Note($"the XML of {guest.Id} stays at {guest.Parameter("config")}; 'virsh define' takes it"))
        );
        string[] absent = [.. names.Where(name => snapshot.Cib.Primitive(name) is null)];
        if (absent.Length > 0)
            notes += Plan.Note(
                $"{string.Join(", ", absent)} {(absent.Length == 1 ? "is" : "are")} not, or no longer, in the cluster's configuration"
            );
        return (keepRunning ? Leave(names, guests, snapshot) : Stop(guests, snapshot)) + notes;
    }

    private static IEnumerable<Refusal> NotOurs(string name, Snapshot snapshot)
    {
        Cib cib = snapshot.Cib;
        if (cib.Primitive(name) is not { } primitive)
        {
            if (cib.HasId(name))
                yield return new Refusal($"{name} in the cluster's configuration is not a guest", "name guests; haagent status lists them");
        }
        else if (!primitive.Agent.IsVirtualMachine)
        {
            yield return new Refusal($"{name} is no guest but {primitive.Agent.FullName}", "name guests; haagent status lists them");
        }
        else if (cib.ParentOf(name) is { } parent)
        {
            yield return new Refusal(
                $"{name} is in {parent}, which haagent did not make",
                $"take it out of {parent} first: crm configure modgroup {parent} remove {name}"
            );
        }
    }

    private static Plan Stop(Primitive[] guests, Snapshot snapshot)
    {
        if (guests.Length == 0)
            return new Plan();
        Cib cib = snapshot.Cib;
        var changes = new List<Change>();
        Primitive[] active = [.. guests.Where(guest => snapshot.Status.Anywhere(guest.Id).Any())];
        string[] asked = [.. active.Where(guest => !guest.IsToldToStop).Select(guest => guest.Id)];
        if (asked.Length > 0)
        {
            Cib stopped = asked.Aggregate(cib.Edit(), (draft, name) => draft.SetMeta(name, "target-role", "Stopped")).Finish();
            changes.Add(new Change.Configure($"shut {string.Join(", ", asked)} down", cib, stopped));
            cib = stopped;
        }

        changes.AddRange(
            active.Select(guest => new Change.Await($"wait until {guest.Id} has stopped", guest.Id, new Goal.Nowhere(), StopLimit))
        );
        changes.Add(
            new Change.Configure(
                $"take {string.Join(", ", guests.Select(g => g.Id))} out of the cluster's configuration",
                cib,
                Without(cib.Edit(), guests).Finish()
            )
        );
        return new Plan { Changes = changes };
    }

    private static Plan Leave(IReadOnlyList<string> names, Primitive[] guests, Snapshot snapshot)
    {
        Cib cib = snapshot.Cib;
        bool ours = cib.Property(Mark) is not null;
        bool resting = ClusterBoolean.IsTrue(cib.Property(Maintenance));
        var changes = new List<Change>();
        if (guests.Length > 0)
        {
            CibDraft draft = Without(cib.Edit(), guests);
            if (!resting)
                draft.SetProperty(Maintenance, "true").SetProperty(Mark, "true");
            ours |= !resting;
            Cib without = draft.Finish();
            changes.Add(
                new Change.Configure(
                    $"take {string.Join(", ", guests.Select(g => g.Id))} out of the cluster's configuration, the cluster standing still "
                        + "meanwhile",
                    cib,
                    without
                )
            );
            cib = without;
        }

        // What the cluster remembers of them must go before it moves again.
        string[] remembered = [.. names.Where(name => guests.Any(g => g.Id == name) || snapshot.Status.Resources.Any(r => r.Id == name))];
        changes.AddRange(
            remembered.Select(name => new Change.OnNode(snapshot.Self, $"make the cluster forget {name}", new ForgetResource(name), Short))
        );
        if (ours)
            changes.Add(
                new Change.Configure(
                    "let the cluster move again",
                    cib,
                    cib.Edit().RemoveProperty(Maintenance).RemoveProperty(Mark).Finish()
                )
            );
        return new Plan { Changes = changes };
    }

    private static CibDraft Without(CibDraft draft, Primitive[] guests) => guests.Aggregate(draft, (d, guest) => d.Remove(guest.Id));
}
