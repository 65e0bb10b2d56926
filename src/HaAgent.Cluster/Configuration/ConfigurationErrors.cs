using HaAgent.Cluster.Planning;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Configuration;

/// <summary>The errors in a configuration, as <c>crm_verify</c> finds them. Its warnings are the admin's to judge.</summary>
public static class ConfigurationErrors
{
    /// <summary>crm_exit_t: CRM_EX_CONFIG, there are errors, or warnings alone.</summary>
    private const int Invalid = 78;

    private const string Place = "Entity: line ";
    private const string WarningsAlone = "Warnings found during check";

    /// <summary>How Pacemaker 3 ends. What its schema refuses comes before that, without a word that says it is an error.</summary>
    private const string Verdict = "Configuration invalid";
    private const string VerdictOfWarnings = "Configuration invalid (with warnings)";

    /// <summary>Reads what it said.</summary>
    /// <param name="status">Its exit status; null when it did not run to its end.</param>
    /// <param name="said">Its standard error.</param>
    /// <param name="why">Why it gave no answer, as the end of a sentence.</param>
    public static Fact<IReadOnlyList<string>> Read(int? status, string said, string why)
    {
        ArgumentNullException.ThrowIfNull(said);
        if (status == 0)
            return Fact.Known<IReadOnlyList<string>>([]);
        if (status != Invalid)
            return Fact.NotLearned<IReadOnlyList<string>>(why);
        string[] all = said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (all.Contains(VerdictOfWarnings))
            return Fact.Known<IReadOnlyList<string>>([]);
        bool unmarked = all.Any(IsVerdict);
        string[] lines =
        [
            .. all.Select(WithoutPlace).Where(line => unmarked ? !IsVerdict(line) && !IsWarning(line) : IsError(line)).Distinct(),
        ];
        if (lines.Length == 0 && said.Contains(WarningsAlone, StringComparison.Ordinal))
            return Fact.Known<IReadOnlyList<string>>([]);

        // It says that there are errors and not which: that is one too.
        return Fact.Known<IReadOnlyList<string>>(lines.Length > 0 ? lines : [why]);
    }

    /// <summary>What follows from the errors before a plan and after it.</summary>
    /// <param name="before">Those of the configuration in force.</param>
    /// <param name="after">Those of the configuration as each change makes it.</param>
    public static Plan Judge(Fact<IReadOnlyList<string>> before, IReadOnlyList<Fact<IReadOnlyList<string>>> after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        if (after.FirstOrDefault(fact => fact.State == FactState.NotLearned) is { } unknown)
            return Plan.Refuse(
                $"haagent cannot tell whether the configuration would be sound afterwards: crm_verify gives no answer ({unknown.Why})",
                $"see to that ('crm_verify --live-check --verbose' must answer here), then run this again"
            );

        // What was there before cannot be told from what comes with the change when it was not learned.
        IReadOnlyList<string> known = before.Value ?? [];
        string[] added = [.. after.SelectMany(fact => fact.Value ?? []).Distinct().Except(known)];
        string unlike = before.State == FactState.NotLearned ? "" : " and that it does not have now";
        if (added.Length > 0)
            return Plan.Refuse(
                $"with this change the configuration would have errors that crm_verify finds{unlike}: " + string.Join("; ", added),
                $"mend what is named there (crm configure edit), then run this again; if nothing of it is yours, this is a mistake in "
                    + $"haagent"
            );
        return known.Count == 0
            ? new Plan()
            : Plan.Note($"the configuration has errors already, which crm_verify finds and which stay: {string.Join("; ", known)}");
    }

    private static bool IsVerdict(string line) => line.StartsWith(Verdict, StringComparison.Ordinal);

    private static bool IsWarning(string line) => line.StartsWith("warning: ", StringComparison.Ordinal);

    private static bool IsError(string line) =>
        line.Contains("error: ", StringComparison.Ordinal) || line.Contains("error : ", StringComparison.Ordinal);

    // Where in the text it stands changes with what is above it.
    private static string WithoutPlace(string line) =>
        line.StartsWith(Place, StringComparison.Ordinal) && line.IndexOf(": ", Place.Length, StringComparison.Ordinal) is > 0 and var end
            ? line[(end + 2)..]
            : line;
}
