using HaAgent.Core.Guest;
using HaAgent.Host;
using HaAgent.Libvirt;

namespace HaAgent.World;

/// <summary>Writes a running domain's configuration back to its file (save_config_on_stop, sync_config_on_stop).</summary>
internal sealed class ConfigurationKeeper(AgentContext context)
{
    /// <summary>Never fails an action: what cannot be saved is a warning.</summary>
    public OperationResult Save(Deadline deadline)
    {
        string path = context.Settings.Config;
        string? xml = context.Hypervisor.Ask(deadline.Share(0.5), connection =>
        {
            using LibvirtDomain? domain = connection.Find(context.Identity!);
            return domain?.ConfigurationXml();
        }, out OperationResult failure);
        if (xml is null)
            return OperationResult.DoneWith($"The configuration of {context.Domain} was not saved: {failure.Message ?? "libvirt does not know it"}");
        if (DomainXml.Parse(xml, out string problem) is null)
            return OperationResult.DoneWith($"The configuration of {context.Domain} was not saved: what libvirt gave {problem}");
        if (context.Volume.Write(path, xml, context.Settings.SyncConfigOnStop ? deadline.Share(0.7) : deadline, out bool changed) is string why)
            return OperationResult.DoneWith($"The configuration of {context.Domain} was not saved to {path}: {why}");
        if (!changed)
            return OperationResult.Done;
        context.Log.Say(new Remark(Severity.Info, $"Saved the configuration of {context.Domain} to {path}"));
        if (!context.Settings.SyncConfigOnStop)
            return OperationResult.Done;
        CommandResult sync = Command.Run(deadline, "csync2", ["-x", path]);
        return sync.Succeeded ? OperationResult.Done : OperationResult.DoneWith($"csync2 -x {path} failed: {sync.Words}");
    }
}
