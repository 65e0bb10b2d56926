using System.Xml.Linq;

namespace HaAgent.Cluster.Configuration;

/// <summary>
/// Takes something out of a configuration with every mention of it, and leaves what concerns others as it is: a constraint of several
/// resources stays as long as it still says something of those that are left, and what others borrow from what goes (id-ref) stays with
/// them.
/// </summary>
internal static class CibRemoval
{
    private static readonly string[] Named = ["rsc", "with-rsc", "first", "then"];

    /// <summary>Takes a resource or a constraint away.</summary>
    public static void Remove(XElement configuration, XElement element)
    {
        HashSet<string> gone = TakeAway(configuration, element);

        // What goes may be mentioned itself: a constraint in a tag, a tag in a constraint, either in a permission.
        while (gone.Count > 0)
            gone = Forget(configuration, gone);
    }

    private static HashSet<string> Forget(XElement configuration, HashSet<string> gone)
    {
        var next = new HashSet<string>();
        XElement[] constraints = [.. configuration.Elements("constraints").Elements()];
        foreach (XElement constraint in constraints.Where(c => Named.Any(name => gone.Contains((string?)c.Attribute(name) ?? ""))))
            next.UnionWith(TakeAway(configuration, constraint));
        next.UnionWith(FromSets(configuration, [.. constraints.Where(c => c.Parent is not null)], gone));
        XElement[] mentions =
        [
            .. configuration.Elements("tags").Elements("tag").Elements("obj_ref").Where(r => gone.Contains(CibXml.Id(r))),
        ];
        foreach (XElement mention in mentions)
        {
            XElement tag = mention.Parent!;
            mention.Remove();
            if (!tag.HasElements)
                next.UnionWith(TakeAway(configuration, tag));
        }

        // A role without permissions stays: it grants nothing, and users and groups name it.
        foreach (XElement permission in configuration.Elements("acls").Descendants().Where(p => gone.Contains(Subject(p))).ToArray())
            next.UnionWith(TakeAway(configuration, permission));
        return next;
    }

    // "ref" is how schemas before 2.0 wrote it.
    private static string Subject(XElement permission) =>
        (string?)permission.Attribute("reference") ?? (string?)permission.Attribute("ref") ?? "";

    private static HashSet<string> FromSets(XElement configuration, XElement[] constraints, HashSet<string> gone)
    {
        var next = new HashSet<string>();

        // A set counts in each constraint that borrows it.
        XElement[] touched =
        [
            .. constraints.Where(c => Sets(c).Any(s => s.Elements("resource_ref").Any(r => gone.Contains(CibXml.Id(r))))),
        ];
        foreach (XElement constraint in touched)
            constraint.Elements("resource_set").Elements("resource_ref").Where(r => gone.Contains(CibXml.Id(r))).Remove();
        XElement[] empty = [.. touched.Elements("resource_set").Where(s => CibReferences.Definition(s) is { HasElements: false })];
        var parts = new List<XElement>(touched);
        foreach (XElement set in empty)
        {
            next.Add(CibXml.Id(set));
            if (Part(configuration, set) is { } rest)
                parts.Add(rest);
            set.Remove();
        }

        next.Remove("");
        foreach (XElement constraint in parts.Where(c => !Says(c)))
            next.UnionWith(TakeAway(configuration, constraint));
        return next;
    }

    /// <summary>
    /// Takes the sets after one that goes into a constraint of their own, where they would become neighbours of those before it and that
    /// would be news: each set is kept apart from the next one alone (colocate_rsc_sets). What is before what, or beside what, is so by way
    /// of others too.
    /// </summary>
    private static XElement? Part(XElement configuration, XElement set)
    {
        XElement constraint = set.Parent!;
        XElement[] after = [.. set.ElementsAfterSelf("resource_set")];
        bool apart =
            constraint.Name.LocalName == "rsc_colocation"
            && constraint
                .Elements("resource_set")
                .Select(CibReferences.Definition)
                .Prepend(constraint)
                .Any(e => Score.Parse((string?)e?.Attribute("score")) < 0);
        if (!apart || after.Length == 0 || !set.ElementsBeforeSelf("resource_set").Any())
            return null;
        var part = new XElement(constraint.Name, constraint.Attributes());
        HashSet<string> taken = [.. configuration.Descendants().Select(CibXml.Id)];
        int number = 1;
        while (taken.Contains(Name(number)))
            number++;
        part.SetAttributeValue("id", Name(number));
        constraint.AddAfterSelf(part);
        foreach (XElement moved in after)
        {
            moved.Remove();
            part.Add(moved);
        }

        return part;

        string Name(int n) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{CibXml.Id(constraint)}-part-{n}");
    }

    /// <summary>
    /// Whether a constraint of resource sets still says anything; for Pacemaker a set that is not sequential says nothing of its own
    /// members.
    /// </summary>
    private static bool Says(XElement constraint)
    {
        XElement[] sets = [.. Sets(constraint)];
        return constraint.Name.LocalName switch
        {
            "rsc_colocation" => sets.Length > 1 || (sets is [var only] && Several(only) && IsSequential(only)),
            "rsc_order" => sets.Length > 1
                || (sets is [var only] && Several(only) && (IsSequential(only) || IsSerialized(constraint, only))),

            // Each resource is placed, or waits for its ticket, by itself.
            _ => sets.Length > 0,
        };
    }

