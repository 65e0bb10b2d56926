using System.Globalization;

namespace HaAgent.Core.Ocf;

/// <summary>One call of the agent, as the OCF API hands it in: a word and an environment.</summary>
/// <param name="row">The action's row.</param>
/// <param name="environment">Looks a variable up; null when it is not set.</param>
public sealed class Invocation(ActionRow row, Func<string, string?> environment)
{
    /// <summary>What is to be done.</summary>
    public OcfAction Action => row.Action;

    /// <summary>The word that was typed.</summary>
    public string ActionName => row.Name;

    /// <summary>OCF_RESOURCE_INSTANCE: the resource's name in the cluster, with the instance number of a clone.</summary>
    public string Resource { get; } = NonEmpty(environment("OCF_RESOURCE_INSTANCE")) ?? "default";

    /// <summary>OCF_RESKEY_CRM_meta_timeout: after so many milliseconds Pacemaker sends SIGKILL. Without it the action's own
    /// suggestion.</summary>
    public TimeSpan Timeout { get; } =
        TimeSpan.FromMilliseconds(
            Number(environment("OCF_RESKEY_CRM_meta_timeout")) is long ms and > 0 ? ms : Math.Max(row.TimeoutSeconds, 20) * 1000L
        );

    /// <summary>OCF_CHECK_LEVEL: 0, 10 or 20; how deep monitor and validate-all look.</summary>
    public int CheckLevel { get; } = (int)(Number(environment("OCF_CHECK_LEVEL")) ?? 0);

    /// <summary>A monitor whose interval is 0 or unset: it asks whether the guest already runs here.</summary>
    public bool IsProbe => Action == OcfAction.Monitor && Number(environment("OCF_RESKEY_CRM_meta_interval")) is (null or 0);

    /// <summary>The cluster's name of this node, as Pacemaker has it.</summary>
    public string? OnNode => NonEmpty(environment("OCF_RESKEY_CRM_meta_on_node"));

    /// <summary>Where the guest is to go: the cluster's name of the node.</summary>
    public string? MigrateTarget => NonEmpty(environment("OCF_RESKEY_CRM_meta_migrate_target"));

    /// <summary>Where the guest came from: the cluster's name of the node.</summary>
    public string? MigrateSource => NonEmpty(environment("OCF_RESKEY_CRM_meta_migrate_source"));

    /// <summary>OCF_EXIT_REASON_PREFIX: what goes before the sentence on stderr.</summary>
    public string ExitReasonPrefix => environment("OCF_EXIT_REASON_PREFIX") ?? "ocf-exit-reason:";

    /// <summary>The raw text of a parameter; null when it is unset or empty, which OCF treats alike.</summary>
    public string? Raw(Parameter parameter) => NonEmpty(environment("OCF_RESKEY_" + parameter.Name));

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
}
