using System.Text.Json;
using HaAgent.Core.Guest;
using HaAgent.Core.Locking;
using HaAgent.Host;

namespace HaAgent.World;

/// <summary>The copy-on-write image of backingfile, stateless and copyindirs.</summary>
internal sealed class ImagePreparation(AgentContext context)
{
    /// <summary>Creates the image where it is due. One that a guest may be running from, here or on another node, is left as it is.</summary>
    public OperationResult Prepare(TimeSpan within)
    {
        string image = ImageFor(context.Settings.Config);
        bool exists = File.Exists(image) && new FileInfo(image).Length > 0;
        if (exists && !context.Settings.Stateless)
            return OperationResult.Done;

        // Beside it first: what is made takes its time, and a start that is ended in the middle leaves the old image whole.
        string made = $"{image}.haagent-{Environment.ProcessId}";
        try
        {
            OperationResult result = Make(made, within);
            return result.Succeeded ? Replace(image, made) : result;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return OperationResult.Failed($"The image {image} of {context.Domain} cannot be replaced: {e.Message}");
        }
        finally
        {
            File.Delete(made);
        }
    }

    private OperationResult Make(string image, TimeSpan within)
    {
        string backing = context.Settings.BackingFile;
        CommandResult info = Command.Run(within, "qemu-img", "info", "--force-share", "--output=json", backing);
        if (!info.Succeeded)
            return OperationResult.Failed($"The backing image {backing} of {context.Domain} cannot be examined: {info.Output}");
        if (Format(info.StandardOutput) is not string format)
            return OperationResult.Failed($"The format of the backing image {backing} of {context.Domain} is not known: qemu-img info did not name it");
        CommandResult create = Command.Run(within, "qemu-img", "create", "-q", "-f", "qcow2", "-F", format, "-b", backing, image);
        if (!create.Succeeded)
            return OperationResult.Failed($"The image {image} of {context.Domain} cannot be created on {backing}: {create.Output}");
        if (context.Settings.CopyInDirs.Length == 0)
            return OperationResult.Done;
        CommandResult copy = Command.Run(within, "virt-copy-in", ["-a", image, .. context.Settings.CopyInDirs, "/"]);
        return copy.Succeeded
            ? OperationResult.Done
            : OperationResult.Failed($"copyindirs could not be copied into {image} of {context.Domain}: {copy.Output}");
    }

    /// <summary>
    /// Puts the new image in the place of the old one while nobody uses that: this agent holds its lease meanwhile, so that no virtlockd can give it
    /// to a guest, and no QEMU has it open for writing.
    /// </summary>
    private OperationResult Replace(string image, string made)
    {
        if (File.Exists(image))
        {
            // Before the lease is held, which may be a lock of the same file: closing it gives that up (fcntl(2), "Record locks").
            Fact<bool> use = LeaseProbe.ImageUse(image);
            if (use is Fact<bool>.NotLearned unknown)
                return NotMade(image, $"whether a QEMU uses it could not be found out ({unknown.Why})", FailureKind.Other);
            if (use is Fact<bool>.Known)
                return NotMade(image, "another QEMU uses it; it most likely runs on another node", FailureKind.ImageLocked);
            LeaseProbe.CopyOwner(image, made);
        }

        context.Resolver.ReadConfiguration(TimeSpan.FromSeconds(5));
        Disk? disk = context.Resolver.Configuration?.Disks.FirstOrDefault(candidate => candidate.Source == image);
        string? file = disk is null ? null : LeaseCheck.LeaseFile(disk, context.Locking);
        using HeldLease? lease = file is null ? null : HeldLease.Take(file);
        if (lease is { Problem: string problem })
            return NotMade(image, $"the lease {file} {problem}; it most likely runs on another node", lease.IsTaken ? FailureKind.LockConflict : FailureKind.Other);
        File.Move(made, image, overwrite: true);
        return OperationResult.Done;
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

    /// <summary>A format that was not learned is not "raw": a guest could then write the header of another format into its own disk.</summary>
    private static string? Format(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.TryGetProperty("format", out JsonElement format) && format.ValueKind == JsonValueKind.String ? format.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
