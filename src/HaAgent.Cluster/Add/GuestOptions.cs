using System.Globalization;
using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Planning;

namespace HaAgent.Cluster.Add;

/// <summary>What the admin wishes for a guest beyond the guide: its rank, its weight, where it runs and beside whom. They hold for a guest
/// that is in the cluster already, too.</summary>
internal static class GuestOptions
{
    private const string Apart = "-1000";
    private const string Preferred = "100";
    private const string NoMigration = "false";

    /// <summary>The meta attributes that a new guest gets besides allow-migrate.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Meta(AddIntent intent)
    {
        if (intent.Priority is { } priority)
            yield return new("priority", priority.ToString(CultureInfo.InvariantCulture));
        if (intent.GuestNode is { } node)
            yield return new("remote-node", node);
    }

    /// <summary>What keeps the agent from writing its own figures over those of the admin.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Parameters(AddIntent intent) =>
        intent
            .Utilization.Select(use => GuestUtilization.SwitchOf(use.Key))
            .OfType<string>()
            .Select(name => KeyValuePair.Create(name, "false"));

    /// <summary>Gives a guest of the cluster what it lacks of the wishes.</summary>
    /// <returns>Whether anything was lacking.</returns>
    public static bool Complete(AddIntent intent, CibDraft draft, Primitive resource)
    {
        KeyValuePair<string, string>[] meta = [.. Meta(intent).Where(wish => resource.MetaValue(wish.Key) != wish.Value)];
        if (!intent.Migrate && !ClusterBoolean.IsFalse(resource.MetaValue("allow-migrate")))
            meta = [new("allow-migrate", NoMigration), .. meta];
        KeyValuePair<string, string>[] parameters = [.. Parameters(intent).Where(wish => resource.Parameter(wish.Key) != wish.Value)];
        KeyValuePair<string, string>[] utilization = [.. intent.Utilization.Except(resource.Utilization)];
        foreach ((string name, string value) in meta)
            draft.SetMeta(resource.Id, name, value);
        foreach ((string name, string value) in parameters)
            draft.SetParameter(resource.Id, name, value);
        foreach ((string name, string value) in utilization)
            draft.SetUtilization(resource.Id, name, value);
        return meta.Length + parameters.Length + utilization.Length > 0;
    }

    /// <summary>Refuses where one of the constraints' names says something else already: neither is it silently kept nor
    /// replaced.</summary>
    public static IEnumerable<Refusal> Conflicts(AddIntent intent, Cib cib, string[] names) =>
        from constraint in Constraints(intent, names)
        where !constraint.IsIn(cib)
        let other = constraint.Other(cib)
        where other is not null
        select new Refusal(
            $"the cluster's configuration has '{other}' and not '{constraint.Text}', which was asked for",
            $"rename it (crm configure rename {constraint.Id} NAME) or delete it (crm configure delete {constraint.Id}), then run "
                + $"this again; or leave that wish out"
        );

    /// <summary>Adds the constraints that are not there yet.</summary>
    /// <returns>Whether any was not.</returns>
    public static bool Constrain(AddIntent intent, Cib cib, CibDraft draft, string[] names)
    {
        // A guest has one preferred node: the newer wish takes the place of the older. What an admin wrote otherwise stays.
        PlainConstraint[] older = intent.PreferredNode is not { } node
            ? []
            :
            [
                .. names
                    .SelectMany(name => cib.Nodes.Where(other => other != node).Select(other => Preference(name, other)))
                    .Where(constraint => constraint.IsNamedIn(cib)),
            ];
        PlainConstraint[] missing = [.. Constraints(intent, names).Where(constraint => !constraint.IsIn(cib))];
        foreach (PlainConstraint constraint in older)
            draft.Remove(constraint.Id);
        foreach (PlainConstraint constraint in missing)
            draft.Add(constraint);
        return older.Length + missing.Length > 0;
    }

    /// <summary>What an admin should know of a wish that the cluster would not heed as it is configured.</summary>
    public static Plan Notes(AddIntent intent, Cib cib) =>
        intent.Utilization.Count > 0 && cib.Property("placement-strategy") is null or "default"
            ? Plan.Note(
                "the cluster heeds utilization only with another placement strategy than its default: crm configure property "
                    + "placement-strategy=balanced"
            )
            : new Plan();

    private static IEnumerable<PlainConstraint> Constraints(AddIntent intent, string[] names)
    {
        foreach (string name in names)
        {
            if (intent.PreferredNode is { } node)
                yield return Preference(name, node);
            foreach (string first in intent.After.Where(first => first != name))
                yield return PlainConstraint.Order($"o-{first}-{name}", "Optional", first, name);
            foreach (string other in intent.ApartFrom.Where(other => other != name))
                yield return PlainConstraint.Colocation($"col-{name}-{other}", Apart, name, other);
        }
    }

    private static PlainConstraint Preference(string guest, string node) =>
        PlainConstraint.Location($"l-{guest}-{node}", guest, Preferred, node);
}
