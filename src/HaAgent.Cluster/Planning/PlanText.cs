using System.Globalization;
using HaAgent.Cluster.Configuration;

namespace HaAgent.Cluster.Planning;

/// <summary>Says a plan in plain lines, as the admin reviews it.</summary>
public static class PlanText
{
    /// <summary>The whole plan: refusals alone when there are any, else the numbered changes; then the notes.</summary>
    public static IEnumerable<string> Lines(Plan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        foreach (Refusal refusal in plan.Refusals.Distinct())
        {
            yield return $"Refused: {refusal.Sentence}.";
            yield return $"  What to do: {refusal.WayOut}.";
        }

        if (plan.Refusals.Count == 0)
        {
            if (plan.Changes.Count == 0)
                yield return "Nothing to do.";
            for (int i = 0; i < plan.Changes.Count; i++)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{i + 1,3}. {plan.Changes[i].Title}");
                foreach (string line in Details(plan.Changes[i]))
                    yield return "       " + line;
            }
        }

        foreach (string note in plan.Notes.Distinct())
            yield return $"Note: {note}.";
    }

    /// <summary>What a change does exactly, beyond its title.</summary>
    public static IEnumerable<string> Details(Change change) => change switch
    {
        Change.Configure configure => CrmShell.Compare(configure.Before, configure.After).SelectMany(difference => difference.Review()),
        Change.WriteFile { Silent: true } => [],
        Change.WriteFile file => LineDifference.Between(file.Before ?? "", file.After ?? ""),
        Change.OnNode or Change.Await => [],
        _ => throw new ArgumentOutOfRangeException(nameof(change)),
    };
}
