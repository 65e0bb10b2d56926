using HaAgent.Cluster.Adopt;
using HaAgent.Cluster.Check.Rules;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Node;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Remove;

/// <summary>
/// Takes guests out of the cluster. One that is to run on is taken out while the whole cluster stands still (maintenance mode): the cluster
/// would stop a resource that it remembers and no longer knows.
/// </summary>
public static class RemovePlanner
{
    /// <summary>
    /// A cluster property that names the guests that were taken out and that the cluster may still remember: after an interruption each run
    /// has the cluster forget all of them before it moves again, whichever guests it is called for.
    /// </summary>
    public const string Mark = "haagent-removing";

    /// <summary>A cluster property that says that the maintenance mode is ours to end; without it, it is the admin's.</summary>
    public const string OwnMaintenance = "haagent-maintenance";

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
        Refusal[] refusals = [.. names.SelectMany(name => NotOurs(name, snapshot)), .. Adopting(snapshot.Cib)];
        if (refusals.Length > 0)
            return new Plan { Refusals = refusals };
        Primitive[] guests = [.. names.Select(snapshot.Cib.Primitive).OfType<Primitive>()];
        if (keepRunning)
            refusals =
            [
                .. guests.SelectMany(guest =>
                    GuestNode.Busy(guest, snapshot.Status, "the cluster would forget that, and start it elsewhere a second time")
                ),
            ];
        if (refusals.Length > 0)
            return new Plan { Refusals = refusals };
        Plan notes = Plan.All(
            guests.Select(guest => Plan.Note($"the XML of {guest.Id} stays at {guest.Parameter("config")}; 'virsh define' takes it"))
        );
        notes += Plan.All(
            guests
                .Select(GuestNode.Of)
                .OfType<string>()
                .Select(node => Plan.Note($"the cluster remembers the guest node {node}; 'crm_node --force --remove={node}' ends that"))
        );
        string[] absent = [.. names.Where(name => snapshot.Cib.Primitive(name) is null)];
        if (absent.Length > 0)
            notes += Plan.Note(
                $"{string.Join(", ", absent)} {(absent.Length == 1 ? "is" : "are")} not, or no longer, in the cluster's configuration"
            );
        return (keepRunning ? Leave(names, guests, snapshot) : Stop(guests, snapshot)) + notes;
    }

    /// <summary>The guests that an interrupted removal took out and that run on; empty when there was none.</summary>
    public static IReadOnlyList<string> Unfinished(Cib cib)
    {
        ArgumentNullException.ThrowIfNull(cib);
        string[] marked = (cib.Property(Mark) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);

        // One that somebody put back is the cluster's again.
        return [.. marked.Where(name => cib.Primitive(name) is null)];
    }

    /// <summary>How a removal is ended of which nothing is left to finish: typed again, it would take its guests out anew.</summary>
    public static Advice Ending(Cib cib)
    {
        ArgumentNullException.ThrowIfNull(cib);
        bool ours = ClusterBoolean.IsTrue(cib.Property(Maintenance)) && cib.Property(OwnMaintenance) is not null;
        IEnumerable<Advice> marks = new[] { Mark, AdoptPlanner.Mark, OwnMaintenance }
            .Where(mark => cib.Property(mark) is not null)
            .Select(mark => Advice.Of($"crm_attribute --type crm_config --name {mark} --delete"));
        return Advice.Joined("; ", ours ? [.. marks, $"crm maintenance off"] : marks);
    }

    // It has the cluster stand still, too, and ends that itself.
    private static IEnumerable<Refusal> Adopting(Cib cib)
    {
        if (cib.Property(AdoptPlanner.Mark) is not null)
            yield return new Refusal(
                "'haagent adopt' was interrupted, and the cluster is still as it left it",
                $"{AdoptPlanner.Finishing(cib)}; then run this again"
            );
    }

    private static IEnumerable<Refusal> NotOurs(string name, Snapshot snapshot)
    {
        Cib cib = snapshot.Cib;
        if (cib.Primitive(name) is not { } primitive)
        {
            if (cib.HasId(name))
                yield return new Refusal(
                    $"{name} in the cluster's configuration is not a guest",
                    $"name guests; haagent status lists them"
                );
        }
        else if (!primitive.Agent.IsVirtualMachine)
        {
            yield return new Refusal($"{name} is no guest but {primitive.Agent.FullName}", $"name guests; haagent status lists them");
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

        // In maintenance mode nothing would stop; and when that mode ended, those guests would.
        if (cib.Property(Mark) is not null)
        {
            string[] unfinished = [.. Unfinished(cib)];
            if (unfinished.Length == 0)
                return Plan.Refuse(
                    "'haagent remove --keep-running' was interrupted, and the guests that it took out are back: nothing of it is "
                        + "left to finish",
                    $"{Ending(cib)}; then run this again"
                );
            Advice finishing = $"haagent remove --keep-running {unfinished}";
            return Plan.Refuse(
                $"'{finishing}' was interrupted, and the cluster is still as it left it",
                $"{finishing} finishes it; then run this again"
            );
        }

        var changes = new List<Change>();
        Primitive[] active = [.. guests.Where(guest => snapshot.Status.Anywhere(guest.Id).Any())];
        Refusal[] unmanaged = [.. active.Select(guest => Unmanaged(guest, snapshot)).OfType<Refusal>().Distinct()];
        if (unmanaged.Length > 0)
            return new Plan { Refusals = unmanaged };
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

    // It would be waited for in vain; and whenever the cluster was let move again, the guest would be shut down.
    private static Refusal? Unmanaged(Primitive guest, Snapshot snapshot)
    {
        if (!snapshot.Status.Resources.Any(resource => resource.Id == guest.Id && resource is { Active: true, Managed: false }))
            return null;
        return Management.Unmanaged(snapshot.Cib, guest) is { } why
            ? new Refusal($"{guest.Id} would not be stopped: {why.Sentence}", $"{why.Mend}; then run this again")
            : new Refusal(
                $"{guest.Id} would not be stopped: the cluster does not manage it (is its node in maintenance?)",
                $"crm_mon -1 shows it; end that, then run this again"
            );
    }

    private static Plan Leave(IReadOnlyList<string> names, Primitive[] guests, Snapshot snapshot)
    {
        Cib cib = snapshot.Cib;
        bool marked = cib.Property(Mark) is not null;
        string[] earlier = [.. Unfinished(cib)];
        bool resting = ClusterBoolean.IsTrue(cib.Property(Maintenance));
        bool ours = resting && cib.Property(OwnMaintenance) is not null;
        var changes = new List<Change>();
        if (guests.Length > 0)
        {
            string[] leaving = [.. earlier.Union(guests.Select(guest => guest.Id))];
            CibDraft draft = Without(cib.Edit(), guests).SetProperty(Mark, string.Join(' ', leaving));
            if (!resting)
                draft.SetProperty(Maintenance, "true").SetProperty(OwnMaintenance, "true");
            (ours, marked) = (ours || !resting, true);
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
        IEnumerable<string> remembered = names.Where(name =>
            guests.Any(g => g.Id == name) || snapshot.Status.Resources.Any(r => r.Id == name)
        );
        changes.AddRange(
            earlier
                .Union(remembered)
                .Select(name => new Change.OnNode(snapshot.Self, $"make the cluster forget {name}", new ForgetResource(name), Short))
        );
        if (marked)
        {
            CibDraft draft = cib.Edit().RemoveProperty(Mark).RemoveProperty(OwnMaintenance);
            if (ours)
                draft.RemoveProperty(Maintenance);
            string title =
                ours ? "let the cluster move again"
                : resting ? "take haagent's marks away; the maintenance mode is not haagent's and stays"
                : "take haagent's marks away";
            changes.Add(new Change.Configure(title, cib, draft.Finish()));
        }

        string[] others = [.. earlier.Except(names)];
        return new Plan
        {
            Changes = changes,
            Notes =
                others.Length == 0 ? [] : [$"an earlier removal of {string.Join(", ", others)} was interrupted, and is finished with this"],
        };
    }

    private static CibDraft Without(CibDraft draft, Primitive[] guests) => guests.Aggregate(draft, (d, guest) => d.Remove(guest.Id));
}
