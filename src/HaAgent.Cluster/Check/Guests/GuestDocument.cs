using System.Xml;
using System.Xml.Linq;
using HaAgent.Core.Guest;
using HaAgent.Core.Text;

namespace HaAgent.Cluster.Check.Guests;

/// <summary>
/// A guest's XML, which is foreign: read once, with no document type, within bounds of size and depth. What does not pass is no document,
/// and never an exception.
/// </summary>
public sealed class GuestDocument
{
    private GuestDocument(DomainXml domain, string text, XElement root)
    {
        Domain = domain;
        Text = text;
        Paths = MentionedPath.In(root);
        XElement[] cards = [.. root.Elements("devices").Elements("interface")];
        Bridges = [.. cards.Elements("source").Attributes("bridge").Select(a => a.Value).Distinct()];
        HardwareAddresses = [.. cards.Elements("mac").Attributes("address").Select(a => a.Value.ToLowerInvariant())];
        HasNetworkCard = cards.Length > 0;
        Parts = GuestParts.Of(root, HardwareAddresses);
    }

    /// <summary>What it says of the guest.</summary>
    public DomainXml Domain { get; }

    /// <summary>The text as libvirt takes it: without a byte order mark or a declaration of another encoding.</summary>
    public string Text { get; }

    /// <summary>Every path it mentions.</summary>
    public IReadOnlyList<MentionedPath> Paths { get; }

    /// <summary>The bridges of the node that its network cards are plugged into.</summary>
    public IReadOnlyList<string> Bridges { get; }

    /// <summary>The hardware addresses of its network cards, in lower case.</summary>
    public IReadOnlyList<string> HardwareAddresses { get; }

    /// <summary>Whether it has a network card.</summary>
    public bool HasNetworkCard { get; }

    /// <summary>What it is made of.</summary>
    public GuestParts Parts { get; }

    /// <summary>Reads a document.</summary>
    /// <param name="content">Its bytes.</param>
    /// <param name="problem">What is wrong with it, as the end of a sentence that begins with its name.</param>
    /// <returns>Null when there is a problem.</returns>
    public static GuestDocument? Read(byte[] content, out string problem)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (DomainXml.Parse(content, out problem) is not { } domain)
            return null;
        string text = DomainText.Decode(content);
        try
        {
            if (ForeignXml.IsTooDeep(text))
            {
                problem = $"is nested more than {ForeignXml.MostDepth} elements deep, which libvirt does not read";
                return null;
            }

            return new GuestDocument(domain, text, ForeignXml.Parse(text));
        }
        catch (XmlException e)
        {
            problem = $"is not well-formed XML (line {e.LineNumber}, column {e.LinePosition})";
            return null;
        }
    }
}
