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
        return suffix.Length == 0 ? node
            : dot < 0 ? node + suffix
            : node[..dot] + suffix + node[dot..];
    }
}

/// <summary>
/// The ssh connection that libvirt would make for a URI (driver+ssh://[user@]host[:port]/path?parameters, libvirt.org/uri.html), as a
/// program and its arguments, so that a question asked beside it reaches the same machine as the same user.
/// </summary>
/// <param name="Program">ssh, or what the parameter "command" names.</param>
/// <param name="Options">What comes before the host.</param>
/// <param name="Host">Without the brackets of an IPv6 address.</param>
public sealed record SshTarget(string Program, IReadOnlyList<string> Options, string Host)
{
    /// <summary>Reads a URI.</summary>
    /// <returns>Null: it does not go by ssh, or nothing that ssh could be given safely comes of it.</returns>
    public static SshTarget? Parse(string uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        int scheme = uri.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0 || uri[..scheme].Split('+') is not [_, "ssh" or "libssh" or "libssh2"])
            return null;
        string rest = uri[(scheme + 3)..];
        int fragment = rest.IndexOf('#', StringComparison.Ordinal);
        rest = fragment < 0 ? rest : rest[..fragment];
        int question = rest.IndexOf('?', StringComparison.Ordinal);
        Dictionary<string, string> parameters = Parameters(question < 0 ? "" : rest[(question + 1)..]);
        string authority = (question < 0 ? rest : rest[..question]).Split('/')[0];

        int at = authority.LastIndexOf('@');
        string? user = at < 0 ? null : Decode(authority[..at]);
        if (!SplitPort(authority[(at + 1)..], out string host, out string? port) || !IsSafe(host) || (user is not null && !IsSafe(user)))
            return null;

        var options = new List<string>();
        if (port is not null)
            options.AddRange(["-p", port]);
        if (user is not null)
            options.AddRange(["-l", user]);
        if (parameters.TryGetValue("keyfile", out string? key) && key.Length > 0)
            options.AddRange(["-i", key]);
        if (parameters.TryGetValue("known_hosts", out string? hosts) && hosts.Length > 0)
            options.AddRange(["-o", "UserKnownHostsFile=" + hosts]);
        if (parameters.TryGetValue("no_verify", out string? verify) && verify != "0")
            options.AddRange(["-o", "StrictHostKeyChecking=no"]);
        return new SshTarget(parameters.GetValueOrDefault("command") is { Length: > 0 } program ? program : "ssh", options, host);
    }

    /// <summary>The arguments for a command on the other end.</summary>
    /// <param name="connectSeconds">How long to wait for the connection.</param>
    /// <param name="command">Always the same words: the shell at the other end reads them.</param>
    public IReadOnlyList<string> Arguments(int connectSeconds, string command) =>
        ["-T", "-o", "BatchMode=yes", "-o", $"ConnectTimeout={Math.Max(1, connectSeconds)}", .. Options, "--", Host, command];

    private static bool SplitPort(string text, out string host, out string? port)
    {
        port = null;
        if (text.StartsWith('['))
        {
            int end = text.IndexOf(']', StringComparison.Ordinal);
            host = end < 0 ? "" : Decode(text[1..end]);
            if (end < 0)
                return false;
            text = text[(end + 1)..];
        }
        else
        {
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            host = Decode(colon < 0 ? text : text[..colon]);
            text = colon < 0 ? "" : text[colon..];
        }

        if (text is "" or ":")
            return true;
        port = text[1..];
        return text[0] == ':'
            && ushort.TryParse(
                port,
                System.Globalization.NumberStyles.None,
                System.Globalization.CultureInfo.InvariantCulture,
                out ushort number
            )
            && number > 0;
    }

    /// <summary>No option, no second word, and nothing that ssh's own expansion of tokens could see.</summary>
    private static bool IsSafe(string name) =>
        name.Length > 0
        && name[0] != '-'
        && !name.Any(c =>
            char.IsControl(c)
            || char.IsWhiteSpace(c)
            || c is '@' or '%' or '\'' or '"' or '`' or '$' or '\\' or ';' or '|' or '&' or '<' or '>' or '(' or ')'
        );

    private static Dictionary<string, string> Parameters(string query)
    {
        var parameters = new Dictionary<string, string>();
        foreach (string pair in query.Split(['&', ';'], StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            parameters[Decode(equals < 0 ? pair : pair[..equals])] = equals < 0 ? "" : Decode(pair[(equals + 1)..]);
        }

        return parameters;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text);
}
