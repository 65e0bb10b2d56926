using System.Globalization;
using System.Xml.Linq;
using HaAgent.Cluster.Configuration;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.History;

/// <summary>What the cluster remembers of what it did: the status section of the CIB.</summary>
public sealed record ClusterHistory
{
    private const string FailCountPrefix = "fail-count-";

    /// <summary>The operations, the last ones first.</summary>
    public IReadOnlyList<OperationRecord> Operations { get; init; } = [];

    /// <summary>The failures counted.</summary>
    public IReadOnlyList<FailCount> FailCounts { get; init; } = [];

    /// <summary>Reads the status section.</summary>
    public static ClusterHistory Of(Cib cib)
    {
        ArgumentNullException.ThrowIfNull(cib);
        XElement[] states = [.. cib.Status.Elements("node_state")];
        return new ClusterHistory
        {
            Operations = [.. states.SelectMany(ReadOperations).OrderByDescending(o => o.When).ThenByDescending(o => o.Call)],
            FailCounts = [.. states.SelectMany(ReadFailCounts)],
        };
    }

    /// <summary>The operations of one resource, the last ones first.</summary>
    public IEnumerable<OperationRecord> Of(string resource) => Operations.Where(o => o.Resource == resource);

    /// <summary>The operations of one resource that failed and whose failure is still remembered, the last ones first.</summary>
    public IEnumerable<OperationRecord> Failures(string resource) =>
        Of(resource).Where(o => o.Failed).DistinctBy(o => (o.Node, o.Operation, o.Interval, o.Call));

    /// <summary>The failures of one resource that were not there before.</summary>
    /// <param name="before">What the cluster remembered before.</param>
    /// <param name="resource">The resource.</param>
    public IEnumerable<OperationRecord> FailuresSince(ClusterHistory before, string resource)
    {
        ArgumentNullException.ThrowIfNull(before);
        HashSet<(string, string, long, long)> known = [.. before.Failures(resource).Select(Key)];
        return Failures(resource).Where(o => !known.Contains(Key(o)));

        static (string, string, long, long) Key(OperationRecord o) => (o.Node, o.Operation, o.Call, o.When?.ToUnixTimeSeconds() ?? 0);
    }

    /// <summary>The last live migration of a guest that arrived, or null.</summary>
    public MigrationRecord? LastMigration(string resource)
    {
        OperationRecord? arrived = Of(resource)
            .FirstOrDefault(o => o is { Operation: "migrate_from", Status: 0, ReturnCode: 0, MigrateSource: not null });
        if (arrived is null)
            return null;
        OperationRecord? sent = Of(resource)
            .FirstOrDefault(o =>
                o is { Operation: "migrate_to", Status: 0, ReturnCode: 0 }
                && o.Node == arrived.MigrateSource
                && o.MigrateTarget == arrived.Node
            );
        return new MigrationRecord(resource, arrived.MigrateSource!, arrived.Node) { When = arrived.When, Took = sent?.Took };
    }

    private static IEnumerable<OperationRecord> ReadOperations(XElement state) =>
        from resource in state.Elements("lrm").Elements("lrm_resources").Elements("lrm_resource")
        from operation in resource.Elements("lrm_rsc_op")
        select Read((string?)state.Attribute("uname") ?? "", CibXml.Id(resource), operation);

    private static OperationRecord Read(string node, string resource, XElement operation) =>
        new(node, resource.Split(':')[0], (string?)operation.Attribute("operation") ?? "")
        {
            Interval = Number(operation, "interval") ?? 0,
            Call = Number(operation, "call-id") ?? 0,
            ReturnCode = (int)(Number(operation, "rc-code") ?? 0),
            Expected = ExpectedCode(operation),
            Status = (int)(Number(operation, "op-status") ?? 0),
            Reason = (string?)operation.Attribute("exit-reason") ?? "",
            When = Number(operation, "last-rc-change") is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null,
            Took = TimeSpan.FromMilliseconds(Number(operation, "exec-time") ?? 0),
            MigrateSource = (string?)operation.Attribute("migrate_source"),
            MigrateTarget = (string?)operation.Attribute("migrate_target"),
        };

