using System.Text;

namespace HaAgent.Core.Ocf;

/// <summary>The text of <c>usage</c> and <c>help</c>.</summary>
public static class Usage
{
    /// <summary>One line naming every action, then where the rest is written.</summary>
    public static string Text(string program)
    {
        var names = new StringBuilder();
        string last = "";
        foreach (ActionRow row in ActionTable.Rows)
        {
            if (row.Name == last)
                continue;
            last = row.Name;
            names.Append(names.Length == 0 ? "" : "|").Append(row.Name);
        }

        return $"""
            usage: {program} {names}

            An OCF resource agent: Pacemaker calls it as ocf:haagent:VirtualDomain with its parameters in
            OCF_RESKEY_* variables. `{program} meta-data` describes every parameter and action.

            """;
    }
}
