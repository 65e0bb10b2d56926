using System.CommandLine;
using System.CommandLine.Completions;
using HaAgent.Cli.CommandLine;

namespace HaAgent.Manual;

/// <summary>How the pages of the companion show the parts of a command.</summary>
internal static class CommandTexts
{
    /// <summary>An option's names, its value, and what there is to know of it.</summary>
    public static void Describe(Page page, Option option)
    {
        // '/?' and '/h' are for other systems than ours.
        IEnumerable<string> names = option.Aliases.Append(option.Name).Where(name => name.StartsWith('-')).OrderBy(name => name.Length);
        bool takesValue = option.ValueType != typeof(bool) && option.Arity.MaximumNumberOfValues > 0;
        string value = takesValue ? option.HelpName ?? option.Name.TrimStart('-').ToUpperInvariant() : "";

        List<string> sentences = [option.Description + "."];
        string[] choices = takesValue ? [.. option.GetCompletions(CompletionContext.Empty).Select(c => c.Label)] : [];
        if (choices.Length > 0)
            sentences.Add($"One of {string.Join(", ", choices)}.");
        if (option.HasDefaultValue && takesValue)
            sentences.Add($"Default: {option.GetDefaultValue()}.");
        if (takesValue && option.Arity.MaximumNumberOfValues > 1)
            sentences.Add("May be given more than once.");
        page.Item(string.Join(", ", names), value, string.Join(' ', sentences));
    }

    /// <summary>An argument's name in capitals, as man pages have it.</summary>
    public static string NameOf(Argument argument) => (argument.HelpName ?? argument.Name).ToUpperInvariant();

    /// <summary>An argument in a synopsis.</summary>
    public static string Usage(Argument argument)
    {
        string words = NameOf(argument) + (argument.Arity.MaximumNumberOfValues > 1 ? "…" : "");
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{words}]" : words;
    }

    /// <summary>The statuses with which any verb ends.</summary>
    public static void ExitStatus(Page page)
    {
        page.Heading("EXIT STATUS");
        foreach ((ExitCode code, string meaning) in ExitCodes.Table)
            page.Item($"{(int)code}", "", meaning + ".");
    }
}
