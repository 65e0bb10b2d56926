using System.Collections.Concurrent;
using HaAgent.Core.Node;

namespace HaAgent.Host;

/// <summary>
/// The one seam for what may touch a shared volume (open, stat, read, a lock's question): a call that does not come back, because the volume stands
/// still, costs its own answer and no other's.
/// </summary>
internal static class VolumeCall
{
    /// <summary>The longest that one path is waited for.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private const int AtOnce = 16;

    /// <summary>Makes one call.</summary>
    /// <exception cref="TimeoutException">It did not come back in time.</exception>
    public static T Run<T>(Deadline deadline, Func<T> call) => new Bounded().Run(deadline, call, out T? result)
        ? result!
        : throw new TimeoutException("it does not answer: the filesystem that it lies on may stand still");

    /// <summary>Looks at each path by itself, some at once.</summary>
    /// <param name="paths">What is looked at.</param>
    /// <param name="deadline">When the last answer must be there.</param>
    /// <param name="look">What is learned of one; an exception is why it was not.</param>
    public static IReadOnlyDictionary<string, Fact<T>> Each<T>(IEnumerable<string> paths, Deadline deadline, Func<string, Fact<T>> look)
        where T : notnull
    {
        var facts = new ConcurrentDictionary<string, Fact<T>>();
        Parallel.ForEach(paths.Distinct(), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, path =>
            facts[path] = Learn(() => Run(deadline.OrIn(Longest), () => look(path))));
        return facts;
    }

    /// <summary>What was learned, or why it was not.</summary>
    public static Fact<T> Learn<T>(Func<Fact<T>> look)
        where T : notnull
    {
        try
        {
            return look();
        }
#pragma warning disable CA1031 // Whatever it is, it is why this one thing was not learned.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Fact.NotLearned<T>(e.Message);
        }
    }
}
