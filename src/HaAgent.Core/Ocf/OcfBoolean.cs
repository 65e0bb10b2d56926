namespace HaAgent.Core.Ocf;

/// <summary>The booleans of ocf-shellfuncs: ocf_is_true takes yes, true, 1, on and ja, in any common spelling.</summary>
public static class OcfBoolean
{
    private static readonly string[] True = ["true", "yes", "on", "1", "ja", "y", "t"];
    private static readonly string[] False = ["false", "no", "off", "0", "nein", "n", "f"];

    /// <summary>Reads one; false is returned for a text that is neither.</summary>
    public static bool TryParse(string text, out bool value)
    {
        value = IsOneOf(True, text);
        return value || IsOneOf(False, text);
    }

    private static bool IsOneOf(string[] words, string text)
    {
        foreach (string word in words)
        {
            if (string.Equals(word, text, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
