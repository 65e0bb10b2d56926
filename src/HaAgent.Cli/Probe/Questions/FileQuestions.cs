using System.Globalization;
using System.Text;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Setup.Steps;
using HaAgent.Core.Locking;

namespace HaAgent.Cli.Probe.Questions;

/// <summary>Files, directories and mounts of a node.</summary>
internal static class FileQuestions
{
    // The kernel writes what /proc/self/mountinfo says; it never waits for a filesystem.
    public static readonly Question Mounts = new("mounts",
        "cat /proc/self/mountinfo",
        (facts, answer) => facts with { Mounts = [.. MountTable.Parse(answer).Select(m => new MountFact(m.Point, m.Type, m.Source, m.Options))] });

    /// <summary>The content and the age of files on the node's own disk.</summary>
    public static Question Files(params IReadOnlyList<string> paths) => new("files",
        $$"""
        for file in {{Words(paths)}}; do
          [ -f "$file" ] || continue
          written=$(stat -L -c %.9Y "$file")
          printf '%s\t%s\t%s\n' "$file" "$(awk -v now="$now" -v written="$written" 'BEGIN { printf "%.2f", now - written }')" "$(base64 -w0 "$file")"
        done
        """,
        (facts, answer) => facts with { Files = ReadFiles(paths, answer) });

    /// <summary>Directories, which may lie on a shared filesystem that hangs: each is given a few seconds.</summary>
    public static Question Directories(params IReadOnlyList<string> paths) => new("directories",
        $$"""
        for directory in {{Words(paths)}}; do
          if timeout 5 test -d "$directory"; then
            printf '%s\tyes\t%s\t%s\n' "$directory" "$(timeout 5 stat -c %m "$directory")" "$(timeout 5 cat "$directory/{{SharedMount.MarkFile}}")"
          fi
        done
        """,
        (facts, answer) => facts with { Directories = ReadDirectories(paths, answer) });

    /// <summary>Files on the shared filesystem, which may hang; what is known of other files stays.</summary>
    public static Question SharedFiles(params IReadOnlyList<string> paths) => new("shared-files",
        $$"""
        for file in {{Words(paths)}}; do
          content=$(timeout 5 base64 -w0 "$file") && printf '%s\t0\t%s\n' "$file" "$content"
        done
        """,
        (facts, answer) => facts with { Files = facts.Files.Concat(ReadFiles(paths, answer)).GroupBy(f => f.Key).ToDictionary(f => f.Key, f => f.Last().Value) });

    private static string Words(IReadOnlyList<string> paths) => string.Join(' ', paths.Select(ShellWord.Quote));

    private static Dictionary<string, FileFact> ReadFiles(IReadOnlyList<string> paths, string answer)
    {
        var files = paths.ToDictionary(path => path, _ => FileFact.Missing);
        foreach (string line in answer.Split('\n'))
        {
            if (line.Split('\t') is [var path, var age, var content])
            {
                files[path] = new FileFact(Encoding.Latin1.GetString(Convert.FromBase64String(content)))
                {
                    Age = TimeSpan.FromSeconds(double.Parse(age, CultureInfo.InvariantCulture)),
                };
            }
        }

        return files;
    }

    private static Dictionary<string, DirectoryFact> ReadDirectories(IReadOnlyList<string> paths, string answer)
    {
        var directories = paths.ToDictionary(path => path, _ => new DirectoryFact(false));
        foreach (string line in answer.Split('\n'))
        {
            if (line.Split('\t') is [var path, "yes", var mount, var mark])
                directories[path] = new DirectoryFact(true) { MountPoint = mount, Mark = mark.Length > 0 ? mark : null };
        }

        return directories;
    }
}
