namespace HaAgent.Core.Migration;

/// <summary>
/// The ssh connection that libvirt would make for a URI (driver+ssh://[user@]host[:port]/path?parameters, libvirt.org/uri.html), as a program and its
/// arguments, so that a question asked beside it reaches the same machine as the same user.
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
        return text[0] == ':' && ushort.TryParse(port, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out ushort number) && number > 0;
    }

    /// <summary>No option, no second word, and nothing that ssh's own expansion of tokens could see.</summary>
    private static bool IsSafe(string name) => name.Length > 0 && name[0] != '-' && !name.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '@' or '%' or '\'' or '"' or '`' or '$' or '\\' or ';' or '|' or '&' or '<' or '>' or '(' or ')');

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
