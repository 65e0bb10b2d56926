using HaAgent.Core.Migration;
using HaAgent.Core.Ocf;

namespace HaAgent.Manual;

/// <summary>ocf_haagent_VirtualDomain(7), from the tables that meta-data is written from.</summary>
internal static class AgentPage
{
    /// <summary>By the custom of the resource-agents package: ocf, provider, agent.</summary>
    public const string Name = "ocf_haagent_VirtualDomain";

    /// <summary>The page.</summary>
    public static Page Write(string version)
    {
        var page = new Page(Name, 7, version, MetaData.Short);
        page.Synopsis("VirtualDomain", $"[{string.Join(" | ", ActionTable.Rows.Select(row => row.Name).Distinct())}]");
        page.Heading("DESCRIPTION").Paragraph(MetaData.Long.ReplaceLineEndings(" "));

        page.Heading("PARAMETERS");
        foreach (Parameter parameter in ParameterTable.Rows)
            page.Item(parameter.Name, "", parameter.Long, Facts(parameter));

        page.Heading("OPTIONS IN MIGRATE_OPTIONS")
            .Paragraph($"migrate_options takes {string.Join(", ", MigrateOptionTable.Rows.Where(row => row.Refusal is null).Select(row => row.Name))}. It refuses:");
        foreach (MigrateOption row in MigrateOptionTable.Rows.Where(row => row.Refusal is not null))
            page.Item(row.Name, "", $"It {row.Refusal}.");

        page.Heading("ACTIONS");
        foreach (ActionRow row in ActionTable.Rows.Where(row => row.TimeoutSeconds > 0))
            page.Item(row.Name, row.Depth > 0 ? $"at OCF_CHECK_LEVEL={row.Depth}" : "", Facts(row));

        page.Heading("EXIT STATUS");
        foreach (ExitCode code in Enum.GetValues<ExitCode>())
            page.Item($"{(int)code}", "", Meaning(code));

        AgentExamples.Append(page);
        page.Heading("FILES")
            .Item("/run/resource-agents/haagent-RESOURCE.guest", "", "Which domain the resource is about, as last seen. Emptied by a reboot.")
            .Item("/var/lib/haagent/haagent-RESOURCE.guest", "", "The same without what a reboot makes untrue.")
            .Item("/run/systemd/system/resource-agents-deps.target.d/50-haagent.conf", "", "Orders the stop of Pacemaker before that of the daemons its guests need.");
        return page.SeeAlso([("haagent", 8), ("pacemaker", 7), ("crm", 8), ("pcs", 8), ("virtlockd", 8)]);
    }

    private static string Facts(Parameter parameter)
    {
        string type = parameter.Kind switch
        {
            ParameterKind.Boolean => "boolean",
            ParameterKind.Integer => $"integer from {parameter.Minimum} to {parameter.Maximum}",
            ParameterKind.Text => "string",
            ParameterKind.Choice => "one of " + string.Join(", ", parameter.Choices),
        };
        string[] words =
        [
            parameter.Required ? "required" : "optional",
            .. parameter.Unique ? ["unique"] : Array.Empty<string>(),
            type,
            parameter.Default.Length > 0 ? $"default {parameter.Default}" : "no default",
            parameter.Reloadable ? "a change takes effect without a restart" : "a change restarts the guest",
        ];
        return $"({string.Join("; ", words)})";
    }

    private static string Facts(ActionRow row) =>
        $"Suggested timeout: {row.TimeoutSeconds}s." + (row.IntervalSeconds > 0 ? $" Suggested interval: {row.IntervalSeconds}s." : "");

    private static string Meaning(ExitCode code) => code switch
    {
        ExitCode.Success => "Done. monitor: the guest is active here.",
        ExitCode.Generic => "An ordinary failure; also \"cannot tell\", which is never 7 and never a successful stop.",
        ExitCode.Arguments => "The command line is wrong.",
        ExitCode.Unimplemented => "An action this agent does not have.",
        ExitCode.Permission => "Not permitted on this node.",
        ExitCode.Installed => "This node lacks something: the configuration file, the libvirt library, the lockspace.",
        ExitCode.Configured => "A parameter, or the content of the configuration file, is wrong.",
        ExitCode.NotRunning => "Proven not to run here.",
        ExitCode.Degraded => "Running, with a finding that on_lock_lost or on_paused_error judges so.",
    };
}
