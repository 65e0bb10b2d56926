using System.Text.Json;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using HaAgent.Host;
using HaAgent.Host.Child;

namespace HaAgent.World;

/// <summary>The copy-on-write image of backingfile, stateless and copyindirs.</summary>
internal sealed class ImagePreparation(AgentContext context)
{
    /// <summary>Creates the image where it is due.</summary>
    public OperationResult Prepare(Deadline deadline)
    {
        string image = ImageFor(context.Settings.Config);
        Fact<PathSeen> there = context.Volume.Look(image, deadline.Share(0.5));
        if (there.State == FactState.NotLearned)
            return OperationResult.Failed($"Whether {context.Domain} has its image {image} already cannot be told: {there.Why}", FailureKind.TimedOut);
        if (there.Value is { Length: > 0 } && !context.Settings.Stateless)
            return OperationResult.Done;

        string backing = context.Settings.BackingFile;
        CommandResult info = Command.Run(deadline, "qemu-img", ["info", "--force-share", "--output=json", backing]);
        if (!info.Succeeded)
            return OperationResult.Failed($"The backing image {backing} of {context.Domain} cannot be examined: {info.Words}");
        if (Format(info.Output) is not string format)
            return OperationResult.Failed($"The backing image {backing} of {context.Domain} cannot be used: qemu-img info does not say its format");
        CommandResult create = Command.Run(deadline, "qemu-img", ["create", "-q", "-f", "qcow2", "-F", format, "-b", backing, image]);
        if (!create.Succeeded)
            return OperationResult.Failed($"The image {image} of {context.Domain} cannot be created on {backing}: {create.Words}");
        if (context.Settings.CopyInDirs.Length == 0)
            return OperationResult.Done;
        CommandResult copy = Command.Run(deadline, "virt-copy-in", ["-a", image, .. context.Settings.CopyInDirs, "/"]);
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

    /// <summary>Null: it is not said. Guessing "raw" would let a guest choose what its image is read as.</summary>
    private static string? Format(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.TryGetProperty("format", out JsonElement format) ? format.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
