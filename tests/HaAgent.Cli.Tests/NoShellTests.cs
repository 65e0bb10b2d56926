using System.Text.RegularExpressions;
using HaAgent.Tests;
using Xunit;

namespace HaAgent.Cli.Tests;

/// <summary>
/// No shell runs text of ours, on no machine: programs are started by an argument vector, and other nodes are asked and changed by typed requests to
/// haagent there. What is only shown, to be typed by an administrator, may name any program.
/// </summary>
public sealed partial class NoShellTests
{
    /// <summary>Where a process is made: in a session of its own, with no descriptor but its own, and none by System.Diagnostics.Process.</summary>
    private const string Starter = "HaAgent.Host/Native/Spawn.cs";

    private static readonly string Source = Path.Combine(TestFile.Root, "src");

    private static readonly (string Name, string Text)[] Sources = [.. Directory.EnumerateFiles(Source, "*.cs", SearchOption.AllDirectories)
        .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
        .Select(path => (Path.GetRelativePath(Source, path), File.ReadAllText(path)))];

    /// <summary>A line of 140 columns is the longest (.csharpierrc.yaml); a text in a raw string is as long as it has to be.</summary>
    [Fact]
    public void Sources_Whole_AreReadableWithoutScrolling() =>
        Assert.Empty(Sources.SelectMany(source => source.Text.Split('\n').Where(line => line.Length > 140 && !line.TrimStart().StartsWith('#')).Select(line => $"{source.Name}: {line.Trim()}")));

    [Fact]
    public void Sources_Whole_StartNoShell() =>
        Assert.Equal([$"{Starter}: \"/bin/sh\""], Sources.SelectMany(source => ShellProgram().Matches(source.Text).Select(match => $"{source.Name}: {match.Value}")));

    [Fact]
    public void Sources_Whole_HoldNoHereDocument() => Nobody(HereDocument());

    [Fact]
    public void Sources_Whole_StartNoVirsh() => Nobody(StartedVirsh());

    [Fact]
    public void Sources_Whole_GiveNoProgramItsArgumentsInOneString() => Nobody(ArgumentsInOneString());

    /// <summary>XML is foreign: one place says within which bounds it is read.</summary>
    [Fact]
    public void Sources_Whole_ReadXmlInOnePlace() =>
        Assert.Equal(["HaAgent.Core/Guest/DomainXml.cs", "HaAgent.Core/Text/ForeignXml.cs"], Sources.Where(source => XmlRead().IsMatch(source.Text)).Select(source => source.Name).Order());

    [Fact]
    public void Sources_Whole_StartProcessesInOnePlace() =>
        Assert.Equal([Starter], Sources.Where(source => ProcessStart().IsMatch(source.Text)).Select(source => source.Name));

    /// <summary>Of the companion; the agent asks a migration's target as the migration itself would.</summary>
    [Fact]
    public void Sources_Whole_SendOneConstantCommandOverSsh()
    {
        (string name, string text) = Assert.Single(Sources, source => source.Text.Contains("\"ssh\"", StringComparison.Ordinal) && source.Name.EndsWith("NodeClient.cs", StringComparison.Ordinal));
        Assert.Matches(@"private const string RemoteCommand = \$?""[^""]*"";", text);
        Assert.Matches(@"\.\. Ssh, node, RemoteCommand\]", text);
        Assert.DoesNotContain(Sources, source => source.Name != name && !source.Name.StartsWith("HaAgent/", StringComparison.Ordinal) && SshStarted().IsMatch(source.Text));
    }

    /// <summary>Words quoted for a shell are for reading: a file that quotes does not start anything.</summary>
    [Fact]
    public void Sources_Whole_QuoteWordsOnlyForReaders() =>
        Assert.Empty(Sources.Where(source => source.Text.Contains("ShellWord.Quote", StringComparison.Ordinal) && Starting().IsMatch(source.Text)).Select(source => source.Name));

