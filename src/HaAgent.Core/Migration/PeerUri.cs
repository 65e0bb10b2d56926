using System.Globalization;
using HaAgent.Core.Ocf;

namespace HaAgent.Core.Migration;

/// <summary>The URIs of another node: as the bash agent composes them, except that %n is the node's name wherever it stands.</summary>
public static class PeerUri
{
    /// <summary>The URI of a node's hypervisor.</summary>
    /// <param name="settings">The parameters.</param>
    /// <param name="node">The cluster's name of the node.</param>
    /// <param name="localUri">The URI of the hypervisor here, as libvirt resolved it.</param>
    public static string Hypervisor(Settings settings, string node, string localUri)
    {
        if (settings.RemoteUri.Length > 0)
            return settings.RemoteUri.Replace("%n", node, StringComparison.Ordinal);

        // driver[+transport]://[user@]host[:port]/path
        int schemeEnd = localUri.IndexOf("://", StringComparison.Ordinal);
        if (schemeEnd < 0)
            return localUri;
        string scheme = localUri[..schemeEnd];
        string rest = localUri[(schemeEnd + 3)..];
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string authority = slash < 0 ? rest : rest[..slash];
        string path = slash < 0 ? "/" : rest[slash..];
        int colon = authority.LastIndexOf(':');
        string port = colon < 0 ? "" : authority[colon..];
        if (settings.MigrationTransport.Length > 0)
        {
            int plus = scheme.IndexOf('+', StringComparison.Ordinal);
            scheme = (plus < 0 ? scheme : scheme[..plus]) + "+" + settings.MigrationTransport;
        }

        string user = settings.MigrationUser.Length > 0 ? settings.MigrationUser + "@" : "";
        return $"{scheme}://{user}{WithSuffix(node, settings.MigrationNetworkSuffix)}{port}{path}";
    }

    /// <summary>The URI to which the guest's state is sent; null: libvirt chooses.</summary>
    /// <param name="settings">The parameters.</param>
    /// <param name="options">The parsed migrate_options.</param>
    /// <param name="node">The cluster's name of the target.</param>
    /// <param name="localUri">The URI of the hypervisor here.</param>
    /// <param name="randomPort">A port between 49152 and 49215, for when none is configured.</param>
    public static string? State(Settings settings, MigrateRequest options, string node, string localUri, int randomPort)
    {
        if (settings.MigrateUri.Length > 0)
            return settings.MigrateUri.Replace("%n", node, StringComparison.Ordinal);
        if (options.ValueOf("migrate_uri") is string given)
            return given.Replace("%n", node, StringComparison.Ordinal);
        if (settings.MigrationNetworkSuffix.Length == 0)
            return null;
        string host = WithSuffix(node, settings.MigrationNetworkSuffix);
        if (localUri.StartsWith("xen", StringComparison.Ordinal))
            return host;
        long port = settings.MigratePort ?? randomPort;
        return string.Create(CultureInfo.InvariantCulture, $"tcp://{host}:{port}");
    }

    /// <summary>alice → alice-mig, alice.example.org → alice-mig.example.org.</summary>
    private static string WithSuffix(string node, string suffix)
    {
        int dot = node.IndexOf('.', StringComparison.Ordinal);
        return suffix.Length == 0 ? node : dot < 0 ? node + suffix : node[..dot] + suffix + node[dot..];
    }
}
