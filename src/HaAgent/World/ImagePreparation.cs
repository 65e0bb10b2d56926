using System.Text.Json;
using HaAgent.Core.Guest;
using HaAgent.Host;

namespace HaAgent.World;

/// <summary>The copy-on-write image of backingfile, stateless and copyindirs.</summary>
internal sealed class ImagePreparation(AgentContext context)
{
    /// <summary>Creates the image where it is due.</summary>
    public OperationResult Prepare(TimeSpan within)
    {
        string image = ImageFor(context.Settings.Config);
        bool exists = File.Exists(image) && new FileInfo(image).Length > 0;
        if (exists && !context.Settings.Stateless)
            return OperationResult.Done;

        string backing = context.Settings.BackingFile;
        CommandResult info = Command.Run(within, "qemu-img", "info", "--force-share", "--output=json", backing);
        if (!info.Succeeded)
            return OperationResult.Failed($"The backing image {backing} of {context.Domain} cannot be examined: {info.Words}");
        CommandResult create = Command.Run(within, "qemu-img", "create", "-q", "-f", "qcow2", "-F", Format(info.Output), "-b", backing, image);
        if (!create.Succeeded)
            return OperationResult.Failed($"The image {image} of {context.Domain} cannot be created on {backing}: {create.Words}");
        if (context.Settings.CopyInDirs.Length == 0)
            return OperationResult.Done;
        CommandResult copy = Command.Run(within, "virt-copy-in", ["-a", image, .. context.Settings.CopyInDirs, "/"]);
        return copy.Succeeded
            ? OperationResult.Done
            : OperationResult.Failed($"copyindirs could not be copied into {image} of {context.Domain}: {copy.Words}");
    }

    /// <summary>config up to the first dot of its file name, with .qcow2; the bash agent cut at the first dot of the whole path.</summary>
    private static string ImageFor(string config)
    {
        string name = Path.GetFileName(config);
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        return Path.Combine(Path.GetDirectoryName(config)!, (dot < 0 ? name : name[..dot]) + ".qcow2");
    }

    private static string Format(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("format").GetString() ?? "raw";
    }
}
