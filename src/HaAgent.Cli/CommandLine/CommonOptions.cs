using System.CommandLine;
using System.CommandLine.Parsing;

namespace HaAgent.Cli.CommandLine;

/// <summary>Options that several verbs share, with one wording.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Answer in JSON" };

    public static Option<bool> Yes() => new("--yes", "-y") { Description = "Do not ask before changing anything" };

    public static Option<bool> DryRun() => new("--dry-run", "-n") { Description = "Show what would be done, and change nothing" };

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

/// <summary>Rules over the words of a verb, beyond what the parser itself knows.</summary>
internal static class CommandRules
{
    /// <summary>
    /// Adds a rule that is asked where every word can be read. Rules come before the parser's own complaints, and reading a value that is
    /// missing or is no number throws; about such a value the parser complains by itself.
    /// </summary>
    public static void AddRule(this Command command, Action<CommandResult> rule) =>
        command.Validators.Add(result =>
        {
            if (result.Children.All(IsReadable))
                rule(result);
        });

    /// <summary>Whether its value may be asked for.</summary>
    public static bool IsReadable(SymbolResult result) =>
        result switch
        {
            OptionResult option => option.Implicit || IsReadable(option.Tokens, option.Option.Arity, option.Option.ValueType),
            ArgumentResult argument => IsReadable(argument.Tokens, argument.Argument.Arity, argument.Argument.ValueType),
            _ => true,
        };

    private static bool IsReadable(IReadOnlyList<Token> tokens, ArgumentArity arity, Type type) =>
        tokens.Count >= arity.MinimumNumberOfValues
        && ((Nullable.GetUnderlyingType(type) ?? type) != typeof(int) || tokens.All(token => int.TryParse(token.Value, out _)));
}

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
        return path.All(c => char.IsAsciiLetterOrDigit(c) || "_-./:@+,=%".Contains(c, StringComparison.Ordinal))
            ? null
            : "may contain letters, digits and _-./:@+,=% only";
    }

    private static void Check(string name, OptionResult result)
    {
        if (CommandRules.IsReadable(result) && result.GetValueOrDefault<string>() is { } path && Problem(path) is { } problem)
            result.AddError($"{name} {path}: the path {problem}.");
    }
}
