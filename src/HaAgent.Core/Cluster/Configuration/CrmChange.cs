namespace HaAgent.Core.Cluster.Configuration;

/// <summary>What becomes of one object of the CIB, in the language of the crm shell.</summary>
/// <param name="Id">The object's name.</param>
/// <param name="Before">Its lines before; null when it is new.</param>
/// <param name="After">Its lines after; null when it goes.</param>
public sealed record CrmChange(string Id, string? Before, string? After)
{
    /// <summary>As a sysadmin reviews it: new lines marked +, lines that go marked -.</summary>
    public IEnumerable<string> Review()
    {
        if (Before is not null)
        {
            foreach (string line in Before.Split('\n'))
                yield return "- " + line;
        }

        if (After is not null)
        {
            foreach (string line in After.Split('\n'))
                yield return "+ " + line;
        }
    }
}
