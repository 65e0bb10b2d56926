namespace HaAgent.Cluster.Configuration;

/// <summary>What becomes of one object of the CIB, in the language of the crm shell.</summary>
/// <param name="Id">The object's name.</param>
/// <param name="Before">Its lines before; null when it is new.</param>
/// <param name="After">Its lines after; null when it goes.</param>
public sealed record CrmChange(string Id, string? Before, string? After)
{
    private const string Break = " \\\n\t";

    /// <summary>
    /// As a sysadmin reviews it: a new object as one types it; one that goes marked -; of one that changes the first line, and what goes and
    /// comes in it.
    /// </summary>
    public IEnumerable<string> Review() => (Before, After) switch
    {
        (null, { } after) => after.Split('\n'),
        ({ } before, null) => before.Split('\n').Select(line => "- " + line),
        ({ } before, { } after) => Differences(before.Split(Break), after.Split(Break)),
        _ => [],
    };

    private static IEnumerable<string> Differences(string[] before, string[] after)
    {
        if (before[0] == after[0])
            yield return "  " + before[0];
        foreach (string line in before.Except(after))
            yield return "- " + (line == before[0] ? line : "\t" + line);
        foreach (string line in after.Except(before))
            yield return "+ " + (line == after[0] ? line : "\t" + line);
    }
}
