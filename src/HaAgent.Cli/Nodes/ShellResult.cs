namespace HaAgent.Cli.Nodes;

/// <summary>How a script ended.</summary>
/// <param name="Status">Its exit status.</param>
/// <param name="Output">What it wrote on standard output.</param>
/// <param name="Errors">What it wrote on standard error.</param>
internal sealed record ShellResult(int Status, string Output, string Errors)
{
    /// <summary>Why the node could not be reached, or did not answer in time; null when the script ran to its end.</summary>
    public string? Unreachable { get; init; }

    public bool Succeeded => Unreachable is null && Status == 0;

    /// <summary>What there is to say about a failure, in one line.</summary>
    public string Reason
    {
        get
        {
            if (Unreachable is not null)
                return Unreachable;
            string[] lines = [.. Errors.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).TakeLast(3)];
            return lines.Length > 0 ? string.Join("; ", lines) : $"it ended with status {Status} and said nothing";
        }
    }
}
