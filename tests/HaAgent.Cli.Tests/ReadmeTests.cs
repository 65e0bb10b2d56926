using System.Text;
using HaAgent.Core.Migration;
using HaAgent.Core.Ocf;
using HaAgent.Tests;
using Xunit;

namespace HaAgent.Cli.Tests;

/// <summary>
/// The tables of README.md are those of the code. When a row changes, this test fails; `UPDATE_README=1 tests/run Cli -class '*ReadmeTests'`
/// writes the tables anew, to be read before they are committed.
/// </summary>
public sealed class ReadmeTests
{
    private static readonly string Readme = Path.Combine(TestFile.Root, "README.md");

    [Theory]
    [InlineData("parameters")]
    [InlineData("migrate-options")]
    [InlineData("actions")]
    [InlineData("exit-codes")]
    public void Table_OfTheReadme_IsThatOfTheCode(string name)
    {
        string readme = File.ReadAllText(Readme);
        int from = readme.IndexOf('\n', readme.IndexOf($"<!-- begin {name}:", StringComparison.Ordinal)) + 1;
        int to = readme.IndexOf($"<!-- end {name} -->", StringComparison.Ordinal);
        string generated = Generate(name);
        if (Environment.GetEnvironmentVariable("UPDATE_README") is not null)
            File.WriteAllText(Readme, readme[..from] + generated + readme[to..]);

        Assert.Equal(generated, readme[from..to]);
    }

    private static string Generate(string name) => name switch
    {
        "parameters" => Parameters(),
        "migrate-options" => MigrateOptions(),
        "actions" => Actions(),
        "exit-codes" => ExitStatuses(),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    private static string Parameters()
    {
        var text = new StringBuilder("| Parameter | Type | Default | Meaning |\n|---|---|---|---|\n");
        foreach (Parameter row in ParameterTable.Rows)
        {
            string type = row.Kind == ParameterKind.Choice ? string.Join(", ", row.Choices) : row.Kind == ParameterKind.Text ? "string" : row.Kind.ToString().ToLowerInvariant();
            string marks = row.Required ? " *required*" : row.Reloadable ? " *reload*" : "";
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"| `{row.Name}`{marks} | {type} | {row.Default} | {row.Long} |\n");
        }

        return text.ToString();
    }

    private static string MigrateOptions()
    {
        var taken = MigrateOptionTable.Rows.Where(row => row.Refusal is null).Select(row => $"`{row.Name}`");
        var refused = MigrateOptionTable.Rows.Where(row => row.Refusal is not null).Select(row => $"| `{row.Name}` | {row.Refusal} |");
        return $"{string.Join(", ", taken)}.\n\nThese are refused:\n\n| Option | because it |\n|---|---|\n{string.Join('\n', refused)}\n";
    }

    private static string Actions()
    {
        var text = new StringBuilder("| Action | Suggested timeout | Interval | Check level |\n|---|---|---|---|\n");
        foreach (ActionRow row in ActionTable.Rows)
        {
            string timeout = row.TimeoutSeconds > 0 ? $"{row.TimeoutSeconds} s" : "";
            string interval = row.IntervalSeconds > 0 ? $"{row.IntervalSeconds} s" : "";
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"| {row.Name} | {timeout} | {interval} | {(row.IntervalSeconds > 0 ? row.Depth : "")} |\n");
        }

        return text.ToString();
    }

    private static string ExitStatuses()
    {
        var text = new StringBuilder("| Status | Meaning |\n|---|---|\n");
        foreach ((CommandLine.ExitCode code, string meaning) in CommandLine.ExitCodes.Table)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"| {(int)code} | {meaning} |\n");
        return text.ToString();
    }
}