    private static IEnumerable<XElement> Sets(XElement constraint) =>
        constraint.Elements("resource_set").Select(CibReferences.Definition).OfType<XElement>();

    private static bool Several(XElement set) => set.Elements("resource_ref").Skip(1).Any();

    private static bool IsSequential(XElement set) => (string?)set.Attribute("sequential") is not { } text || ClusterBoolean.IsTrue(text);

    private static bool IsSerialized(XElement constraint, XElement set) =>
        ((string?)set.Attribute("kind") ?? (string?)constraint.Attribute("kind")) == "Serialize";

    /// <returns>The ids that are nowhere any more.</returns>
    private static HashSet<string> TakeAway(XElement configuration, XElement element)
    {
        HashSet<string> ids = [.. element.DescendantsAndSelf().Where(e => !CibXml.IsMention(e)).Select(CibXml.Id)];
        CibReferences.HandOn(element);
        element.Remove();

        // A user's id is a name of another kind.
        ids.ExceptWith(configuration.Descendants().Where(e => !CibXml.IsMention(e) && e.Name.LocalName != "acl_target").Select(CibXml.Id));
        ids.Remove("");
        return ids;
    }
}

/// <summary>
/// What elements of a configuration say of each other by <c>id-ref</c>: attribute sets, pairs, operations, rules and resource sets that are
/// written once and borrowed elsewhere (Pacemaker Explained, "Reusing Parts of the Configuration").
/// </summary>
internal static class CibReferences
{
    private const string Reference = "id-ref";

    /// <summary>The element itself, or the one that it borrows; null when that one is not there.</summary>
    public static XElement? Definition(XElement element) =>
        (string?)element.Attribute(Reference) is not { } id
            ? element
            : Root(element).Descendants(element.Name).FirstOrDefault(e => CibXml.Id(e) == id);

    /// <summary>Whether another element borrows this one.</summary>
    public static bool IsBorrowed(XElement element) => element.Attribute("id") is not null && Borrowers(Root(element), element).Any();

    /// <summary>Whether it is borrowed, or borrows: what is written into it would be written for others too.</summary>
    public static bool IsShared(XElement element) => element.Attribute(Reference) is not null || IsBorrowed(element);

    /// <summary>
    /// Makes an element its owner's alone: what it borrows becomes a copy, and what others borrow from it goes to the first of them.
    /// </summary>
    /// <param name="element">The element; it is replaced where it stands.</param>
    /// <param name="owner">The id with which the ids of the copy begin.</param>
    /// <returns>What stands there now; null when it borrowed what is not there.</returns>
    public static XElement? Own(XElement element, string owner)
    {
        if (element.Attribute(Reference) is not null)
        {
            if (Definition(element) is not { } lent)
                return null;
            XElement copy = Copy(lent, CibXml.Id(lent), owner, Root(element));
            element.ReplaceWith(copy);
            return copy;
        }

        if (IsBorrowed(element))
        {
            var copy = new XElement(element);
            XElement root = Root(element);
            HandOn(element);
            element.ReplaceWith(copy);
            Rename(copy, CibXml.Id(copy), owner, root);
            return copy;
        }

        return element;
    }

    /// <summary>Before an element goes: what others borrow from it, or from within it, goes to the first of them.</summary>
    public static void HandOn(XElement going)
    {
        XElement root = Root(going);
        foreach (XElement definition in going.DescendantsAndSelf().Where(e => e.Attribute("id") is not null).ToArray())
        {
            XElement[] borrowers = [.. Borrowers(root, definition).Where(e => !e.AncestorsAndSelf().Contains(going))];

            // It may have gone with what it stood in.
            bool stays = root.Descendants(definition.Name)
                .Any(e => CibXml.Id(e) == CibXml.Id(definition) && !e.AncestorsAndSelf().Contains(going));
            if (borrowers.Length == 0 || stays)
                continue;
            var moved = new XElement(definition);

            // A borrowed pair may bear another name.
            foreach (XAttribute own in borrowers[0].Attributes().Where(a => a.Name.LocalName != Reference))
                moved.SetAttributeValue(own.Name, own.Value);
            borrowers[0].ReplaceWith(moved);
        }
    }

    /// <summary>A copy whose ids are free: those that begin with one word begin with another.</summary>
    public static XElement Copy(XElement element, string from, string to, XElement root)
    {
        var copy = new XElement(element);
        Rename(copy, from, to, root);
        return copy;
    }

    private static void Rename(XElement copy, string from, string to, XElement root)
    {
        HashSet<string> taken = [.. root.Descendants().Except(copy.DescendantsAndSelf()).Select(CibXml.Id)];
        foreach (XElement part in copy.DescendantsAndSelf().Where(e => e.Attribute("id") is not null && !CibXml.IsMention(e)))
        {
            string old = CibXml.Id(part);
            string wanted = old.StartsWith(from, StringComparison.Ordinal) ? to + old[from.Length..] : $"{to}-{old}";
            string free = wanted;
            for (int i = 1; !taken.Add(free); i++)
                free = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{wanted}-{i}");
            part.SetAttributeValue("id", free);
        }
    }

    private static IEnumerable<XElement> Borrowers(XElement root, XElement definition) =>
        root.Descendants(definition.Name).Where(e => (string?)e.Attribute(Reference) == CibXml.Id(definition));

    private static XElement Root(XElement element) => element.AncestorsAndSelf().Last();
}