    /// <summary>Elsewhere the type says so: what to do next is an Advice, which quotes each name in it, and no string becomes one.</summary>
    [Fact]
    public void Sources_OfVerbsAndNodes_SuggestCommandsOnlyWithTheirNamesQuoted() => Nobody(SuggestedCommand(), "HaAgent.Cli/", "HaAgent.Host/");

    /// <summary>The patterns find what they are for.</summary>
    [Theory]
    [InlineData("Run(limit, \"sh\", \"-c\", text)")]
    [InlineData("new ProcessStartInfo(\"/bin/bash\")")]
    [InlineData("\"setsid sh -c 'sleep 1'\"")]
    [InlineData("[\"--wait\", \"sh\", \"-c\", script]")]
    public void ShellProgram_OfACallOfAShell_IsSeen(string line) => Assert.Matches(ShellProgram(), line);

    [Theory]
    [InlineData("$\"To take it back: crm node online {node}\"", true)]
    [InlineData("$\"on it, virsh destroy {change.Domain}\"", true)]
    [InlineData("$\"To take it back: {Advice.Of($\"crm node online {node}\")}\"", false)]
    [InlineData("$\"virsh destroy {ShellWord.Quote(change.Domain)}\"", false)]
    public void SuggestedCommand_WithAName_IsSeenUnlessItIsQuoted(string line, bool seen) => Assert.Equal(seen, SuggestedCommand().IsMatch(line));

    private static void Nobody(Regex pattern, params string[] folders) => Assert.Empty(Sources.Where(source => folders.Length == 0 || folders.Any(source.Name.StartsWith)).SelectMany(source => pattern.Matches(source.Text).Select(match => $"{source.Name}: {match.Value.Trim()}")));

    [GeneratedRegex(@"""(?:/usr)?(?:/bin/)?(?:ba|da|k|z)?sh""|\b(?:ba|da)?sh -c\b|""eval\b")]
    private static partial Regex ShellProgram();

    [GeneratedRegex(@"<<-?\s?['""]?[A-Z][A-Z ]+['""]?\s*$|\$\(mktemp|\bset -e\b", RegexOptions.Multiline)]
    private static partial Regex HereDocument();

    [GeneratedRegex(@"(?:Run|RunAsync|Output|Start|ProcessStartInfo)\([^;\n]*""virsh""")]
    private static partial Regex StartedVirsh();

    [GeneratedRegex(@"new ProcessStartInfo\([^,\)]*,\s*\$?""|\bArguments\s*=\s*\$?""")]
    private static partial Regex ArgumentsInOneString();

    [GeneratedRegex(@"\bX(?:Element|Document)\.(?:Parse|Load)\b|\bXmlReader\.Create\b|\bXml(?:Document|TextReader|Serializer)\b|\bXPathDocument\b")]
    private static partial Regex XmlRead();

    [GeneratedRegex(@"\bProcessStartInfo\b|\bProcess\.Start\(|\bnew Process\b|\bposix_spawnp?\(|\bfork\(")]
    private static partial Regex ProcessStart();

    [GeneratedRegex(@"(?:Run|RunAsync|Output|Start|ProcessStartInfo)\([^;\n]*""ssh""")]
    private static partial Regex SshStarted();

    [GeneratedRegex(@"(?<!Advice\.Of\()\$""(?:(?!Advice\.Of)[^""\n])*\b(?:virsh|crm (?:resource|node|configure|cluster)|haagent (?:add|adopt|remove|check|explain|setup|teardown|evacuate|verify))(?: [a-z-]+)* \{(?!Advice\.Of|ShellWord\.Quote)")]
    private static partial Regex SuggestedCommand();

    [GeneratedRegex(@"\bOpenProgram\.Start\(|\bCommand\.Run\(|\bLocalProgram\.RunAsync\(|\bRunHereAsync\(")]
    private static partial Regex Starting();
}
