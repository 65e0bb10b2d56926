namespace HaAgent.Core.Ocf;

/// <summary>How the text of a parameter is read.</summary>
public enum ParameterKind
{
    /// <summary>Any text without control characters.</summary>
    Text,

    /// <summary>What ocf_is_true of the resource-agents package takes for true, and its opposites.</summary>
    Boolean,

    /// <summary>A decimal integer between the row's bounds.</summary>
    Integer,

    /// <summary>One of the row's choices.</summary>
    Choice,
}

/// <summary>One row of <see cref="ParameterTable"/>: parsing, validation, meta-data and documentation read it.</summary>
/// <param name="Name">The name in the CIB; the environment carries it as OCF_RESKEY_NAME.</param>
/// <param name="Kind">How its text is read.</param>
/// <param name="Default">The text that holds when none, or an empty one, is given.</param>
/// <param name="Short">The shortdesc of meta-data.</param>
/// <param name="Long">The longdesc of meta-data.</param>
public sealed record Parameter(string Name, ParameterKind Kind, string Default, string Short, string Long)
{
    /// <summary>Without it the resource cannot be.</summary>
    public bool Required { get; init; }

    /// <summary>No two resources may have the same value.</summary>
    public bool Unique { get; init; }

    /// <summary>A change takes effect by reload-agent, without a restart of the guest.</summary>
    public bool Reloadable { get; init; } = true;

    /// <summary>The words a <see cref="ParameterKind.Choice"/> may have.</summary>
    public string[] Choices { get; init; } = [];

    /// <summary>The least value of an <see cref="ParameterKind.Integer"/>.</summary>
    public long Minimum { get; init; }

    /// <summary>The greatest value of an <see cref="ParameterKind.Integer"/>.</summary>
    public long Maximum { get; init; } = int.MaxValue;

    /// <summary>A further check of a non-empty text: what is wrong with it, or null.</summary>
    public Func<string, string?>? Check { get; init; }

    /// <summary>What is wrong with this text, as the end of a sentence that begins with the parameter's name; null when it is
    /// fine.</summary>
    public string? Problem(string text)
    {
        foreach (char c in text)
        {
            if (char.IsControl(c))
                return "contains a control character";
        }

        switch (Kind)
        {
            case ParameterKind.Boolean:
                return OcfBoolean.TryParse(text, out _) ? null : $"is '{text}', which is not a boolean (true or false)";
            case ParameterKind.Integer:
                if (
                    !long.TryParse(
                        text,
                        System.Globalization.NumberStyles.AllowLeadingSign,
                        System.Globalization.CultureInfo.InvariantCulture,
                        out long number
                    )
                )
                    return $"is '{text}', which is not an integer";
                if (number < Minimum || number > Maximum)
                    return $"is {text}, outside {Minimum} to {Maximum}";
                return null;
            case ParameterKind.Choice:
                return Array.IndexOf(Choices, text) >= 0 ? null : $"is '{text}'; it takes one of: {string.Join(", ", Choices)}";
            case ParameterKind.Text:
                return Check?.Invoke(text);
        }

        return null;
    }
}

/// <summary>What a text parameter may look like. Each answers null, or the end of a sentence that begins with the parameter's
/// name.</summary>
public static class ParameterChecks
{
    /// <summary>The drivers whose URIs libvirt 9 knows (libvirt.org/uri.html).</summary>
    private static readonly string[] Drivers =
    [
        "qemu",
        "test",
        "lxc",
        "xen",
        "vbox",
        "vmware",
        "openvz",
        "bhyve",
        "ch",
        "hyperv",
        "esx",
        "gsx",
        "vpx",
        "vz",
        "parallels",
        "phyp",
    ];

    /// <summary>The transports of remote URIs (libvirt.org/remote.html).</summary>
    private static readonly string[] Transports = ["unix", "ssh", "ext", "tcp", "tls", "libssh", "libssh2"];

    /// <summary>A path that means the same in every process.</summary>
    public static string? AbsolutePath(string text) => text[0] == '/' ? null : $"is '{text}', which is not an absolute path";

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
