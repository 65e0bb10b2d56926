namespace HaAgent.Core.Ocf;

/// <summary>What a text parameter may look like. Each answers null, or the end of a sentence that begins with the parameter's name.</summary>
public static class ParameterChecks
{
    /// <summary>The drivers whose URIs libvirt 9 knows (libvirt.org/uri.html).</summary>
    private static readonly string[] Drivers = ["qemu", "test", "lxc", "xen", "vbox", "vmware", "openvz", "bhyve", "ch", "hyperv", "esx", "gsx", "vpx", "vz", "parallels", "phyp"];

    /// <summary>The transports of remote URIs (libvirt.org/remote.html).</summary>
    private static readonly string[] Transports = ["unix", "ssh", "ext", "tcp", "tls", "libssh", "libssh2"];

    /// <summary>A path that means the same in every process.</summary>
    public static string? AbsolutePath(string text) =>
        text[0] == '/' ? null : $"is '{text}', which is not an absolute path";

    /// <summary>scheme[+transport]:[//[user@]host[:port]]/path with a scheme and transport libvirt knows.</summary>
    public static string? HypervisorUri(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || text.Contains(' ', StringComparison.Ordinal))
            return $"is '{text}', which is not a libvirt URI such as qemu:///system";
        string scheme = text[..colon];
        int plus = scheme.IndexOf('+', StringComparison.Ordinal);
        string driver = plus < 0 ? scheme : scheme[..plus];
        if (Array.IndexOf(Drivers, driver) < 0)
            return $"is '{text}', and libvirt has no driver '{driver}'";
        return plus < 0 ? null : Transport(scheme[(plus + 1)..]);
    }

    /// <summary>One of libvirt's transports.</summary>
    public static string? Transport(string text) =>
        Array.IndexOf(Transports, text) >= 0 ? null : $"names the transport '{text}'; libvirt has: {string.Join(", ", Transports)}";

    /// <summary>A POSIX user name, as in the bash agent, which dropped others silently.</summary>
    public static string? UserName(string text)
    {
        bool fine = text[0] is (>= 'a' and <= 'z') or '_';
        foreach (char c in text)
            fine &= c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_' or '.';
        return fine ? null : $"is '{text}', which is not a user name (a-z, then a-z, 0-9, '-', '_', '.')";
    }

    /// <summary>Characters that a host name may have.</summary>
    public static string? HostNamePart(string text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_'))
                return $"is '{text}', and '{c}' cannot stand in a host name";
        }

        return null;
    }
}
