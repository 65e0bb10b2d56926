using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Setup.Steps;

/// <summary>
/// Guide 18.4, step 5: libvirt and virtlockd start at boot and run, with the settings that are on disk. virtlockd is never restarted: that
/// would kill the guests whose locks it holds, and it takes its lock directory from libvirt anyway.
/// </summary>
public static class Daemons
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Enables, starts and restarts what has to be.</summary>
    public static Plan PlanFor(SetupIntent intent, Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(snapshot);
        return Plan.All(snapshot.Reached.Select(node => PlanFor(intent, node)));
    }

    private static Plan PlanFor(SetupIntent intent, NodeFacts node)
    {
        return Plan.From(
            LibvirtFlavour.Of(node),
            LibvirtFlavour.What,
            node.Name,
            flavour =>
            {
                Plan boot = Plan.From(
                    node.Systemd,
                    "whether systemd runs the node",
                    node.Name,
                    systemd =>
                        systemd
                            ? Plan.From(node.Units, "which services there are", node.Name, units => Boot(node, units, flavour))
                            : ByHand(node, flavour)
                );
                return boot
                    + Plan.From(
                        LockSettings.Missing(intent, node),
                        LockSettings.What,
                        node.Name,
                        missing =>
                            // With guests there, the refusal to write the settings says it all.
                            missing.Count > 0
                            && node.Guests is { Value.Count: > 0 }
                                ? new Plan()
                                : Restarted(node, missing.Count > 0)
                    );
            }
        );
    }

    /// <summary>Restarts the daemon when it works by settings older than the files, or than what the plan writes into them.</summary>
    internal static Plan Restarted(NodeFacts node, bool written) =>
        Plan.From(
            LibvirtFlavour.Of(node),
            LibvirtFlavour.What,
            node.Name,
            flavour =>
                Plan.From(
                    node.Daemon(flavour.Daemon),
                    $"whether {flavour.Daemon} runs",
                    node.Name,
                    daemon =>
                        Plan.From(
                            IsStale(node, daemon),
                            LockSettings.What,
                            node.Name,
                            stale => written || stale ? Restart(node, flavour, daemon) : new Plan()
                        )
                )
        );

    /// <summary>Whether a daemon was started before its settings were written.</summary>
    internal static Fact<bool> IsStale(NodeFacts node, DaemonFact daemon) =>
        IsOlder(node, daemon, LibvirtPaths.Qemu).Then(qemu => qemu ? Fact.Known(true) : IsOlder(node, daemon, LibvirtPaths.QemuLockd));

    private static Fact<bool> IsOlder(NodeFacts node, DaemonFact daemon, string path) =>
        node.File(path).Map(file => daemon.Age >= file.Age).OrWhenAbsent(false);

    private static Plan Boot(NodeFacts node, IReadOnlyDictionary<string, UnitFact> known, LibvirtFlavour flavour)
    {
        UnitFact Unit(string name) => known.GetValueOrDefault(name) ?? UnitFact.None;
        string[] units = [.. flavour.Boot.Where(unit => Unit(unit).Exists)];
        string[] masked = [.. units.Where(unit => Unit(unit).Load == "masked")];
        if (masked.Length > 0)
        {
            return Plan.Refuse(
                $"{string.Join(", ", masked)} is masked on {node.Name}, so libvirt cannot run there",
                $"systemctl unmask {masked} on {node.Name}, then run this again"
            );
        }

        // A daemon with a socket may be away: it comes when it is asked for.
        string[] missing =
        [
            .. units.Where(unit =>
                !Unit(unit).Enabled || (!Unit(unit).Running && !Unit(unit.Replace(".service", ".socket", StringComparison.Ordinal)).Running)
            ),
        ];
        if (missing.Length == 0)
            return new Plan();
        string command = $"systemctl enable --now {string.Join(' ', missing)}";
        return Plan.Of(
            new Change.OnNode(
                node.Name,
                $"start libvirt and virtlockd at boot and now on {node.Name}: {command}",
                new EnableUnits(missing),
                Limit
            )
        );
    }

    private static Plan ByHand(NodeFacts node, LibvirtFlavour flavour)
    {
        string[] gone = [.. new[] { "virtlockd", flavour.Daemon }.Where(name => node.Daemon(name).State == FactState.Absent)];
        return Plan.Note(
            gone.Length > 0
                ? $"{node.Name} has no systemd and {string.Join(" and ", gone)} {(gone.Length == 1 ? "does" : "do")} not run there: start "
                    + $"{string.Join(", then ", gone.Select(g => g + " -d"))} yourself, now and at boot before Pacemaker"
                : $"{node.Name} has no systemd: see to it yourself that virtlockd and then {flavour.Daemon} start there at boot before "
                    + "Pacemaker, and stop after it"
        );
    }

    private static Plan Restart(NodeFacts node, LibvirtFlavour flavour, DaemonFact daemon) =>
        Plan.From(
            node.Guests,
            LockSettings.WhetherGuestsRun,
            node.Name,
            guests =>
                guests.Count > 0
                    ? LockSettings.Endangered(node, guests.Keys, $"{flavour.Daemon} on {node.Name} is older than its lock settings")
                    : RestartWithoutGuests(node, flavour, daemon)
        );

    private static Plan RestartWithoutGuests(NodeFacts node, LibvirtFlavour flavour, DaemonFact daemon)
    {
        string title = $"restart {flavour.Daemon} on {node.Name}, so that it takes the lock settings (no guest runs there)";
        return Plan.From(
            node.Systemd,
            "whether systemd runs the node",
            node.Name,
            systemd =>
                systemd ? Plan.Of(new Change.OnNode(node.Name, title, new RestartUnit(flavour.Daemon + ".service"), Limit))
                : daemon.Detaches ? Plan.Of(new Change.OnNode(node.Name, title, new RestartProcess(daemon.Name, daemon.Pid), Limit))
                : Plan.Refuse(
                    $"{flavour.Daemon} (process {daemon.Pid}) on {node.Name} is older than its lock settings, and haagent cannot start "
                        + "again what neither systemd nor itself put into the background",
                    $"restart it on {node.Name} the way it was started, then run this again"
                )
        );
    }
}

