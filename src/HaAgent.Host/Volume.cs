using HaAgent.Core.Guest;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;
using HaAgent.Host.Child;

namespace HaAgent.Host;

/// <summary>
/// All that is done with what may lie on a shared volume. While a volume stands still (a node was lost, and its fencing is not confirmed)
/// every access to it waits in the kernel and cannot be ended; so none is made by this process.
/// </summary>
internal sealed class Volume(ChildCall child)
{
    /// <summary>Reads the domain's configuration.</summary>
    public Fact<ConfigContent> ReadConfiguration(string path, Deadline deadline) =>
        child
            .Ask<ConfigurationContent>(path, new ReadConfiguration(path), deadline)
            .Match(read => Fact.Known(read.Content), Fact.Absent<ConfigContent>, Fact.NotLearned<ConfigContent>);

    /// <summary>Looks at the lockspace directory.</summary>
    public Fact<LockspaceFacts> LookAtLockspace(string path, Deadline deadline) =>
        child
            .Ask<LockspaceSeen>(path, new LookAtLockspace(path), deadline)
            .Match(seen => Fact.Known(seen.Lockspace), Fact.Absent<LockspaceFacts>, Fact.NotLearned<LockspaceFacts>);

    /// <summary>Who holds virtlockd's lock of each of these files; "cannot tell", and why, where its volume does not answer.</summary>
    public IReadOnlyDictionary<string, LeaseState> Leases(IReadOnlyCollection<string> files, Deadline deadline)
    {
        var leases = new Dictionary<string, LeaseState>();
        foreach ((string[] group, Deadline until) in ByDirectory(files, deadline))
        {
            Fact<LeasesSeen> fact = child.Ask<LeasesSeen>(group[0], new AskLeases(group), until);
            for (int i = 0; i < group.Length; i++)
                leases[group[i]] = fact.IsKnown(out LeasesSeen? seen)
                    ? seen.Leases[i]
                    : new LeaseState(LeaseHolder.CannotTell, fact.Why ?? "it is not known");
        }

        return leases;
    }

    /// <summary>The first of these image files that a running QEMU has open for writing; absent: none of those that could be
    /// asked.</summary>
    public Fact<string> ImageInUse(IReadOnlyCollection<string> files, Deadline deadline)
    {
        string? why = null;
        foreach ((string[] group, Deadline until) in ByDirectory(files, deadline))
        {
            Fact<ImagesSeen> fact = child.Ask<ImagesSeen>(group[0], new AskImages(group), until);
            for (int i = 0; i < group.Length && fact.IsKnown(out ImagesSeen? seen); i++)
            {
                if (seen.InUse[i] == true)
                    return Fact.Known(group[i]);
            }

            why ??= fact.Why;
        }

        return why is null ? Fact.Absent<string>() : Fact.NotLearned<string>(why);
    }

    /// <summary>For each path the file or device at it, by whatever name it is reached; absent: nothing is
    /// there.</summary>
    public IReadOnlyDictionary<string, Fact<DiskPlace>> Identify(IReadOnlyCollection<string> paths, Deadline deadline)
    {
        var identities = new Dictionary<string, Fact<DiskPlace>>();
        foreach ((string[] group, Deadline until) in ByDirectory(paths, deadline))
        {
            Fact<PathsIdentified> fact = child.Ask<PathsIdentified>(group[0], new IdentifyPaths(group), until);
            for (int i = 0; i < group.Length; i++)
            {
                int index = i;
                identities[group[i]] = fact.Then(seen => seen.Identities[index].Fact);
            }
        }

        return identities;
    }

    /// <summary>What is at a path.</summary>
    public Fact<PathSeen> Look(string path, Deadline deadline) => child.Ask<PathSeen>(path, new LookAtPath(path), deadline);

    /// <summary>Removes a file, if it is there.</summary>
    /// <returns>Null, or why it may still be there.</returns>
    public string? Delete(string path, Deadline deadline) => Delete(path, deadline, out _);

    /// <summary>Removes a file, if it is there.</summary>
    /// <param name="path">Which.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="isAnswered">The volume answered, so that to wait helps nobody.</param>
    /// <returns>Null, or why it may still be there.</returns>
    public string? Delete(string path, Deadline deadline, out bool isAnswered)
    {
        Fact<Finished> fact = child.Ask<Finished>(path, new DeleteFile(path), deadline);
        isAnswered = fact.State == FactState.Known;
        return Problem(fact);
    }

    /// <summary>Renames a file within its volume, never over another: where the new name is taken a number is added to it.</summary>
    /// <param name="from">Its name.</param>
    /// <param name="to">The new name; afterwards the one it got.</param>
    /// <param name="deadline">When to give up.</param>
    /// <returns>Null, or why it may still have its old name.</returns>
    public string? Move(string from, ref string to, Deadline deadline)
    {
        Fact<FileMoved> fact = child.Ask<FileMoved>(from, new MoveFile(from, to), deadline);
        if (fact.IsKnown(out FileMoved? moved))
            to = moved.To;
        return fact.Match(done => done.Problem, () => "it was not answered", why => why);
    }

    /// <summary>Puts a new disk image in the place of one that nobody uses.</summary>
    public Fact<ImageReplaced> ReplaceImage(string image, string made, string? lease, Deadline deadline) =>
        child.Ask<ImageReplaced>(image, new ReplaceImage(image, made, lease), deadline);

    /// <summary>Writes a file, whole or not at all.</summary>
    /// <param name="path">Which.</param>
    /// <param name="text">The whole of it.</param>
    /// <param name="deadline">When to give up; the old content stays then.</param>
    /// <param name="changed">It had another content before.</param>
    /// <returns>Null, or why it was not written.</returns>
    public string? Write(string path, string text, Deadline deadline, out bool changed)
    {
        Fact<Finished> fact = child.Ask<Finished>(path, new WriteText(path, text), deadline);
        changed = fact.IsKnown(out Finished? finished) && finished.Changed;
        return Problem(fact);
    }

    private static string? Problem(Fact<Finished> fact) => fact.Match(finished => finished.Problem, () => null, why => why);

    /// <summary>Files of one directory lie on one volume; each group gets its share of the time.</summary>
    private static IEnumerable<(string[] Files, Deadline Until)> ByDirectory(IReadOnlyCollection<string> files, Deadline deadline)
    {
        IGrouping<string?, string>[] groups = [.. files.Distinct().GroupBy(Path.GetDirectoryName)];
        for (int i = 0; i < groups.Length; i++)
            yield return ([.. groups[i]], deadline.Share(1.0 / (groups.Length - i)));
    }
}
