using System.Globalization;
using System.Text;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;

namespace HaAgent.Host.Node;

/// <summary>Files, directories, paths and mounts of a node. Each path is looked at by itself: the filesystem it lies on may hang.</summary>
internal static class FileQuestions
{
    /// <summary>Every mount.</summary>
    public static MountsAnswer Mounts() =>
        new([.. HostMounts.All().Select(mount => new MountFact(mount.Point, mount.Type, mount.Source, mount.Options))]);

    /// <summary>The content of files.</summary>
    /// <param name="question">Which.</param>
    /// <param name="deadline">When the last answer must be there.</param>
    /// <param name="permit">Whoever may only ask need not see everything that root may read.</param>
    public static FilesAnswer Answer(FilesQuestion question, Deadline deadline, NodePermit permit = NodePermit.Changes) =>
        new(
            NodeVolume.Each(
                question.Paths,
                deadline,
                permit,
                path => ReadFile(path, permit),
                paths => new FilesQuestion(paths),
                answer => (answer as FilesAnswer)?.Files
            )
        );

    /// <summary>Where directories lie, and what marks them.</summary>
    public static DirectoriesAnswer Answer(DirectoriesQuestion question, Deadline deadline) =>
        new(
            NodeVolume.Each(
                question.Paths,
                deadline,
                NodePermit.Changes,
                ReadDirectory,
                paths => new DirectoriesQuestion(paths),
                answer => (answer as DirectoriesAnswer)?.Directories
            )
        );

    /// <summary>What paths lead to.</summary>
    public static PathsAnswer Answer(PathsQuestion question, Deadline deadline) =>
        new(
            NodeVolume.Each(
                question.Paths,
                deadline,
                NodePermit.Changes,
                ReadPath,
                paths => new PathsQuestion(paths),
                answer => (answer as PathsAnswer)?.Paths
            )
        );

    /// <summary>The content of files, by a process that may be left behind.</summary>
    public static FilesAnswer Here(FilesQuestion question, NodePermit permit) =>
        new(question.Paths.ToDictionary(path => path, path => Attempt.Learn(() => ReadFile(path, permit))));

    /// <summary>Directories, by a process that may be left behind.</summary>
    public static DirectoriesAnswer Here(DirectoriesQuestion question) =>
        new(question.Paths.ToDictionary(path => path, path => Attempt.Learn(() => ReadDirectory(path))));

    /// <summary>Paths, by a process that may be left behind.</summary>
    public static PathsAnswer Here(PathsQuestion question) =>
        new(question.Paths.ToDictionary(path => path, path => Attempt.Learn(() => ReadPath(path))));

    private static Fact<FileFact> ReadFile(string path, NodePermit permit) =>
        ReadFile(path)
            .Then(file =>
                permit == NodePermit.Changes || NodeFiles.IsRead(path) || NodeFiles.IsGuest(Encoding.Latin1.GetBytes(file.Text))
                    ? Fact.Known(file)
                    : Fact.NotLearned<FileFact>("it is neither a guest's XML nor a file of libvirt's that haagent shows")
            );

    private static Fact<FileFact> ReadFile(string path)
    {
        ConfigContent content = ConfigFile.Read(path);
        if (content.IsMissing)
            return Fact.Absent<FileFact>();
        return content.Bytes is byte[] bytes
            ? Fact.Known(new FileFact(Encoding.Latin1.GetString(bytes), NodeTime.Now - content.Written))
            : Fact.NotLearned<FileFact>($"it {content.Problem}");
    }

    private static Fact<DirectoryFact> ReadDirectory(string path)
    {
        using PathHandle? handle = PathHandle.Open(path);
        if (handle is not { Kind: PathKind.Directory })
            return Fact.Absent<DirectoryFact>();
        Fact<string> mark = Attempt.Learn(() => ReadFile($"{path.TrimEnd('/')}/{DirectoryFact.MarkFile}")).Map(file => file.Text.Trim());
        return Fact.Known(new DirectoryFact(handle.Mount.Point, mark));
    }

    private static Fact<PathFact> ReadPath(string path)
    {
        using PathHandle? handle = PathHandle.Open(path);
        if (handle is null)
            return Fact.Absent<PathFact>();
        bool isBlock = handle.Kind == PathKind.Block;
        string real = handle.RealPath;
        return Fact.Known(
            new PathFact
            {
                Kind = handle.Kind,
                RealPath = real,
                MountPoint = handle.Mount.Point,
                Size = isBlock ? SysBlock.Of(handle.Device).Size : handle.Size,
                Identity = isBlock ? Attempt.Learn(SysBlock.Of(handle.Device).Identity) : Fact.Absent<string>(),
                StableNames = isBlock ? SysBlock.StableNames(real) : [],
            }
        );
    }
}

/// <summary>Processes of the node, as /proc shows them. One that ends while it is looked at is none; one that may not be looked at is an
/// exception.</summary>
internal static class ProcFiles
{
    // Ticks of the clock in which /proc counts: 100 a second on every architecture (USER_HZ).
    private const double TicksPerSecond = 100;

    /// <summary>Root's processes of programs, by the program's name: any user can give one of theirs the same.</summary>
    public static IEnumerable<(int Pid, string Name)> Processes(params IReadOnlyCollection<string> names)
    {
        foreach (int pid in ProcessTable.Pids("/proc"))
        {
            if (
                Read(pid, "comm") is byte[] comm
                && ProcessTable.Text(comm).TrimEnd('\n') is var name
                && names.Contains(name)
                && Read(pid, "status") is byte[] status
                && QemuOwners.IsRoots(ProcessTable.Text(status))
            )
            {
                yield return (pid, name);
            }
        }
    }

    /// <summary>A file of a process; null: the process is gone.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[]? Read(int pid, string file) =>
        ProcessTable
            .Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}"))
            .Match<byte[]?>(bytes => bytes, () => null, why => throw new IOException(why));

    /// <summary>Where a symbolic link leads; null: it is none, or it is gone.</summary>
    public static string? LinkTarget(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: false)?.FullName;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>How long a process had been running when the node was up that long.</summary>
    /// <param name="stat">Its /proc/PID/stat; field 22 is its start in clock ticks since boot.</param>
    /// <param name="uptime">The time since the node booted.</param>
    /// <exception cref="IOException">That is not in it.</exception>
    public static TimeSpan Age(string stat, TimeSpan uptime) =>
        uptime
        - ProcessTable
            .StartOf(stat)
            .Match(
                ticks => TimeSpan.FromSeconds(ticks / TicksPerSecond),
                () => throw new IOException("it has no start time"),
                why => throw new IOException(why)
            );
}