/// <summary>
/// On a systemd host, Pacemaker starts after and therefore stops before libvirt and virtlockd. Without it a shutdown tears libvirt away
/// while the cluster still wants to move the guests.
/// </summary>
public static class PacemakerOrdering
{
    /// <summary>Writes the drop-in where it is missing or says something else.</summary>
    public static Plan PlanFor(SetupIntent intent, Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(snapshot);
        return Plan.All(
            snapshot.Reached.Select(node =>
                Plan.From(node.Systemd, "whether systemd runs the node", node.Name, systemd => systemd ? PlanFor(intent, node) : new Plan())
            )
        );
    }

    private static Plan PlanFor(SetupIntent intent, NodeFacts node) =>
        Plan.From(
            LibvirtFlavour.Of(node),
            LibvirtFlavour.What,
            node.Name,
            flavour =>
                Plan.From(
                    node.PacemakerNeedsReload,
                    "what systemd knows of Pacemaker",
                    node.Name,
                    reload =>
                        Plan.From(
                            node.File(LibvirtPaths.DropIn),
                            $"what {LibvirtPaths.DropIn} says",
                            node.Name,
                            file => PlanFor(intent, node, flavour, file.Text, reload),
                            () => PlanFor(intent, node, flavour, null, reload)
                        )
                )
        );

    private static Plan PlanFor(SetupIntent intent, NodeFacts node, LibvirtFlavour flavour, string? before, bool reload)
    {
        string after = Text(intent, flavour);
        if (before == after && !reload)
            return new Plan();
        return Plan.Of(
            new Change.WriteFile(
                node.Name,
                $"order Pacemaker after {flavour.Daemon} and virtlockd on {node.Name} ({LibvirtPaths.DropIn})",
                LibvirtPaths.DropIn,
                before,
                after,
                KeepBackup: false
            )
            {
                ReloadSystemd = true,
            }
        );
    }

    private static string Text(SetupIntent intent, LibvirtFlavour flavour)
    {
        // A mount of the admin's own comes before the cluster that binds it. libvirt-guests finds no cluster guest left when Pacemaker
        // stops first.
        string[] units =
        [
            .. flavour.Ordering,
            "libvirt-guests.service",
            .. intent.Storage is Storage.ExistingMount ? ["remote-fs.target"] : Array.Empty<string>(),
        ];
        const string why =
            "# Pacemaker starts after, and so stops before, what its guests need: a shutdown then moves them instead of losing libvirt "
            + "under them.";
        return $"""
            # Written by 'haagent setup'; 'haagent teardown' takes it away.
            {why}
            [Unit]
            After={string.Join(' ', units)}

            """;
    }
}
