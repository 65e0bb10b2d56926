namespace HaAgent.Cluster.Planning;

/// <summary>The lines that differ between two texts: those that go marked -, those that come marked +.</summary>
public static class LineDifference
{
    /// <summary>The differing lines, without the common ones at either end.</summary>
    public static IEnumerable<string> Between(string before, string after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        string[] old = Split(before);
        string[] now = Split(after);
        int head = 0;
        while (head < old.Length && head < now.Length && old[head] == now[head])
            head++;
        int tail = 0;
        while (tail < old.Length - head && tail < now.Length - head && old[^(tail + 1)] == now[^(tail + 1)])
            tail++;
        return [.. old[head..^tail].Select(line => "- " + line), .. now[head..^tail].Select(line => "+ " + line)];
    }

    private static string[] Split(string text) => text.Length == 0 ? [] : text.TrimEnd('\n').Split('\n');
}
