using HaAgent.Core.Guest;
using HaAgent.Host;
using HaAgent.Libvirt;

namespace HaAgent.World;

/// <summary>Writes a running domain's configuration back to its file (save_config_on_stop, sync_config_on_stop).</summary>
internal sealed class ConfigurationKeeper(AgentContext context)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Never fails an action: what cannot be saved is a warning.</summary>
    public OperationResult Save(TimeSpan within)
    {
        string path = context.Settings.Config;
        string? xml = context.Hypervisor.Ask(within, connection =>
        {
            using LibvirtDomain? domain = connection.Find(context.Identity!);
            return domain?.ConfigurationXml();
        }, out OperationResult failure);
        if (xml is null)
            return OperationResult.DoneWith($"The configuration of {context.Domain} was not saved: {failure.Message ?? "libvirt does not know it"}");
        if (DomainXml.Parse(xml, out string problem) is null)
            return OperationResult.DoneWith($"The configuration of {context.Domain} was not saved: what libvirt gave {problem}");
        try
        {
            if (!context.Storage.Run(within, () => Write(path, xml), out bool changed))
                return OperationResult.DoneWith($"The configuration of {context.Domain} was not saved: {path} does not answer");
            if (!changed)
                return OperationResult.Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return OperationResult.DoneWith($"The configuration of {context.Domain} was not saved to {path}: {e.Message}");
        }

        context.Log.Say(new Remark(Severity.Info, $"Saved the configuration of {context.Domain} to {path}"));
        if (!context.Settings.SyncConfigOnStop)
            return OperationResult.Done;
        CommandResult sync = Command.Run(within, "csync2", "-x", path);
        return sync.Succeeded ? OperationResult.Done : OperationResult.DoneWith($"csync2 -x {path} failed: {sync.Words}");
    }

    /// <summary>Whole or not at all, and only when it changed; it may hold passwords, so only its owner reads it unless the old file said otherwise.</summary>
    private static bool Write(string path, string xml)
    {
        if (File.Exists(path) && File.ReadAllText(path) == xml)
            return false;
        UnixFileMode mode = File.Exists(path) ? File.GetUnixFileMode(path) : OwnerOnly;
        string temporary = $"{path}.haagent-{Environment.ProcessId}";
        try
        {
            var create = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
            using (var file = new FileStream(temporary, create))
            {
                file.Write(System.Text.Encoding.UTF8.GetBytes(xml));
                file.Flush(flushToDisk: true);
            }

            File.SetUnixFileMode(temporary, mode);
            File.Move(temporary, path, overwrite: true);
            return true;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
