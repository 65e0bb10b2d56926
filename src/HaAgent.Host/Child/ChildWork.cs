using System.Globalization;
using System.Text;
using System.Text.Json;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using HaAgent.Host.Native;
using HaAgent.Host.Node;
using static Tmds.Linux.LibC;

namespace HaAgent.Host.Child;

/// <summary>The child's side: does the one thing it is asked for, answers, and ends.</summary>
internal static class ChildWork
{
    /// <summary>The kind of child that serves one request.</summary>
    public const string Kind = "call";

    /// <summary>Does the child's work and ends the process, if these arguments say that it is a child.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="other">Serves a child of another kind; null: there is none in this executable.</param>
    public static void ServeIfChild(string[] args, Action<string, FileStream>? other = null)
    {
        if (args is not [ChildProcess.Verb, string kind, ..])
            return;
        bool isGuard = kind == ProgramGuard.Kind;
        if (!isGuard)
            Posix.EndWithParent();

        // One that ended before that sends no signal any more, and has closed its end.
        if (Posix.IsHungUp(0))
            _exit(1);
        try
        {
            if (!isGuard)
                Directory.SetCurrentDirectory("/");
            using var socket = new FileStream(
                new Microsoft.Win32.SafeHandles.SafeFileHandle(0, ownsHandle: false),
                FileAccess.ReadWrite,
                bufferSize: 0
            );
            switch (kind)
            {
                case Kind:
                    Serve(socket);
                    break;
                case ProgramGuard.Kind:
                    ProgramGuard.Serve(socket);
                    break;
                case LogFile.Kind:
                    LogFile.Serve(socket);
                    break;
                default:
                    other?.Invoke(kind, socket);
                    break;
            }

            _exit(0);
        }
#pragma warning disable CA1031 // Whatever it is: no answer is an answer, and nobody reads what a child prints.
        catch (Exception)
#pragma warning restore CA1031
        {
            _exit(1);
        }
    }

    /// <summary>Says that what is asked for is begun: what it takes from now on, the volume takes, and not this process to be started on a
    /// node that is slow. Before JSON, a line's end says nothing.</summary>
    public static void Begin(FileStream socket) => socket.Write("\n"u8);

    private static void Serve(FileStream socket)
    {
        using var bytes = new MemoryStream();
        socket.CopyTo(bytes);

        // A request that is not whole comes from a parent that is gone.
        ChildRequest request = JsonSerializer.Deserialize(bytes.ToArray(), ChildJson.Default.ChildRequest)!;
        Begin(socket);
        ChildAnswer answer;
        try
        {
            answer = Do(request);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            answer = new Broken(e.Message);
        }

        socket.Write(JsonSerializer.SerializeToUtf8Bytes(answer, ChildJson.Default.ChildAnswer));
    }

    private static ChildAnswer Do(ChildRequest request) =>
        request switch
        {
            ReadConfiguration read => new ConfigurationContent(ConfigFile.Read(read.Path)),
            LookAtLockspace look => new LockspaceSeen(LockspaceProbe.Look(look.Path)),
            AskLeases ask => new LeasesSeen([.. ask.Files.Select(LeaseProbe.Ask)]),
            AskImages ask => new ImagesSeen([
                .. ask.Files.Select(file => LeaseProbe.ImageUse(file).Match<bool?>(use => use, () => false, _ => null)),
            ]),
            LookAtPath look => Look(look.Path),
            IdentifyPaths identify => new PathsIdentified([.. identify.Paths.Select(Identify)]),
            DeleteFile delete => Change(() => HeldDirectory.DeleteAt(delete.Path)),
            MoveFile move => Move(move.From, move.To),
            ReplaceImage replace => Replace(replace),
            WriteText write => Change(() => Write(write.Path, write.Text)),
            FindProcess find => Find(new GuestIdentity(find.Name, find.Uuid)),
            FindConfused find => Guests(GuestProcesses.OfNode().All(new GuestIdentity(find.Name, find.Uuid).IsConfusedWith, find.Name)),
            ListGuests => Guests(GuestProcesses.OfNode().All(_ => true)),
            _ => new Broken($"a child process does not know the request {request.GetType().Name}"),
        };

    /// <summary>A device by what its disk is known by on every path to it, else by its number; anything else by its place on its
    /// filesystem.</summary>
    private static PathIdentity Identify(string path)
    {
        if (!Posix.Stat(path, out Tmds.Linux.statx facts, out int error))
            return new PathIdentity(null, error == ENOENT || error == ENOTDIR ? null : $"{path} cannot be looked at ({Errno.Text(error)})");
        if ((facts.stx_mode & (ushort)S_IFMT) != (ushort)S_IFBLK)
            return new PathIdentity(
                string.Create(CultureInfo.InvariantCulture, $"file {facts.stx_dev_major}:{facts.stx_dev_minor}:{facts.stx_ino}"),
                null
            );
        string number = string.Create(CultureInfo.InvariantCulture, $"{facts.stx_rdev_major}:{facts.stx_rdev_minor}");
        string[] devices = [number, .. BlockLayers.Under(number)];
        List<string> over = [.. devices[1..].Select(DeviceText)];
        List<string> names = [.. devices.Select(device => BlockLayers.Name(device)).OfType<string>()];
        foreach (string file in devices.Select(device => BlockLayers.File(device)).OfType<string>())
        {
            PathIdentity under = Identify(file);
            if (under.Problem is not null)
                return under;
            over.AddRange([.. under.Text is null ? [] : (string[])[under.Text], .. under.Over ?? []]);
            names.AddRange(under.KernelNames ?? []);
        }

        return new PathIdentity(DeviceText(number), null, over, names);
    }

