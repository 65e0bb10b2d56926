namespace HaAgent.Cluster.History;

/// <summary>One operation that a node's executor remembers (<c>lrm_rsc_op</c> of the CIB's status section).</summary>
/// <param name="Node">Where it ran.</param>
/// <param name="Resource">The primitive, without an instance number.</param>
/// <param name="Operation">start, stop, monitor, migrate_to, migrate_from, …</param>
public sealed record OperationRecord(string Node, string Resource, string Operation)
{
    /// <summary>pcmk_exec_status, as far as we tell them apart.</summary>
    private const int Done = 0;
    private const int Timeout = 2;
    private const int Error = 4;
    private const int ErrorHard = 5;
    private const int ErrorFatal = 6;

    /// <summary>Milliseconds between two runs; 0 for an operation that does not recur: a monitor is then a probe.</summary>
    public long Interval { get; init; }

    /// <summary>The order in which the node's executor ran its operations.</summary>
    public long Call { get; init; }

    /// <summary>The agent's exit status.</summary>
    public int ReturnCode { get; init; }

    /// <summary>The exit status that the cluster expected.</summary>
    public int Expected { get; init; }

    /// <summary>pcmk_exec_status: 0 done, 2 timed out, 4 to 6 error, -1 under way.</summary>
    public int Status { get; init; }

    /// <summary>What the agent said (ocf-exit-reason); empty when it said nothing.</summary>
    public string Reason { get; init; } = "";

    /// <summary>When its result last changed.</summary>
    public DateTimeOffset? When { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Took { get; init; }

    /// <summary>Where a migration came from; null for other operations.</summary>
    public string? MigrateSource { get; init; }

    /// <summary>Where a migration went to; null for other operations.</summary>
    public string? MigrateTarget { get; init; }

    /// <summary>It is under way.</summary>
    public bool Pending => Status < 0;

    /// <summary>A look at what is there before the cluster does anything.</summary>
    public bool IsProbe => Operation == "monitor" && Interval == 0;

    /// <summary>It failed. A probe that finds a guest running, or not, is no failure.</summary>
    public bool Failed => Status is Timeout or Error or ErrorHard or ErrorFatal
        ? !(IsProbe && ReturnCode is 0 or 7)
        : Status == Done && ReturnCode != Expected && !(IsProbe && ReturnCode is 0 or 7);

    /// <summary>How it ended, in words (the exit statuses are those of the OCF standard).</summary>
    public string Outcome => Status == Timeout ? "timed out" : ReturnCode switch
    {
        0 => "ok",
        1 => "error",
        2 => "invalid parameter",
        3 => "not implemented",
        4 => "insufficient privileges",
        5 => "something is not installed",
        6 => "not configured",
        7 => "not running",
        _ => $"exit status {ReturnCode.ToString(System.Globalization.CultureInfo.InvariantCulture)}",
    };
}
