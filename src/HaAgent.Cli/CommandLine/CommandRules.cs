using System.CommandLine;
using System.CommandLine.Parsing;

namespace HaAgent.Cli.CommandLine;

/// <summary>Rules over the words of a verb, beyond what the parser itself knows.</summary>
internal static class CommandRules
{
    /// <summary>
    /// Adds a rule that is asked where every word can be read. Rules come before the parser's own complaints, and reading a value that is missing or is
    /// no number throws; about such a value the parser complains by itself.
    /// </summary>
    public static void AddRule(this Command command, Action<CommandResult> rule) => command.Validators.Add(result =>
    {
        if (result.Children.All(IsReadable))
            rule(result);
    });

    /// <summary>Whether its value may be asked for.</summary>
    public static bool IsReadable(SymbolResult result) => result switch
    {
        OptionResult option => option.Implicit || IsReadable(option.Tokens, option.Option.Arity, option.Option.ValueType),
        ArgumentResult argument => IsReadable(argument.Tokens, argument.Argument.Arity, argument.Argument.ValueType),
        _ => true,
    };

    private static bool IsReadable(IReadOnlyList<Token> tokens, ArgumentArity arity, Type type) =>
        tokens.Count >= arity.MinimumNumberOfValues
        && ((Nullable.GetUnderlyingType(type) ?? type) != typeof(int) || tokens.All(token => int.TryParse(token.Value, out _)));
}