    private static string DeviceText(string number) =>
        Attempt.Learn(SysBlock.Of(number).Identity).IsKnown(out string? identity) ? $"disk {identity}" : $"device {number}";

    private static PathSeen Look(string path)
    {
        if (!Posix.Stat(path, out Tmds.Linux.statx facts, out int error))
            return error == ENOENT || error == ENOTDIR
                ? new PathSeen(FileKind.Absent)
                : throw new IOException($"{path}: {Errno.Text(error)}");
        var kind = (Tmds.Linux.mode_t)(facts.stx_mode & (ushort)S_IFMT);
        return kind == S_IFDIR ? new PathSeen(FileKind.Directory)
            : kind != S_IFREG ? new PathSeen(FileKind.Special)
            : new PathSeen(
                FileKind.RegularFile,
                (long)facts.stx_size,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{facts.stx_ino}:{facts.stx_size}:{facts.stx_mtime.tv_sec}.{facts.stx_mtime.tv_nsec:d9}"
                )
            );
    }

    private static Finished Change(Func<bool> change)
    {
        try
        {
            return new Finished(null, change());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Finished(e.Message, Changed: false);
        }
    }

    private static FileMoved Move(string from, string to)
    {
        string free = to;
        try
        {
            using HeldDirectory source = HeldDirectory.Of(from, follow: false, out string old);
            using HeldDirectory target = HeldDirectory.Of(to, follow: false, out string wanted);
            string name = wanted;
            for (int number = 2; Path.Exists(target[name]); number++)
                name = $"{wanted}-{number}";
            free = Path.Combine(Path.GetDirectoryName(to)!, name);
            try
            {
                File.Move(source[old], target[name]);
                return new FileMoved(null, free);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return new FileMoved(source.Words(target.Words(e.Message)), free);
            }
        }
        catch (IOException e)
        {
            return new FileMoved(e.Message, free);
        }
    }

    /// <summary>While nobody uses the old image: no QEMU has it open for writing, and no virtlockd can give its lease to a guest
    /// meanwhile.</summary>
    private static ImageReplaced Replace(ReplaceImage replace)
    {
        try
        {
            if (File.Exists(replace.Image))
            {
                // Before the lease is held, which may be a lock of the same file: closing it gives that up (fcntl(2), "Record locks").
                Fact<bool> use = LeaseProbe.ImageUse(replace.Image);
                if (use.State == FactState.NotLearned)
                    return new ImageReplaced($"whether a QEMU uses it could not be found out ({use.Why})");
                if (use.State == FactState.Known)
                    return new ImageReplaced("another QEMU uses it; it most likely runs on another node") { IsInUse = true };
                LeaseProbe.CopyOwner(replace.Image, replace.Made);
            }

            using HeldLease? lease = replace.Lease is null ? null : HeldLease.Take(replace.Lease);
            if (lease is { Problem: string problem })
                return new ImageReplaced($"the lease {replace.Lease} {problem}; it most likely runs on another node")
                {
                    IsLeaseTaken = lease.IsTaken,
                };
            using HeldDirectory directory = HeldDirectory.Of(replace.Image, follow: false, out string image);
            directory.Replace(Path.GetFileName(replace.Made), image);
            return new ImageReplaced(null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ImageReplaced(e.Message);
        }
    }

    /// <summary>Whole or not at all, and only when it changed; it may hold passwords, so only its owner reads it unless the old file said
    /// otherwise. Where it lies may be anybody's: a symbolic link is not followed but replaced.</summary>
    private static bool Write(string path, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (RegularFile.Read(path, DomainXml.MaximumBytes, out _, follow: false) is { } old && old.Bytes.AsSpan().SequenceEqual(bytes))
            return false;
        WholeFile.Write(path, bytes, WholeFile.OwnerOnly, mustKeepLook: false, follow: false);
        return true;
    }

    private static ChildAnswer Guests(Fact<IReadOnlyList<GuestProcess>> found) =>
        found.Match<ChildAnswer>(guests => new GuestsSeen(guests), () => new GuestsSeen([]), why => new Broken(why));

    private static ChildAnswer Find(GuestIdentity identity) =>
        GuestProcesses
            .OfNode()
            .Find(identity)
            .Match<ChildAnswer>(
                found =>
                {
                    using QemuProcess process = found;
                    return new ProcessSeen(process.Pid, process.StartTime);
                },
                () => new ProcessSeen(0, 0),
                why => new Broken(why)
            );
}
