namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>What a call of the agent came to.</summary>
internal sealed class AgentResult(AgentCall call, Finished finished, Func<string> log)
{
    private const string ReasonPrefix = "ocf-exit-reason:";

    public string Output => finished.Output;

    public string Error => finished.Error;

    /// <summary>What reached the node's syslog since the call began.</summary>
    public string Log => log();

    public OcfExit ExitCode => (OcfExit)finished.ExitCode;

    /// <summary>The sentences that Pacemaker shows to the administrator.</summary>
    public string[] Reasons => [.. Error.Split('\n').Where(line => line.StartsWith(ReasonPrefix, StringComparison.Ordinal)).Select(line => line[ReasonPrefix.Length..].Trim())];

    public AgentResult Gives(OcfExit expected)
    {
        Assert.False(finished.Killed, $"{call.Action} outlived its timeout of {call.Timeout} s; Pacemaker would have killed it and fenced or restarted\n{Transcript}");
        Assert.True(ExitCode == expected, $"{call.Action}: expected {expected} ({(int)expected}), got {ExitCode} ({finished.ExitCode})\n{Transcript}");
        return this;
    }

    /// <summary>A failure that an administrator can act on: the code, one sentence with these words in it, no stack trace.</summary>
    public AgentResult Fails(OcfExit expected, params string[] words)
    {
        Gives(expected);
        Assert.True(Reasons.Length == 1, $"expected one {ReasonPrefix} line\n{Transcript}");
        foreach (string word in words)
            Assert.True(Reasons[0].Contains(word, StringComparison.OrdinalIgnoreCase), $"the reason does not mention \"{word}\"\n{Transcript}");
        Assert.DoesNotMatch(@"(?m)^\s+at |Unhandled exception|System\.\w+Exception", Error);
        return this;
    }

    public string Transcript => $"{finished.Line}\nparameters: {string.Join(' ', call.Parameters.Select(p => $"{p.Key}={p.Value}"))}\nstdout: {Output}\nstderr: {Error}\nlog: {Log}";
}

/// <summary>The exit codes of the OCF 1.1 contract that the agent uses.</summary>
public enum OcfExit
{
    Success = 0,
    GenericError = 1,
    Unimplemented = 3,
    NotInstalled = 5,
    NotConfigured = 6,
    NotRunning = 7,
    Degraded = 190,
}
