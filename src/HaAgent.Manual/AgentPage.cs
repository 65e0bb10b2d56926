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
            .Paragraph(
                "migrate_options takes "
                    + $"{string.Join(", ", MigrateOptionTable.Rows.Where(row => row.Refusal is null).Select(row => row.Name))}. It refuses:"
            );
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
            .Item(
                "/run/resource-agents/haagent-RESOURCE.guest",
                "",
                "Which domain the resource is about, as last seen. Emptied by a reboot."
            )
            .Item("/var/lib/haagent/haagent-RESOURCE.guest", "", "The same without what a reboot makes untrue.")
            .Item(
                "/run/systemd/system/resource-agents-deps.target.d/50-haagent.conf",
                "",
                "Orders the stop of Pacemaker before that of the daemons its guests need."
            );
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

    private static string Meaning(ExitCode code) =>
        code switch
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

/// <summary>The same guest in the words of both shells; the operations are those of the action table.</summary>
internal static class AgentExamples
{
    private const string Parameters = "config=/mnt/shared/VM1.xml hypervisor=qemu:///system remoteuri=qemu+ssh://%n/system";

    /// <summary>Both examples, and what else the crm shell's users of the guide need from pcs.</summary>
    public static void Append(Page page)
    {
        page.Heading("EXAMPLE FOR THE CRM SHELL")
            .Example(
                $"""
                primitive VM1 ocf:haagent:VirtualDomain \
                    params {Parameters} \
                    meta allow-migrate=true failure-timeout=10min \
                    {Operations(" \\\n    ")}
                colocation col-fs-virt inf: ( VM1 VM2 ) cl-virt-lock
                order o-fs-virt Mandatory: cl-virt-lock ( VM1 VM2 )
                """
            );
        page.Heading("EXAMPLE FOR PCS")
            .Example(
                $"""
                pcs resource create VM1 ocf:haagent:VirtualDomain \
                    {Parameters} \
                    {Operations(" \\\n    ")} \
                    meta allow-migrate=true failure-timeout=10min
                pcs constraint colocation set VM1 VM2 sequential=false \
                    set cl-virt-lock setoptions id=col-fs-virt score=INFINITY
                pcs constraint order set cl-virt-lock \
                    set VM1 VM2 sequential=false setoptions id=o-fs-virt kind=Mandatory
                """
            );
        page.Heading("A START THAT FAILED")
            .Paragraph(
                "To Pacemaker one failed start is fatal (start-failure-is-fatal): the guest is banned from that node until somebody "
                    + "cleans up, also when the reason was a volume "
                    + "that stood still for a minute after a crash. failure-timeout lets the cluster try again by itself. Ten minutes is "
                    + "longer than any operation of a guest may "
                    + "take, so no failure is forgotten while the cluster deals with it, and what cannot start at all is tried six times "
                    + "an hour."
            );
        page.Heading("WHAT IS WHAT IN PCS")
            .Item("crm resource move VM1 bob", "", "pcs resource move-with-constraint VM1 bob")
            .Item("crm resource clear VM1", "", "pcs resource clear VM1")
            .Item("crm maintenance on", "", "pcs property set maintenance-mode=true")
            .Item("crm ra info ocf:haagent:VirtualDomain", "", "pcs resource describe ocf:haagent:VirtualDomain")
            .Item("crm resource cleanup VM1", "", "pcs resource cleanup VM1");
    }

    private static string Operations(string separator) =>
        string.Join(
            separator,
            ActionTable
                .Rows.Where(IsConfigured)
                .Select(row =>
                    $"op {row.Name} interval={row.IntervalSeconds}s timeout={row.TimeoutSeconds}s"
                    + (row.Depth > 0 ? $" OCF_CHECK_LEVEL={row.Depth}" : "")
                )
        );

    /// <summary>Level 20 is for guests with an agent, and only monitor recurs in a cluster.</summary>
    private static bool IsConfigured(ActionRow row) =>
        row.Action is OcfAction.Start or OcfAction.Stop or OcfAction.MigrateTo or OcfAction.MigrateFrom
        || (row.Name == "monitor" && row.Depth <= 10);
}
