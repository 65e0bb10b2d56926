using Xunit;

namespace HaAgent.Tests;

/// <summary>
/// A case is one file to be read from top to bottom: a sentence on why there is such a case, when its name does not say it, then sections, each begun by
/// a line <c>-- name --</c>. It holds what is special about it: what it has no section for stands in a base.txt, the nearest first. Nothing is made up
/// or passed over: a section that is missing, or has a name that nobody reads, fails the case, and an expectation is the case's own.
/// </summary>
internal sealed class CaseFile
{
    private const string Expected = "expected";

    private readonly string _path;
    private readonly List<Dictionary<string, string>> _layers;

    /// <param name="folder">The case's folder, below the repository's root.</param>
    /// <param name="name">The file's name without its ending.</param>
    /// <param name="sections">What the case has besides what is expected.</param>
    /// <param name="bases">The folders whose base.txt is below the case, the nearest first.</param>
    public CaseFile(string folder, string name, string[] sections, params string[] bases)
    {
        _path = Path.Combine(folder, name + ".txt");
        _layers = [Parse(_path, [.. sections, Expected]), .. bases.Select(place => Parse(Path.Combine(place, "base.txt"), sections))];
        if (!_layers[0].ContainsKey(Expected))
            throw new FormatException($"{_path} says nothing of what is expected");
        foreach (string section in sections)
            _ = this[section];
    }

    /// <summary>The cases of a folder. Whatever else lies there would be a case that nobody runs.</summary>
    public static IEnumerable<string> In(string folder)
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(Path.Combine(TestFile.Root, folder)).Order(StringComparer.Ordinal))
        {
            if (Path.GetExtension(path) != ".txt" || Directory.Exists(path))
                throw new FormatException($"{path} is not a case");
            if (Path.GetFileName(path) != "base.txt")
                yield return Path.GetFileNameWithoutExtension(path);
        }
    }

    /// <summary>A section as the case has it, or else the nearest base.</summary>
    public string this[string section] =>
        _layers.Select(layer => layer.GetValueOrDefault(section)).FirstOrDefault(text => text is not null) ??
        throw new FormatException($"{_path} has no section {section}");

    /// <summary>A section of every base and of the case, the farthest first, for those that are laid over one another.</summary>
    public IEnumerable<string> Layers(string section) => _layers.Select(layer => layer.GetValueOrDefault(section)).OfType<string>().Reverse();

    /// <summary>
    /// Compares with what is expected. The whole case with what was seen instead is left under actual/ beside the tests, to be read and, when right, copied.
    /// </summary>
    public void AssertExpected(IEnumerable<string> lines)
    {
        string actual = string.Concat(lines.Select(line => line + "\n"));
        string place = Path.Combine(AppContext.BaseDirectory, "actual", _path);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        string begin = $"-- {Expected} --\n", text = TestFile.Read(_path);
        int from = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        File.WriteAllText(place, text[..from] + actual + text[(from + this[Expected].Length)..]);
        Assert.Equal(this[Expected], actual);
    }

    private static Dictionary<string, string> Parse(string path, string[] known)
    {
        var sections = new Dictionary<string, string>();
        string? section = null;
        string[] lines = TestFile.Read(path).Split('\n');
        if (lines[^1].Length > 0)
            throw new FormatException($"{path} ends without a line end");
        foreach (string line in lines[..^1])
        {
            if (line.StartsWith("-- ", StringComparison.Ordinal) && line.EndsWith(" --", StringComparison.Ordinal))
            {
                section = line[3..^3];
                if (!known.Contains(section))
                    throw new FormatException($"{path} has a section {section}, which nobody reads; there are: {string.Join(", ", known)}");
                if (!sections.TryAdd(section, ""))
                    throw new FormatException($"{path} has two sections {section}");
            }
            else if (section is not null)
            {
                sections[section] += line + "\n";
            }
        }

        return sections;
    }
}
