using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Node;
using HaAgent.Core.Text;

namespace HaAgent.Cli.Apply;

/// <summary>What goes on, or stays as it must not stay for long, when a plan ends at this point.</summary>
internal sealed class GoingOn
{
    private Change? underWay;
    private readonly List<(string Domain, string Node)> off = [];
    private bool resting;

    /// <summary>The sentences, each with a space before it; empty when there is nothing to say.</summary>
    public string Words => Shutdown() + Off() + (resting ? " The cluster is in maintenance mode until you run this again." : "");

    /// <summary>A plan is begun. One that is to have the cluster move again finishes what an earlier run began.</summary>
    public void Begin(Plan plan)
    {
        Change.Configure[] all = [.. plan.Changes.OfType<Change.Configure>()];
        if (all.Length > 0 && IsResting(all[0].Before) && !IsResting(all[^1].After))
            resting = true;
    }

    /// <summary>A change is begun.</summary>
    public void Begin(Change change) => underWay = change;

    /// <summary>It was made.</summary>
    public void Done(Change change)
    {
        underWay = null;
        if (change is Change.OnNode { What: ShutDownGuest { Domain: var domain }, Node: var node })
            off.Add((domain, node));
        else if (change is Change.Configure)
            off.Clear();
        if (change is Change.Configure configure && IsResting(configure.After) != IsResting(configure.Before))
            resting = IsResting(configure.After);
    }

    // The cluster starts them once they are in its configuration.
    private string Off() =>
        string.Concat(
            off.Select(guest =>
                $" {guest.Domain} is shut off and not the cluster's yet: without a second run it stays off; to have it back as it was, on "
                + $"{guest.Node}: {Advice.Of($"virsh start {guest.Domain}")}."
            )
        );

    private static bool IsResting(Cib cib) => ClusterBoolean.IsTrue(cib.Property("maintenance-mode"));

    // The node asks the guest again and again, whoever waits for it.
    private string Shutdown() =>
        underWay is Change.OnNode { What: ShutDownGuest { Domain: var domain }, Node: var node }
            ? $" {domain} may still be shutting down on {node}: without a second run it stays off; to have it back as it was, once it is "
                + $"off there: {Advice.Of($"virsh start {domain}")}."
            : "";
}
