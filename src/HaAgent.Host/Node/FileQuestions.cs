using System.Text;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;

namespace HaAgent.Host.Node;

/// <summary>Files, directories, paths and mounts of a node. Each path is looked at by itself: the filesystem it lies on may hang.</summary>
internal static class FileQuestions
{
    /// <summary>Every mount.</summary>
    public static MountsAnswer Mounts() =>
        new([.. MountTable.Parse(File.ReadAllText("/proc/self/mountinfo")).Select(mount => new MountFact(mount.Point, mount.Type, mount.Source, mount.Options))]);

    /// <summary>The content of files.</summary>
    public static FilesAnswer Answer(FilesQuestion question, Deadline deadline) => new(VolumeCall.Each(question.Paths, deadline, ReadFile));

    /// <summary>Where directories lie, and what marks them.</summary>
    public static DirectoriesAnswer Answer(DirectoriesQuestion question, Deadline deadline) => new(VolumeCall.Each(question.Paths, deadline, ReadDirectory));

    /// <summary>What paths lead to.</summary>
    public static PathsAnswer Answer(PathsQuestion question, Deadline deadline) => new(VolumeCall.Each(question.Paths, deadline, ReadPath));

    private static Fact<FileFact> ReadFile(string path)
    {
        ConfigContent content = ConfigFile.Read(path);
        if (content.IsMissing)
            return Fact.Absent<FileFact>();
        return content.Bytes is byte[] bytes
            ? Fact.Known(new FileFact(Encoding.Latin1.GetString(bytes), Moment.Now - content.Written))
            : Fact.NotLearned<FileFact>($"it {content.Problem}");
    }

    private static Fact<DirectoryFact> ReadDirectory(string path)
    {
        using PathHandle? handle = PathHandle.Open(path);
        if (handle is not { Kind: PathKind.Directory })
            return Fact.Absent<DirectoryFact>();
        Fact<string> mark = ReadFile($"{path.TrimEnd('/')}/{DirectoryFact.MarkFile}").Map(file => file.Text.Trim());
        return Fact.Known(new DirectoryFact(handle.Mount.Point, mark));
    }

    private static Fact<PathFact> ReadPath(string path)
    {
        using PathHandle? handle = PathHandle.Open(path);
        if (handle is null)
            return Fact.Absent<PathFact>();
        bool isBlock = handle.Kind == PathKind.Block;
        string real = handle.RealPath;
        return Fact.Known(new PathFact
        {
            Kind = handle.Kind,
            RealPath = real,
            MountPoint = handle.Mount.Point,
            Size = isBlock ? SysBlock.Of(handle.Device).Size : handle.Size,
            Identity = isBlock ? VolumeCall.Learn(SysBlock.Of(handle.Device).Identity) : Fact.Absent<string>(),
            StableNames = isBlock ? SysBlock.StableNames(real) : [],
        });
    }
}
