namespace HaAgent.Core.Guest;

/// <summary>Which domain a resource is about.</summary>
/// <param name="Name">The domain's name, as libvirt has it.</param>
/// <param name="Uuid">Lower case with dashes; null when the configuration has none and it has not been learned yet.</param>
public sealed record GuestIdentity(string Name, string? Uuid)
{
    /// <summary>The name and, where known, the UUID, for a log.</summary>
    public override string ToString() => Uuid is null ? Name : $"{Name} ({Uuid})";

    /// <summary>Reads a UUID as libvirt does: 32 hexadecimal digits, dashes and white space ignored.</summary>
    /// <returns>Lower case with dashes, or null.</returns>
    public static string? NormaliseUuid(string text)
    {
        Span<char> digits = stackalloc char[32];
        int count = 0;
        foreach (char c in text)
        {
            if (c == '-' || char.IsWhiteSpace(c))
                continue;
            if (!char.IsAsciiHexDigit(c) || count == 32)
                return null;
            digits[count++] = char.ToLowerInvariant(c);
        }

        return count == 32 ? $"{digits[..8]}-{digits[8..12]}-{digits[12..16]}-{digits[16..20]}-{digits[20..]}" : null;
    }
}
