using System.CommandLine;
using System.CommandLine.Parsing;

namespace HaAgent.Cli.CommandLine;

/// <summary>Refuses paths that libvirt's files, the CIB and the shell would not all hold alike.</summary>
internal static class PathCheck
{
    /// <summary>Adds the check to an option.</summary>
    public static Option<string> Checked(this Option<string> option)
    {
        option.Validators.Add(result => Check(option.Name, result));
        return option;
    }

    /// <summary>What is wrong with a path, or null.</summary>
    public static string? Problem(string path)
    {
        if (!path.StartsWith('/'))
            return "must begin with /";
        if (path.Split('/').Any(part => part is ".." or "."))
            return "must not contain . or .. as a part";
        return path.All(c => char.IsAsciiLetterOrDigit(c) || "_-./:@+,=%".Contains(c, StringComparison.Ordinal)) ? null
            : "may contain letters, digits and _-./:@+,=% only";
    }

    private static void Check(string name, OptionResult result)
    {
        if (CommandRules.IsReadable(result) && result.GetValueOrDefault<string>() is { } path && Problem(path) is { } problem)
            result.AddError($"{name} {path}: the path {problem}.");
    }
}
