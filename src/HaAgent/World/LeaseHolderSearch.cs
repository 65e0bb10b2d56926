using HaAgent.Core.Guest;
using HaAgent.Core.Migration;
using HaAgent.Host;
using HaAgent.Libvirt;

namespace HaAgent.World;

/// <summary>Which node runs the guest whose lease is taken: asked of all other nodes at once through remoteuri. Help for the reader, decided by nobody.</summary>
internal sealed class LeaseHolderSearch(AgentContext context)
{
    /// <summary>Done, with a sentence where it was found.</summary>
    public OperationResult Find(Deadline deadline)
    {
        if (context.Settings.RemoteUri.Length == 0)
            return OperationResult.Done;
        string[] nodes = ClusterNodes.Others(context.Invocation.OnNode, deadline.Share(1.0 / 3));
        string? holder = null;
        Thread[] questions = nodes.Select(node => new Thread(() =>
        {
            if (Runs(node))
                holder = node;
        })
        { IsBackground = true }).ToArray();
        foreach (Thread question in questions)
            question.Start();
        foreach (Thread question in questions)
        {
            if (holder is not null || deadline.HasPassed || !question.Join(deadline.Left))
                break;
        }

        return holder is string found ? OperationResult.DoneWith($"{context.Domain} runs on {found}.") : OperationResult.Done;
    }

    private bool Runs(string node)
    {
        try
        {
            using LibvirtConnection connection = LibvirtConnection.Open(PeerUri.Hypervisor(context.Settings, node, context.Hypervisor.Uri));
            using LibvirtDomain? domain = connection.Find(context.Identity!);
            return domain is { IsActive: true };
        }
        catch (LibvirtException)
        {
            return false;
        }
    }
}
