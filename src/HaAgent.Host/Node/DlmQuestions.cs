using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using HaAgent.Core.Node;

namespace HaAgent.Host.Node;

/// <summary>How DLM has nodes fenced, and for which it waits.</summary>
internal static partial class DlmQuestions
{
    private const string Program = "dlm_stonith";
    private const string Configuration = "/etc/dlm/dlm.conf";
    private static readonly TimeSpan ToolLimit = TimeSpan.FromSeconds(10);

    // What dlm_stonith looks for in the library (crm/stonith-ng.h).
    private static readonly string[] Wanted = ["stonith_api_kick", "stonith_api_time"];

    /// <summary>Both.</summary>
    public static DlmAnswer Answer(Deadline deadline) =>
        new(
            Attempt.Learn(() => Helper(Command.Find(Program), File.Exists(Configuration) ? RegularFile.Text(Configuration) : "")),
            Attempt.Learn(() => Waits(deadline))
        );

    /// <summary>What has a node fenced.</summary>
    /// <param name="program">The path of dlm_stonith; null: it is not installed.</param>
    /// <param name="configuration">What dlm.conf(5) says.</param>
    internal static Fact<DlmHelper> Helper(string? program, string configuration)
    {
        if (program is null || Otherwise().IsMatch(configuration))
            return Fact.Absent<DlmHelper>();
        Match name = LibraryName().Match(Encoding.Latin1.GetString(File.ReadAllBytes(program)));
        return name.Success
            ? Fact.Known(new DlmHelper(name.Value, Opens(name.Value), Attempt.Learn(Installed)))
            : Fact.NotLearned<DlmHelper>($"{program} names no library of Pacemaker's that it would open");
    }

    /// <summary>Reads what <c>dlm_tool status</c> says: a line "fence NODE REASON … fail TIME fence TIME now TIME" for each node that has
    /// to be fenced.</summary>
    internal static Fact<IReadOnlyList<DlmWait>> ReadStatus(string text)
    {
        // It ends with 0 all the same.
        if (text.StartsWith("cannot connect", StringComparison.Ordinal))
            return Fact.Absent<IReadOnlyList<DlmWait>>();
        string[] lines = NodeQuestions.Lines(text);
        return lines.Any(line => line.StartsWith("cluster nodeid ", StringComparison.Ordinal))
            ? Fact.Known<IReadOnlyList<DlmWait>>([
                .. lines.Where(line => line.StartsWith("fence ", StringComparison.Ordinal)).Select(line => Read(line.Split(' '))),
            ])
            : Fact.NotLearned<IReadOnlyList<DlmWait>>("dlm_tool tells no status");
    }

    private static DlmWait Read(string[] words) =>
        new(
            int.Parse(words[1], CultureInfo.InvariantCulture),
            Value(words, "now") is { } now && Value(words, "fail") is { } fail && now > fail
                ? TimeSpan.FromSeconds(now - fail)
                : TimeSpan.Zero
        );

    private static long? Value(string[] words, string key) =>
        Array.IndexOf(words, key) is >= 0 and var at
        && at + 1 < words.Length
        && long.TryParse(words[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : null;

    private static Fact<IReadOnlyList<DlmWait>> Waits(Deadline deadline) =>
        Command.Find("dlm_tool") is not null
            ? ReadStatus(NodeQuestions.Output(deadline.OrIn(ToolLimit), "dlm_tool", "status"))
            : Fact.Absent<IReadOnlyList<DlmWait>>();

    // As dlm_stonith itself does it: the loader alone knows where it looks. It stays open, as this process ends soon.
    private static bool Opens(string library) =>
        NativeLibrary.TryLoad(library, out nint handle) && Wanted.All(name => NativeLibrary.TryGetExport(handle, name, out _));

    private static Fact<string> Installed() =>
        LibraryDirectories
            .All.SelectMany(directory => Directory.EnumerateFiles(directory, "libstonithd.so.*"))
            .Where(path => LibraryFile().IsMatch(path))
            .MaxBy(path => long.Parse(path[(path.LastIndexOf('.') + 1)..], CultureInfo.InvariantCulture))
            is { } path
            ? Fact.Known(path)
            : Fact.Absent<string>();

    // dlm.conf(5): another agent for all nodes or for some, or no fencing at all.
    [GeneratedRegex(@"^\s*(device\s|fence_all\s+(?!\S*dlm_stonith)|enable_fencing\s*=\s*0)", RegexOptions.Multiline)]
    private static partial Regex Otherwise();

    [GeneratedRegex(@"libstonithd\.so\.[0-9]{1,9}(?=\0)")]
    private static partial Regex LibraryName();

    [GeneratedRegex(@"/libstonithd\.so\.[0-9]{1,9}\z")]
    private static partial Regex LibraryFile();
}

/// <summary>Where a distribution puts its libraries.</summary>
internal static class LibraryDirectories
{
    private static readonly string[] Plain = ["/usr/lib64", "/usr/lib"];

    /// <summary>Those that are there.</summary>
    public static IEnumerable<string> All =>
        Plain.Where(Directory.Exists).Concat(Directory.EnumerateDirectories("/usr/lib", "*-linux-gnu*"));
}
