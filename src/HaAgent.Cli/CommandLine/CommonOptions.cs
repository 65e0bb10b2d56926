using System.CommandLine;

namespace HaAgent.Cli.CommandLine;

/// <summary>Options that several verbs share, with one wording.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Answer in JSON" };

    public static Option<bool> Yes() => new("--yes", "-y") { Description = "Do not ask before changing anything" };

    public static Option<bool> DryRun() => new("--dry-run", "-n") { Description = "Show what would be done, and change nothing" };

    /// <summary>Adds to a verb that changes things the check that <c>--json</c> shows a plan and does nothing else: what is done is told as it is done.</summary>
    public static void JsonOnlyShows(this Command command, Option<bool> json, Option<bool> dryRun) => command.AddRule(result =>
    {
        if (result.GetValue(json) && !result.GetValue(dryRun))
            result.AddError("--json answers with the plan alone: say --dry-run too.");
    });

    /// <summary>An option that takes a resource's name.</summary>
    /// <param name="option">The option.</param>
    /// <param name="description">What it names.</param>
    /// <param name="otherwise">What is used without it; null when that depends.</param>
    public static Option<string> ResourceName(string option, string description, string? otherwise)
    {
        var name = new Option<string>(option) { Description = description, HelpName = "NAME" };
        if (otherwise is not null)
            name.DefaultValueFactory = _ => otherwise;
        name.Validators.Add(result =>
        {
            if (CommandRules.IsReadable(result) && result.GetValueOrDefault<string>() is { } value && !IsResourceName(value))
                result.AddError($"{option} {value}: a resource's name begins with a letter and contains letters, digits and _-. only.");
        });
        return name;
    }

    /// <summary>Whether the cluster takes this for a resource's name, and the shell and the crm shell read it as one word.</summary>
    public static bool IsResourceName(string name) =>
        name.Length > 0 && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');
}
