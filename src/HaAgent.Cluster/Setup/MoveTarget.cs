using System.Globalization;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Status;
using HaAgent.Core.Locking;
using HaAgent.Core.Migration;
using HaAgent.Core.Node;
using HaAgent.Core.Ocf;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Setup;

/// <summary>Something that a guest needs of a node, and that is not there, or could not be learned.</summary>
/// <param name="Sentence">What, as a clause.</param>
/// <param name="Mend">What mends it; null where it could not be learned.</param>
public sealed record Need(string Sentence, Advice? Mend)
{
    /// <summary>Nobody knows whether it is there.</summary>
    public bool IsNotLearned => Mend is null;
}

/// <summary>What has to answer on a node for a guest to be started there, or to move there.</summary>
public static class MoveTarget
{
    private const int TcpPort = 16509;
    private const int TlsPort = 16514;

    /// <summary>What is missing for a start: libvirt, and virtlockd.</summary>
    public static IEnumerable<Need> ForStart(NodeFacts node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (node.Unreachable is { } silent)
        {
            yield return new Need($"{node.Name} could not be asked: {silent.Sentence.TrimEnd('.')}", null);
            yield break;
        }

        // One that is slow may take the guest in the next moment; one that nothing runs and nothing would start takes none.
        if (node.Domains.IsNotLearned(out string? why))
            yield return new Need(
                $"libvirt on {node.Name} does not answer: {why.TrimEnd('.')}{Inactive(node)}",
                Asleep(node) is { Length: > 0 } units ? Advice.Of($"systemctl start {units} on {node.Name}") : null
            );

        // Without a lock manager nobody asks virtlockd.
        if (LeaseHolders.Setup(node) is not { Value.IsLockd: false } && Virtlockd(node) is { } lockd)
            yield return lockd;
        if (Virtlogd(node) is { } logd)
            yield return logd;
    }

    /// <summary>What is missing for virtlogd, where libvirt gives it the guests' output, to be there; null: nothing, or it is not to start
    /// by itself.</summary>
    public static Need? Virtlogd(NodeFacts node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (
            node.Unit("virtlogd.socket") is not { Value: { Exists: true, Enabled: true, Running: false } socket }
            || node.Daemon("virtlogd").State != FactState.Absent
        )
            return null;
        string away = $"virtlogd does not run on {node.Name}";
        return node.File(LibvirtPaths.Qemu)
            .Match(
                file => LibvirtConf.GetString(file.Text, "stdio_handler") == "file" ? null : Missing(),
                Missing,
                why => new Need(
                    $"{away}, and whether libvirt needs it there (stdio_handler in {LibvirtPaths.Qemu}) could not be learned: "
                        + why.TrimEnd('.'),
                    null
                )
            );

        Need? Missing() =>
            new(
                $"{away}, and virtlogd.socket is {socket.Active}: no guest starts there",
                Advice.Of($"systemctl start virtlogd.socket on {node.Name}")
            );
    }

    /// <summary>What is missing for virtlockd to be there when libvirt asks for a lock; null: nothing.</summary>
    public static Need? Virtlockd(NodeFacts node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (node.Daemons.IsNotLearned(out string? why))
            return new Need($"whether virtlockd runs on {node.Name} could not be learned: {why.TrimEnd('.')}", null);
        if (node.Daemon("virtlockd").State == FactState.Known || IsRunning(node, "virtlockd.socket"))
            return null;
        if (node.Units.IsNotLearned(out why))
            return new Need($"whether virtlockd.socket listens on {node.Name} could not be learned: {why.TrimEnd('.')}", null);
        return node.Unit("virtlockd.socket") is { Value.Exists: true }
            ? new Need(
                $"virtlockd does not run on {node.Name}, and virtlockd.socket is {node.Unit("virtlockd.socket").Value!.Active}: no guest "
                    + "starts there",
                Advice.Of($"systemctl start virtlockd.socket on {node.Name}")
            )
            : new Need($"virtlockd does not run on {node.Name}: no guest starts there", Advice.Of($"virtlockd -d on {node.Name}"));
    }

    /// <summary>What is missing for a guest's live migration to a node: what listens for its transport. Null: nothing, or it goes by
    /// ssh.</summary>
    public static Need? Transport(Primitive guest, NodeFacts node)
    {
        ArgumentNullException.ThrowIfNull(guest);
        ArgumentNullException.ThrowIfNull(node);
        string uri = PeerUri.Hypervisor(SettingsOf(guest), node.Name, guest.Parameter("hypervisor") ?? "qemu:///system");
        if (
            !Uri.TryCreate(uri, UriKind.Absolute, out Uri? peer)
            || !string.Equals(peer.Host, node.Name, StringComparison.OrdinalIgnoreCase)
            || Transport(peer) is not { } transport
        )
            return null;
        int port = peer.IsDefaultPort || peer.Port <= 0 ? (transport == "tcp" ? TcpPort : TlsPort) : peer.Port;
        if (node.TcpPorts.IsNotLearned(out string? why))
            return new Need(
                $"whether anybody listens on TCP port {Number(port)} of {node.Name} could not be learned: {why.TrimEnd('.')}",
                null
            );
        if (node.TcpPorts.Value!.Contains(port))
            return null;
        string unit = $"{(LibvirtFlavour.Of(node).Value == LibvirtFlavour.Modular ? "virtproxyd" : "libvirtd")}-{transport}.socket";
        string state = node.Unit(unit) is { Value: { Exists: true } socket } ? $" ({unit} is {socket.Active})" : "";
        return new Need(
            $"it moves by {uri}, and nobody listens on TCP port {Number(port)} of {node.Name}{state}",
            node.Systemd is { Value: true }
                ? Advice.Of($"systemctl enable --now {unit} on {node.Name}")
                : Advice.Of($"have libvirt listen there (virtproxyd, or libvirtd --listen) on {node.Name}")
        );
    }

    // Without a transport a URI with a host is one of TLS (libvirt.org/uri.html).
    private static string? Transport(Uri peer) =>
        peer.Scheme.Split('+') switch
        {
            [_] or [_, "tls"] => "tls",
            [_, "tcp"] => "tcp",
            _ => null,
        };

    private static Settings SettingsOf(Primitive guest) =>
        new(
            new Invocation(
                ActionTable.Find("migrate_to")!,
                key => key.StartsWith(Prefix, StringComparison.Ordinal) ? guest.Parameter(key[Prefix.Length..]) : null
            )
        );

    private const string Prefix = "OCF_RESKEY_";

    private static bool IsRunning(NodeFacts node, string unit) => node.Unit(unit) is { Value.Running: true };

    private static string[] Asleep(NodeFacts node) =>
        LibvirtFlavour.Of(node).Value is { } flavour
        && node.Daemon(flavour.Daemon).State == FactState.Absent
        && !flavour.Starting.Any(unit => IsRunning(node, unit))
            ? [.. flavour.Starting.Where(unit => node.Unit(unit) is { Value.Exists: true })]
            : [];

    private static string Inactive(NodeFacts node) =>
        string.Concat(Asleep(node).Select(unit => $"; {unit} is {node.Unit(unit).Value!.Active}"));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
