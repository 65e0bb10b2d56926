using HaAgent.Cluster.Add;
using HaAgent.Cluster.Configuration;
using HaAgent.Core.Ocf;

namespace HaAgent.Cluster.Check.Rules;

/// <summary>
/// A guest whose start failed on a node is tried there again by itself (failure-timeout): to Pacemaker one failed start is fatal, and the
/// node is banned until somebody cleans up.
/// </summary>
internal static class StartsAgain
{
    private const string Name = "second tries";

    public static IEnumerable<Finding> Look(CheckScope scope)
    {
        Cib cib = scope.Snapshot.Cib;
        Primitive[] guests = [.. cib.Primitives.Where(p => p.Agent.IsVirtualMachine)];
        Finding[] problems = [.. guests.Select(guest => Of(cib, guest)).OfType<Finding>()];
        foreach (Finding problem in problems)
            yield return problem;
        if (guests.Length > 0 && problems.Length == 0)
            yield return new Finding(Name, Severity.Ok, $"{string.Join(", ", guests.Select(g => g.Id))}: tried again where a start failed", null);
    }

    private static Finding? Of(Cib cib, Primitive guest)
    {
        string? text = guest.MetaValue(GuestResources.FailureTimeout) ?? cib.ResourceDefault(GuestResources.FailureTimeout);
        TimeSpan time = ClusterTime.Parse(text) ?? TimeSpan.Zero;
        string byHand = $"crm resource meta {guest.Id} set {GuestResources.FailureTimeout} {GuestResources.FailureTimeoutValue}";
        const string Never = "where its start failed once it is never tried again by itself";
        if (text is null)
            return Warning($"{guest.Id} has no failure-timeout: {Never}", $"{Mending.Add(guest)} (or {byHand})");
        if (time == TimeSpan.Zero)
            return Warning($"{guest.Id} has failure-timeout={text}: {Never}", byHand);
        TimeSpan longest = TimeSpan.FromSeconds(ActionTable.Rows.Max(row => row.TimeoutSeconds));
        return time > longest ? null
            : Warning($"{guest.Id} has failure-timeout={text}, and an operation may take {longest.TotalSeconds:0} s: "
                + "a failure may be forgotten before the cluster has dealt with it", byHand);
    }

    private static Finding Warning(string sentence, string mend) => new(Name, Severity.Warning, sentence, mend);
}
