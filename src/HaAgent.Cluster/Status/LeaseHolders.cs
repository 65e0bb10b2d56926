using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Setup;
using HaAgent.Core.Guest;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Status;

/// <summary>What is seen of a guest's locks over the whole cluster: a closed choice.</summary>
public abstract record LeaseHolders
{
    private LeaseHolders() { }

    /// <summary>A virtlockd holds the lock of every lockable disk.</summary>
    /// <param name="Nodes">Where; more than one node only when the disks' locks are torn apart.</param>
    public sealed record Held(IReadOnlyList<string> Nodes) : LeaseHolders;

    /// <summary>No virtlockd of any node holds the lock of this disk.</summary>
    /// <param name="Disk">The first such disk.</param>
    public sealed record Free(string Disk) : LeaseHolders;

    /// <summary>There is nothing for virtlockd to lock.</summary>
    /// <param name="Why">Half a sentence.</param>
    public sealed record NotLocked(string Why) : LeaseHolders;

    /// <summary>Cannot tell.</summary>
    /// <param name="Why">Half a sentence.</param>
    public sealed record Unknown(string Why) : LeaseHolders;

    /// <summary>In a few words, for a table.</summary>
    public string Words =>
        this switch
        {
            Held held => string.Join(", ", held.Nodes),
            Free => "nobody",
            NotLocked not => $"none ({not.Why})",
            Unknown unknown => $"unknown ({unknown.Why})",
            _ => throw new InvalidOperationException(),
        };

    /// <summary>Looks for a guest's locks among what the nodes' virtlockd hold.</summary>
    /// <param name="xml">The guest's XML; null when it could not be read.</param>
    /// <param name="nodes">The nodes, asked for their files and leases.</param>
    public static LeaseHolders Of(DomainXml? xml, IReadOnlyList<NodeFacts> nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        if (xml is null)
            return new Unknown("its XML cannot be read");
        NodeFacts[] reached = [.. nodes.Where(n => n.Unreachable is null)];
        if (reached.Select(n => Setup(n).Value).FirstOrDefault(setup => setup is { IsLockd: true }) is not { } locking)
        {
            if (reached.FirstOrDefault(n => Setup(n).State == FactState.NotLearned) is { } unknown)
                return new Unknown($"how {unknown.Name} locks could not be learned: {Setup(unknown).Why}");
            return reached.Length == nodes.Count
                ? new NotLocked("libvirt has no lock manager")
                : new Unknown("no node with a lock manager answers");
        }

        string[] files = [.. xml.Disks.Select(disk => LeaseCheck.LeaseFile(disk, locking)).OfType<string>()];
        if (files.Length == 0)
            return new NotLocked("no disk that virtlockd locks");

        var holders = new List<string>();
        foreach (string file in files)
        {
            string[] here =
            [
                .. reached.Where(n => n.Leases.IsKnown(out var leases) && leases.Any(lease => IsSame(lease, file))).Select(n => n.Name),
            ];
            if (here.Length == 0 && reached.Length < nodes.Count)
                return new Unknown($"{string.Join(", ", nodes.Except(reached).Select(n => n.Name))} could not be asked");
            if (here.Length == 0 && reached.FirstOrDefault(n => n.Leases.State == FactState.NotLearned) is { } silent)
                return new Unknown($"what {silent.Name} has locked could not be learned: {silent.Leases.Why}");
            if (here.Length == 0)
                return new Free(xml.Disks.First(disk => LeaseCheck.LeaseFile(disk, locking) == file).Source!);
            holders.AddRange(here);
        }

        return new Held([.. holders.Distinct()]);
    }

    /// <summary>How a node's libvirt locks disks.</summary>
    public static Fact<LockSetup> Setup(NodeFacts node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return LockSetup.Learn(Text(node, LibvirtPaths.Qemu), () => Text(node, LibvirtPaths.QemuLockd));
    }

    private static Fact<string> Text(NodeFacts node, string path) => node.File(path).Map(file => file.Text);

    // A lease file is known by its name alone: the kernel may show another path to it than the configuration does.
    private static bool IsSame(string held, string wanted) =>
        held == wanted || (Name(wanted) is { Length: 64 } name && name.All(char.IsAsciiHexDigitLower) && Name(held) == name);

    private static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];
}
