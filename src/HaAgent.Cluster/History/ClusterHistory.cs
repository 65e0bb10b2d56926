using System.Globalization;
using System.Xml.Linq;
using HaAgent.Cluster.Configuration;

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
            Operations =
            [
                .. states.SelectMany(ReadOperations).OrderByDescending(o => o.When).ThenByDescending(o => o.Call),
            ],
            FailCounts = [.. states.SelectMany(ReadFailCounts)],
        };
    }

    /// <summary>The operations of one resource, the last ones first.</summary>
    public IEnumerable<OperationRecord> Of(string resource) => Operations.Where(o => o.Resource == resource);

    /// <summary>The operations of one resource that failed and whose failure is still remembered, the last ones first.</summary>
    public IEnumerable<OperationRecord> Failures(string resource) => Of(resource).Where(o => o.Failed)
        .DistinctBy(o => (o.Node, o.Operation, o.Interval, o.Call));

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
        OperationRecord? arrived = Of(resource).FirstOrDefault(o => o is { Operation: "migrate_from", Status: 0, ReturnCode: 0, MigrateSource: not null });
        if (arrived is null)
            return null;
        OperationRecord? sent = Of(resource).FirstOrDefault(o => o is { Operation: "migrate_to", Status: 0, ReturnCode: 0 }
            && o.Node == arrived.MigrateSource && o.MigrateTarget == arrived.Node);
        return new MigrationRecord(resource, arrived.MigrateSource!, arrived.Node) { When = arrived.When, Took = sent?.Took };
    }

    private static IEnumerable<OperationRecord> ReadOperations(XElement state) =>
        from resource in state.Elements("lrm").Elements("lrm_resources").Elements("lrm_resource")
        from operation in resource.Elements("lrm_rsc_op")
        select Read((string?)state.Attribute("uname") ?? "", CibXml.Id(resource), operation);

    private static OperationRecord Read(string node, string resource, XElement operation) => new(node, resource.Split(':')[0], (string?)operation.Attribute("operation") ?? "")
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
        && int.TryParse(expected, NumberStyles.None, CultureInfo.InvariantCulture, out int code) ? code : 0;

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
                (string?)state.Attribute("uname") ?? "", name[FailCountPrefix.Length..hash].Split(':')[0],
                end < 0 ? operation : operation[..end], Score.Parse((string?)pair.Attribute("value")));
        }
    }

    private static long? Number(XElement element, string attribute) =>
        long.TryParse((string?)element.Attribute(attribute), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null;
}
