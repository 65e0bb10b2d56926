namespace HaAgent.Core.Locking;

/// <summary>Reads libvirt's configuration files (qemu.conf, qemu-lockd.conf): lines of <c>key = value</c>, with # comments.</summary>
public static class LibvirtConf
{
    /// <summary>The value of a key, without its quotes; the last one counts, as for libvirt; null when it is not set.</summary>
    public static string? Value(string text, string key)
    {
        string? value = null;
        foreach (string line in text.Split('\n'))
        {
            string entry = line.Trim();
            int equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || entry[0] == '#' || entry[..equals].TrimEnd() != key)
                continue;
            value = Unquote(entry[(equals + 1)..].Trim());
        }

        return value;
    }

    private static string Unquote(string text)
    {
        if (text.Length > 0 && text[0] is '"' or '\'')
        {
            int end = text.IndexOf(text[0], 1);
            return end < 0 ? text[1..] : text[1..end];
        }

        int comment = text.IndexOf('#', StringComparison.Ordinal);
        return (comment < 0 ? text : text[..comment]).TrimEnd();
    }
}
