using System.Security;
using System.Text;

namespace HaAgent.Core.Ocf;

/// <summary>
/// The answer to <c>meta-data</c>, written from the tables. ra-api-1.dtd, which ocf-tester validates against, does not know reloadable,
/// unique-group and the action reload-agent; the internal subset declares them, so the text passes that DTD and the schema of OCF 1.1.
/// </summary>
public static class MetaData
{
    /// <summary>What the agent is for, in a line.</summary>
    public const string Short = "Manages highly available virtual machines through libvirt";

    /// <summary>What the agent does, in a paragraph.</summary>
    public const string Long = """
        Manages a libvirt domain (a virtual machine, guest) as a highly available resource. It calls libvirt directly, keeps every
        action within its timeout, and answers "not running" only with proof. With lockd (virtlockd) it refuses to start a guest
        whose disks would not be protected, and can check that the leases of a running guest are held.
        """;

    /// <summary>The whole document.</summary>
    /// <param name="version">The agent's version.</param>
    public static string Text(string version)
    {
        var xml = new StringBuilder(16384);
        xml.Append(
            """
            <?xml version="1.0"?>
            <!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd" [
            <!ATTLIST parameter reloadable (1|0) "0" unique-group CDATA #IMPLIED>
            <!ATTLIST action name CDATA #REQUIRED>
            ]>

            """
        );
        xml.Append("<resource-agent name=\"VirtualDomain\" version=\"").Append(version).Append("\">\n");
        xml.Append(
            """
            <version>1.1</version>

            <longdesc lang="en">

            """
        );
        xml.Append(Long).Append("\n</longdesc>\n<shortdesc lang=\"en\">").Append(Short).Append("</shortdesc>\n\n<parameters>\n");
        foreach (Parameter parameter in ParameterTable.Rows)
            Append(xml, parameter);
        xml.Append("</parameters>\n\n<actions>\n");
        foreach (ActionRow row in ActionTable.Rows)
        {
            if (row.TimeoutSeconds > 0)
                Append(xml, row);
        }

        return xml.Append("</actions>\n</resource-agent>\n").ToString();
    }

    private static void Append(StringBuilder xml, Parameter parameter)
    {
        xml.Append("\n<parameter name=\"").Append(parameter.Name).Append('"');
        if (parameter.Unique)
            xml.Append(" unique=\"1\" unique-group=\"").Append(parameter.Name).Append('"');
        if (parameter.Required)
            xml.Append(" required=\"1\"");
        if (parameter.Reloadable)
            xml.Append(" reloadable=\"1\"");
        xml.Append(">\n<longdesc lang=\"en\">\n").Append(SecurityElement.Escape(parameter.Long)).Append("\n</longdesc>\n");
        xml.Append("<shortdesc lang=\"en\">").Append(SecurityElement.Escape(parameter.Short)).Append("</shortdesc>\n");
        AppendContent(xml, parameter);
        xml.Append("</parameter>\n");
    }

    private static void AppendContent(StringBuilder xml, Parameter parameter)
    {
        // ra-api-1.dtd knows string, integer and boolean; 'select' is OCF 1.1 only, so the choices stand in the longdesc.
        string type = parameter.Kind switch
        {
            ParameterKind.Boolean => "boolean",
            ParameterKind.Integer => "integer",
            ParameterKind.Text => "string",
            ParameterKind.Choice => "string",
        };
        xml.Append("<content type=\"").Append(type).Append('"');
        if (parameter.Default.Length > 0)
            xml.Append(" default=\"").Append(SecurityElement.Escape(parameter.Default)).Append('"');
        xml.Append("/>\n");
    }

    private static void Append(StringBuilder xml, ActionRow row)
    {
        xml.Append("<action name=\"").Append(row.Name).Append("\" timeout=\"").Append(row.TimeoutSeconds).Append("s\"");
        if (row.IntervalSeconds > 0)
            xml.Append(" interval=\"").Append(row.IntervalSeconds).Append("s\" depth=\"").Append(row.Depth).Append('"');
        xml.Append("/>\n");
    }
}

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
