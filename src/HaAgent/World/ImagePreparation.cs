using System.Text.Json;
using HaAgent.Core.Guest;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;
using HaAgent.Host;
using HaAgent.Host.Child;

namespace HaAgent.World;

/// <summary>The copy-on-write image of backingfile, stateless and copyindirs.</summary>
internal sealed class ImagePreparation(AgentContext context)
{
    /// <summary>Creates the image where it is due. One that a guest may be running from, here or on another node, is left as it
    /// is.</summary>
    public OperationResult Prepare(Deadline deadline)
    {
        string image = ImageFor(context.Settings.Config);
        Fact<PathSeen> there = context.Volume.Look(image, deadline.Share(0.5));
        if (there.State == FactState.NotLearned)
            return OperationResult.Failed(
                $"Whether {context.Domain} has its image {image} already cannot be told: {there.Why}",
                FailureKind.TimedOut
            );
        if (there.Value is { Length: > 0 } && !context.Settings.Stateless)
            return OperationResult.Done;

        // Beside it first: what is made takes its time, and a start that is ended in the middle leaves the old image whole.
        string made = $"{image}.haagent-{Environment.ProcessId}";
        OperationResult result = Make(made, deadline);
        if (result.Succeeded)
            result = Replace(image, made, deadline);
        if (!result.Succeeded)
            context.Volume.Delete(made, deadline);
        return result;
    }

    private OperationResult Make(string image, Deadline deadline)
    {
        string backing = context.Settings.BackingFile;

        // qemu-img would wait for a volume that stands still, and cannot be ended while it does.
        Fact<PathSeen> there = context.Volume.Look(backing, deadline.Share(0.5));
        if (there.State == FactState.NotLearned)
            return OperationResult.Failed(
                $"The backing image {backing} of {context.Domain} cannot be looked at: {there.Why}",
                FailureKind.TimedOut
            );
        CommandResult info = Command.Run(deadline, "qemu-img", ["info", "--force-share", "--output=json", backing]);
        if (!info.Succeeded)
            return OperationResult.Failed($"The backing image {backing} of {context.Domain} cannot be examined: {info.Words}");
        if (Format(info.Output) is not string format)
            return OperationResult.Failed(
                $"The format of the backing image {backing} of {context.Domain} is not known: qemu-img info did not name it"
            );
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

    /// <summary>
    /// Puts the new image in the place of the old one while nobody uses that: this agent holds its lease meanwhile, so that no virtlockd
    /// can give it to a guest, and no QEMU has it open for writing.
    /// </summary>
    private OperationResult Replace(string image, string made, Deadline deadline)
    {
        context.Resolver.ReadConfiguration(deadline);
        Disk? disk = context.Resolver.Configuration?.Disks.FirstOrDefault(candidate => candidate.Source == image);
        if (context.Locking.IsNotLearned(out string? unknown))
            return NotMade(image, $"which lease protects it could not be learned: {unknown}", FailureKind.Other);
        string? lease = disk is null ? null : LeaseCheck.LeaseFile(disk, context.Locking.Value ?? LockSetup.None);
        return context
            .Volume.ReplaceImage(image, made, lease, deadline)
            .Match(
                replaced =>
                    replaced switch
                    {
                        { Problem: null } => OperationResult.Done,
                        { IsInUse: true } => NotMade(image, replaced.Problem, FailureKind.ImageLocked),
                        { IsLeaseTaken: true } => NotMade(image, replaced.Problem, FailureKind.LockConflict),
                        _ => NotMade(image, replaced.Problem, FailureKind.Other),
                    },
                () => NotMade(image, "it was not answered", FailureKind.Other),
                why => NotMade(image, why, FailureKind.TimedOut)
            );
    }

    private OperationResult NotMade(string image, string why, FailureKind kind) =>
        OperationResult.Failed($"{context.Domain} was not started, and its image {image} was not made anew: {why}", kind);

    /// <summary>config up to the first dot of its file name, with .qcow2; the bash agent cut at the first dot of the whole path.</summary>
    private static string ImageFor(string config)
    {
        string name = Path.GetFileName(config);
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        return Path.Combine(Path.GetDirectoryName(config)!, (dot < 0 ? name : name[..dot]) + ".qcow2");
    }

    /// <summary>Null: it was not learned, which is not "raw": a guest could then write the header of another format into its own
    /// disk.</summary>
    private static string? Format(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.TryGetProperty("format", out JsonElement format) && format.ValueKind == JsonValueKind.String
                ? format.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
