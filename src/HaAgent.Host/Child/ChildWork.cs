using System.Text;
using System.Text.Json;
using HaAgent.Core.Guest;
using HaAgent.Host.Native;
using static Tmds.Linux.LibC;

namespace HaAgent.Host.Child;

/// <summary>The child's side: does the one thing it is asked for, answers, and ends.</summary>
internal static class ChildWork
{
    /// <summary>The kind of child that serves one request.</summary>
    public const string Kind = "call";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Does the child's work and ends the process, if these arguments say that it is a child.</summary>
    public static void ServeIfChild(string[] args)
    {
        if (args is not [ChildProcess.Verb, string kind, ..])
            return;
        Posix.EndWithParent();
        try
        {
            Directory.SetCurrentDirectory("/");
            using var socket = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(0, ownsHandle: false), FileAccess.ReadWrite, bufferSize: 0);
            switch (kind)
            {
                case Kind:
                    Serve(socket);
                    break;
                case LogFile.Kind:
                    LogFile.Serve(socket);
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

    private static void Serve(FileStream socket)
    {
        using var bytes = new MemoryStream();
        socket.CopyTo(bytes);

        // A request that is not whole comes from a parent that is gone.
        ChildRequest request = JsonSerializer.Deserialize(bytes.ToArray(), ChildJson.Default.ChildRequest)!;
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

    private static ChildAnswer Do(ChildRequest request) => request switch
    {
        ReadConfiguration read => new ConfigurationRead(ConfigFile.Read(read.Path)),
        LookAtLockspace look => new LockspaceSeen(LockspaceProbe.Look(look.Path)),
        AskLeases ask => new LeasesSeen([.. ask.Files.Select(LeaseProbe.Ask)]),
        AskImages ask => new ImagesSeen([.. ask.Files.Select(LeaseProbe.IsImageInUse)]),
        LookAtPath look => Look(look.Path),
        DeleteFile delete => Change(() => Delete(delete.Path)),
        MoveFile move => Change(() => Move(move.From, move.To)),
        WriteFile write => Change(() => Write(write.Path, write.Text)),
        FindProcess find => Find(new GuestIdentity(find.Name, find.Uuid)),
        ListGuests => new GuestsSeen(ProcessTable.Guests()),
        _ => new Broken($"a child process does not know the request {request.GetType().Name}"),
    };

    private static PathSeen Look(string path)
    {
        if (File.Exists(path))
            return new PathSeen((File.GetAttributes(path) & FileAttributes.Device) != 0 ? PathKind.Special : PathKind.RegularFile, new FileInfo(path).Length);
        return Directory.Exists(path) ? new PathSeen(PathKind.Directory, 0) : AbsentOrUnknown(path);
    }

    /// <summary>File.Exists says no to everything that went wrong.</summary>
    private static PathSeen AbsentOrUnknown(string path)
    {
        const int withoutOpening = 0x200000; // O_PATH
        int fd = Posix.Open(path, withoutOpening | O_CLOEXEC, out int error);
        if (fd >= 0)
            _ = close(fd);
        return fd < 0 && (error == ENOENT || error == ENOTDIR)
            ? new PathSeen(PathKind.Absent, 0)
            : fd < 0 ? throw new IOException($"{path}: {Errno.Text(error)}") : new PathSeen(PathKind.Special, 0);
    }

    private static Finished Change(Func<bool> change)
    {
        try
        {
            return new Finished(null, change());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Finished(e.Message, false);
        }
    }

    private static bool Delete(string path)
    {
        bool there = File.Exists(path);
        File.Delete(path);
        return there;
    }

    private static bool Move(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        return true;
    }

    /// <summary>Whole or not at all, and only when it changed; it may hold passwords, so only its owner reads it unless the old file said otherwise.</summary>
    private static bool Write(string path, string text)
    {
        bool there = File.Exists(path);
        if (there && File.ReadAllText(path) == text)
            return false;
        UnixFileMode mode = there ? File.GetUnixFileMode(path) : OwnerOnly;

        // One for each node: what a killed child leaves is overwritten by the next.
        string temporary = $"{path}.haagent-{Environment.MachineName}";
        try
        {
            var create = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
            using (var file = new FileStream(temporary, create))
            {
                file.Write(Encoding.UTF8.GetBytes(text));
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

    private static ProcessSeen Find(GuestIdentity identity)
    {
        using QemuProcess? process = ProcessTable.Find(identity, hint: null);
        return process is null ? new ProcessSeen(0, 0) : new ProcessSeen(process.Pid, process.StartTime);
    }
}
