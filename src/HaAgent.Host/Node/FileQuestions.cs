using System.Text;
using HaAgent.Core.Node;

namespace HaAgent.Host.Node;

/// <summary>Files, directories, paths and mounts of a node. Each path is looked at by itself: the filesystem it lies on may hang.</summary>
internal static class FileQuestions
{
    private const string NotShown = "it is neither a guest's XML nor a file of libvirt's that haagent shows";

    /// <summary>Every mount.</summary>
    public static MountsAnswer Mounts() => new(HostMounts.All());

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
        permit != NodePermit.Changes && !NodeFiles.IsRead(path) && IsMadeUp(path)
            ? Fact.NotLearned<FileFact>(NotShown)
            : ReadFile(path)
                .Then(file =>
                    permit == NodePermit.Changes || NodeFiles.IsRead(path) || NodeFiles.IsGuest(Encoding.Latin1.GetBytes(file.Text))
                        ? Fact.Known(file)
                        : Fact.NotLearned<FileFact>(NotShown)
                );

    /// <summary>What the kernel makes up may change when it is read, as /proc/kmsg.</summary>
    private static bool IsMadeUp(string path)
    {
        using PathHandle? handle = PathHandle.Open(path);
        return handle?.RealPath.Split('/') is ["", "proc" or "sys" or "dev", ..];
    }

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
