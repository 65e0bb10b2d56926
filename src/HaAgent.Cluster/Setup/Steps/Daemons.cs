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
    public static Plan Plan(SetupIntent intent, Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(intent);
        ArgumentNullException.ThrowIfNull(snapshot);
        return Planning.Plan.All(snapshot.Reached.Select(node => Plan(intent, node)));
    }

    private static Plan Plan(SetupIntent intent, NodeFacts node)
    {
        if (LibvirtFlavour.Of(node) is not { } flavour)
            return new Plan();
        Plan boot = node.Systemd ? Boot(node, flavour) : Planning.Plan.All(ByHand(node, flavour));
        bool written = LockSettings.Missing(intent, node).Count > 0;

        // With guests there, the refusal to write the settings says it all.
        return written && node.Guests.Count > 0 ? boot : boot + Restarted(node, written);
    }

    /// <summary>Restarts the daemon when it works by settings older than the files, or than what the plan writes into them.</summary>
    internal static Plan Restarted(NodeFacts node, bool written) =>
        LibvirtFlavour.Of(node) is { } flavour && node.Daemon(flavour.Daemon) is { } daemon && (written || IsStale(node, daemon))
            ? Restart(node, flavour, daemon)
            : new Plan();

    private static Plan Boot(NodeFacts node, LibvirtFlavour flavour)
    {
        string[] units = [.. flavour.Boot.Where(unit => node.Unit(unit).Exists)];
        string[] masked = [.. units.Where(unit => node.Unit(unit).Load == "masked")];
        if (masked.Length > 0)
        {
            return Planning.Plan.Refuse($"{string.Join(", ", masked)} is masked on {node.Name}, so libvirt cannot run there",
                $"systemctl unmask {string.Join(' ', masked)} on {node.Name}, then run this again");
        }

        string[] missing = [.. units.Where(unit => !node.Unit(unit).Enabled || !IsUp(node, unit))];
        if (missing.Length == 0)
            return new Plan();
        string command = $"systemctl enable --now {string.Join(' ', missing)}";
        return Planning.Plan.Of(new Change.OnNode(node.Name, $"start libvirt and virtlockd at boot and now on {node.Name}: {command}", new EnableUnits(missing), Limit));
    }

    // A daemon with a socket may be away: it comes when it is asked for.
    private static bool IsUp(NodeFacts node, string unit) =>
        node.Unit(unit).Running || node.Unit(unit.Replace(".service", ".socket", StringComparison.Ordinal)).Running;

    private static IEnumerable<Plan> ByHand(NodeFacts node, LibvirtFlavour flavour)
    {
        string[] gone = [.. new[] { "virtlockd", flavour.Daemon }.Where(name => node.Daemon(name) is null)];
        yield return Planning.Plan.Note(gone.Length > 0
            ? $"{node.Name} has no systemd and {string.Join(" and ", gone)} {(gone.Length == 1 ? "does" : "do")} not run there: start {string.Join(", then ", gone.Select(g => g + " -d"))} yourself, now and at boot before Pacemaker"
            : $"{node.Name} has no systemd: see to it yourself that virtlockd and then {flavour.Daemon} start there at boot before Pacemaker, and stop after it");
    }

    private static bool IsStale(NodeFacts node, DaemonFact daemon) =>
        new[] { LibvirtPaths.Qemu, LibvirtPaths.QemuLockd }.Select(node.File).Any(file => file.Text is not null && daemon.Age >= file.Age);

    private static Plan Restart(NodeFacts node, LibvirtFlavour flavour, DaemonFact daemon)
    {
        string title = $"restart {flavour.Daemon} on {node.Name}, so that it takes the lock settings (no guest runs there)";
        if (node.Guests.Count > 0)
            return LockSettings.Endangered(node, $"{flavour.Daemon} on {node.Name} is older than its lock settings");
        if (node.Systemd)
            return Planning.Plan.Of(new Change.OnNode(node.Name, title, new RestartUnit(flavour.Daemon + ".service"), Limit));
        return daemon.Detaches
            ? Planning.Plan.Of(new Change.OnNode(node.Name, title, new RestartProcess(daemon.Name, daemon.Pid), Limit))
            : Planning.Plan.Refuse($"{flavour.Daemon} (process {daemon.Pid}) on {node.Name} is older than its lock settings, and haagent cannot start again what neither systemd nor itself put into the background",
                $"restart it on {node.Name} the way it was started, then run this again");
    }
}