    // transition-key: ACTION:TRANSITION:EXPECTED:UUID.
    private static int ExpectedCode(XElement operation) =>
        ((string?)operation.Attribute("transition-key") ?? "").Split(':') is [_, _, var expected, ..]
        && int.TryParse(expected, NumberStyles.None, CultureInfo.InvariantCulture, out int code)
            ? code
            : 0;

    // fail-count-RESOURCE#OPERATION_INTERVAL
    private static IEnumerable<FailCount> ReadFailCounts(XElement state)
    {
        foreach (XElement pair in state.Elements("transient_attributes").Elements("instance_attributes").Elements("nvpair"))
        {
            string name = (string?)pair.Attribute("name") ?? "";
            int hash = name.LastIndexOf('#');
            if (!name.StartsWith(FailCountPrefix, StringComparison.Ordinal) || hash < 0)
                continue;
            string operation = name[(hash + 1)..];
            int end = operation.LastIndexOf('_');
            yield return new FailCount(
                (string?)state.Attribute("uname") ?? "",
                name[FailCountPrefix.Length..hash].Split(':')[0],
                end < 0 ? operation : operation[..end],
                Score.Parse((string?)pair.Attribute("value"))
            );
        }
    }

    private static long? Number(XElement element, string attribute) =>
        long.TryParse((string?)element.Attribute(attribute), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? value
            : null;
}

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
    public bool Failed =>
        Status is Timeout or Error or ErrorHard or ErrorFatal
            ? !(IsProbe && ReturnCode is 0 or 7)
            : Status == Done && ReturnCode != Expected && !(IsProbe && ReturnCode is 0 or 7);

    /// <summary>How it ended, in words (the exit statuses are those of the OCF standard).</summary>
    public string Outcome =>
        Status == Timeout
            ? "timed out"
            : ReturnCode switch
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

/// <summary>A live migration that the cluster remembers.</summary>
/// <param name="Resource">The guest.</param>
/// <param name="From">The node that it left.</param>
/// <param name="To">The node that it came to.</param>
public sealed record MigrationRecord(string Resource, string From, string To)
{
    /// <summary>When it arrived.</summary>
    public DateTimeOffset? When { get; init; }

    /// <summary>How long migrate_to took; null when the cluster no longer remembers.</summary>
    public TimeSpan? Took { get; init; }
}

/// <summary>How often an operation of a resource has failed on a node since it was last cleaned up.</summary>
/// <param name="Node">The node.</param>
/// <param name="Resource">The resource.</param>
/// <param name="Operation">The operation.</param>
/// <param name="Count">The count; <see cref="Configuration.Score.Infinity"/> for INFINITY, which bans the resource from the node.</param>
public sealed record FailCount(string Node, string Resource, string Operation, long Count);

/// <summary>A node was fenced, and is known to have been off.</summary>
/// <param name="Node">The node.</param>
/// <param name="When">When that was done.</param>
public sealed record Fencing(string Node, DateTimeOffset When);

/// <summary>When nodes were fenced, from <c>crm_mon --output-as=xml</c>.</summary>
public static class FenceHistory
{
    /// <summary>The last time that a node was fenced, or null.</summary>
    /// <exception cref="System.Xml.XmlException">The text is not XML.</exception>
    public static DateTimeOffset? Last(string xml, string node) =>
        Read(ForeignXml.Parse(xml, root: "pacemaker-result")).Where(f => f.Node == node).Select(f => (DateTimeOffset?)f.When).Max();

    /// <summary>The fencings that ended so.</summary>
    /// <param name="root">The root element, pacemaker-result.</param>
    /// <param name="status">How: success or failed.</param>
    internal static IEnumerable<Fencing> Read(XElement root, string status = "success")
    {
        foreach (XElement fencing in root.Descendants("fence_event").Where(e => (string?)e.Attribute("status") == status))
        {
            if (
                DateTimeOffset.TryParse(
                    (string?)fencing.Attribute("completed"),
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal,
                    out DateTimeOffset time
                )
            )
                yield return new Fencing((string?)fencing.Attribute("target") ?? "", time);
        }
    }
}
