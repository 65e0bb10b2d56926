using HaAgent.Core.Ocf;

namespace HaAgent.Manual;

/// <summary>The same guest in the words of both shells; the operations are those of the action table.</summary>
internal static class AgentExamples
{
    private const string Parameters = "config=/mnt/shared/VM1.xml remoteuri=qemu+ssh://%n/system";

    /// <summary>Both examples, and what else the crm shell's users of the guide need from pcs.</summary>
    public static void Append(Page page)
    {
        page.Heading("EXAMPLE FOR THE CRM SHELL").Example($"""
            primitive VM1 ocf:haagent:VirtualDomain \
                params {Parameters} \
                meta allow-migrate=true failure-timeout=10min \
                {Operations(" \\\n    ")}
            colocation col-fs-virt inf: ( VM1 VM2 ) cl-virt-lock
            order o-fs-virt Mandatory: cl-virt-lock ( VM1 VM2 )
            """);
        page.Heading("EXAMPLE FOR PCS").Example($"""
            pcs resource create VM1 ocf:haagent:VirtualDomain \
                {Parameters} \
                {Operations(" \\\n    ")} \
                meta allow-migrate=true failure-timeout=10min
            pcs constraint colocation set VM1 VM2 sequential=false \
                set cl-virt-lock setoptions id=col-fs-virt score=INFINITY
            pcs constraint order set cl-virt-lock \
                set VM1 VM2 sequential=false setoptions id=o-fs-virt kind=Mandatory
            """);
        page.Heading("A START THAT FAILED").Paragraph(
            "To Pacemaker one failed start is fatal (start-failure-is-fatal): the guest is banned from that node until somebody cleans up, also when the reason was a volume "
            + "that stood still for a minute after a crash. failure-timeout lets the cluster try again by itself. Ten minutes is longer than any operation of a guest may "
            + "take, so no failure is forgotten while the cluster deals with it, and what cannot start at all is tried six times an hour.");
        page.Heading("WHAT IS WHAT IN PCS")
            .Item("crm resource move VM1 bob", "", "pcs resource move-with-constraint VM1 bob")
            .Item("crm resource clear VM1", "", "pcs resource clear VM1")
            .Item("crm maintenance on", "", "pcs property set maintenance-mode=true")
            .Item("crm ra info ocf:haagent:VirtualDomain", "", "pcs resource describe ocf:haagent:VirtualDomain")
            .Item("crm resource cleanup VM1", "", "pcs resource cleanup VM1");
    }

    private static string Operations(string separator) => string.Join(separator, ActionTable.Rows.Where(IsConfigured).Select(row =>
        $"op {row.Name} interval={row.IntervalSeconds}s timeout={row.TimeoutSeconds}s" + (row.Depth > 0 ? $" OCF_CHECK_LEVEL={row.Depth}" : "")));

    /// <summary>Level 20 is for guests with an agent, and only monitor recurs in a cluster.</summary>
    private static bool IsConfigured(ActionRow row) =>
        row.Action is OcfAction.Start or OcfAction.Stop or OcfAction.MigrateTo or OcfAction.MigrateFrom || (row.Name == "monitor" && row.Depth <= 10);
}
