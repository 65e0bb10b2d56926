using System.Xml.Linq;

namespace HaAgent.Cluster.Configuration;

/// <summary>
/// What elements of a configuration say of each other by <c>id-ref</c>: attribute sets, pairs, operations, rules and resource sets that are
/// written once and borrowed elsewhere (Pacemaker Explained, "Reusing Parts of the Configuration").
/// </summary>
internal static class CibReferences
{
    private const string Reference = "id-ref";

    /// <summary>The element itself, or the one that it borrows; null when that one is not there.</summary>
    public static XElement? Definition(XElement element) =>
        (string?)element.Attribute(Reference) is not { } id ? element
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
            bool stays = root.Descendants(definition.Name).Any(e => CibXml.Id(e) == CibXml.Id(definition) && !e.AncestorsAndSelf().Contains(going));
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
