using HaAgent.EndToEnd.Tests.Node;

namespace HaAgent.EndToEnd.Tests.Haagent;

/// <summary>A cluster after `haagent setup`: what an admin has before the first guest. One for all classes of its collection; each test begins without guests.</summary>
public sealed class SetUpCluster : BareCluster
{
    internal static readonly string[] Setup = ["setup", "--existing-mount", Shared, "--yes"];

    public SetUpCluster()
    {
        Finished finished = Haagent(Setup);
        if (finished.ExitCode == 0)
            return;
        Dispose();
        throw new InvalidOperationException($"{finished.Line}: exit status {finished.ExitCode}\n{finished.Output}{finished.Error}");
    }

    /// <summary>No guest in the cluster, in libvirt or on the volume.</summary>
    internal void NoGuests()
    {
        string[] guests = Guests();
        if (guests.Length > 0)
            Done(["remove", "--stop", "--yes", .. guests]);
        foreach (string node in new[] { Alice, Bob })
        {
            Script(node, """
                for guest in $(virsh -q list --name); do virsh -q destroy $guest; done
                for guest in $(virsh -q list --all --name); do virsh -q undefine $guest; done
                rm -f /mnt/shared/VM*.xml*
                """);
        }
    }

    /// <summary>One guest, under the cluster's care on a node; left as it is when it is there already.</summary>
    internal void OnlyGuest(string guest, string node)
    {
        if (Guests() is not [var only] || only != guest || Lab.Try("where", guest).Output.Trim() != node)
        {
            NoGuests();
            Add(guest, node);
        }

        foreach (string each in new[] { Alice, Bob })
            Script(each, $"for other in $(virsh -q list --all --name | grep -vx {guest}); do virsh -q undefine $other; done; find /mnt/shared -maxdepth 1 -name 'VM*' ! -name {guest}.xml -delete");
        Lab.Wait("idle");
    }

    private string[] Guests() =>
        Script(Alice, "cibadmin --query | grep -o '<primitive id=\"VM[0-9]*\"' | cut -d'\"' -f2").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A guest of the lab under the cluster's care.</summary>
    private void Add(string guest, string node)
    {
        Define(guest, node);
        Done("add", guest, "--prefer", node, "--yes");
    }

    /// <summary>The process that is a guest, and where.</summary>
    internal string Process(string guest)
    {
        string node = Lab.Copies(guest, Alice).Length > 0 ? Alice : Bob;
        return $"{node} {Script(node, $"cat /run/libvirt/qemu/{guest}.pid")}";
    }
}

[CollectionDefinition(nameof(SetUpCluster))]
public sealed class SetUpClusterCollection : ICollectionFixture<SetUpCluster>;

/// <summary>Another such cluster: two chains of tests end sooner than one.</summary>
[CollectionDefinition(nameof(GuestsComeAndGo))]
public sealed class GuestsComeAndGo : ICollectionFixture<SetUpCluster>;
