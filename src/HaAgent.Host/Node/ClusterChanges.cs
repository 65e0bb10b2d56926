using System.Globalization;
using System.Xml;
using HaAgent.Core.Node;
using HaAgent.Core.Text;
using HaAgent.Host.Native;

namespace HaAgent.Host.Node;

/// <summary>Changes by the cluster's own programs on this node, and of the node as a whole.</summary>
internal static class ClusterChanges
{
    /// <summary>The first PID namespace (linux/proc_ns.h, PROC_PID_INIT_INO).</summary>
    private const string FirstNamespace = "pid:[4026531836]";

    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ForgetLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Has the cluster look anew. Its answer must be there before the cluster acts on it.</summary>
    public static DoneReply Make(RefreshResource change, Deadline deadline)
    {
        Run(deadline.OrIn(CallLimit), "crm_resource", "--refresh", "--resource", change.Resource);
        Deadline end = deadline.OrIn(WaitLimit);
        Run(end, "crm_resource", "--wait", "--timeout", Math.Max(1, end.Left.TotalSeconds - 1).ToString("0", CultureInfo.InvariantCulture));
        return new DoneReply();
    }

    /// <summary>Has the cluster forget.</summary>
    public static DoneReply Make(ForgetResource change, Deadline deadline)
    {
        if (!IsKnown(change.Resource, deadline))
            return new DoneReply();
        Run(deadline.OrIn(CallLimit), "crm_resource", "--refresh", "--resource", change.Resource);
        Deadline end = deadline.OrIn(ForgetLimit);
        while (IsKnown(change.Resource, deadline))
        {
            if (end.HasPassed)
                throw new IOException($"after {ForgetLimit.TotalSeconds:0} s crm_mon still shows it");
            Thread.Sleep(Pause);
        }

        return new DoneReply();
    }

    /// <summary>Never the wrong machine: it must say itself that it is the node.</summary>
    public static NodeReply Permit(string node, Deadline deadline)
    {
        string name = Run(deadline.OrIn(CallLimit), "crm_node", "--name").Trim();
        return name == node ? new DoneReply() : new RefusedReply($"this is not {node} but {name}");
    }

    /// <summary>What is done once the answer is on its way, because after it there is nobody to answer.</summary>
    public static Action? Afterwards(NodeChange change) =>
        change switch
        {
            RebootNode => Reboot,
            CrashNode => Crash,
            _ => null,
        };

    private static void Reboot()
    {
        Thread.Sleep(Pause);
        CommandResult result = Directory.Exists("/run/systemd/system")
            ? Command.Run(Deadline.In(CallLimit), "systemctl", ["reboot"], whenWeEnd: WhenWeEnd.ItGoesOn)
            : Command.Run(Deadline.In(CallLimit), "reboot", [], whenWeEnd: WhenWeEnd.ItGoesOn);
        if (!result.Succeeded)
            Console.Error.WriteLine($"the node does not reboot: {result.Words}");
    }

    private static void Crash()
    {
        Thread.Sleep(Pause);

        // In a container the kernel is not the node's own: a reset would take the machine below and everything else on it. A container ends
        // with its processes.
        if (new FileInfo("/proc/1/ns/pid").LinkTarget != FirstNamespace)
        {
            _ = Posix.Kill(-1, Posix.SigKill);
            return;
        }

        File.WriteAllText("/proc/sys/kernel/sysrq", "1");
        File.WriteAllText("/proc/sysrq-trigger", "b");
    }

    private static bool IsKnown(string resource, Deadline deadline)
    {
        string status = Run(deadline.OrIn(CallLimit), "crm_mon", "--output-as=xml", "-1", "-r");
        try
        {
            return ForeignXml
                .Parse(status, root: "pacemaker-result")
                .Descendants("resource")
                .Any(e => (string?)e.Attribute("id") == resource);
        }
        catch (XmlException e)
        {
            throw new IOException($"crm_mon gave an answer that cannot be read: {e.Message}", e);
        }
    }

    private static string Run(Deadline deadline, string program, params string[] arguments)
    {
        CommandResult result = Command.Run(deadline, program, arguments);
        return result.Succeeded ? result.Output : throw new IOException($"{program} {string.Join(' ', arguments)} failed: {result.Reason}");
    }
}
