using System.Xml;
using System.Xml.Linq;

namespace HaAgent.Core.Text;

/// <summary>
/// The one way to read XML that others wrote, whoever they are: without a document type, without anything from elsewhere, and within bounds
/// of size and depth. What does not pass is an <see cref="XmlException"/>, whose message is the end of a sentence.
/// </summary>
public static class ForeignXml
{
    /// <summary>libxml2, and with it libvirt and Pacemaker, reads no deeper document (xmlParserMaxDepth): a walk that calls itself for each
    /// level ends well.</summary>
    public const int MostDepth = 256;

    /// <summary>The longest document, in characters: a configuration of a whole cluster, with all that it remembers, has some
    /// hundred thousand.</summary>
    public const int MostCharacters = 64 * 1024 * 1024;

    /// <summary>Reads a document.</summary>
    /// <param name="text">The document.</param>
    /// <param name="root">The name that its root element must have; null: any.</param>
    /// <exception cref="XmlException">It is no such document.</exception>
    public static XElement Parse(string text, string? root = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.AsSpan().Trim().IsEmpty)
            throw new XmlException("it is empty");
        if (IsTooDeep(text))
            throw new XmlException($"it is nested more than {MostDepth} elements deep");
        using XmlReader reader = Open(text);
        var document = XElement.Load(reader);
        return root is null || document.Name.LocalName == root
            ? document
            : throw new XmlException($"it is not a <{root}> but a <{Printable.Line(document.Name.LocalName)}>");
    }

    /// <summary>Whether a document is nested more than <see cref="MostDepth"/> elements deep.</summary>
    /// <exception cref="XmlException">It is no document up to there.</exception>
    public static bool IsTooDeep(string text)
    {
        using XmlReader reader = Open(text);
        while (reader.Read())
        {
            if (reader.Depth >= MostDepth)
                return true;
        }

        return false;
    }

    /// <summary>How a document is read.</summary>
    /// <param name="most">The longest one, in characters.</param>
    public static XmlReaderSettings Settings(long most) =>
        new()
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = most,
            IgnoreWhitespace = true,
            CloseInput = true,
        };

    private static XmlReader Open(string text) => XmlReader.Create(new StringReader(text), Settings(MostCharacters));
}
