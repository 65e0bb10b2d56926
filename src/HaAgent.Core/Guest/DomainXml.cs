using System.Security.Cryptography;
using System.Text;
using System.Xml;
using HaAgent.Core.Text;

namespace HaAgent.Core.Guest;

/// <summary>What the agent needs to know of a domain's XML. Read by a real XML parser; document types are refused, so no entity is ever
/// expanded.</summary>
public sealed record DomainXml
{
    /// <summary>A configuration file larger than this many bytes is refused.</summary>
    public const int MaximumBytes = 4 * 1024 * 1024;

    /// <summary>Name and UUID.</summary>
    public required GuestIdentity Identity { get; init; }

    /// <summary>The domain's type attribute: kvm, qemu, test, lxc…</summary>
    public required string Type { get; init; }

    /// <summary>The path of the emulator, or null.</summary>
    public string? Emulator { get; init; }

    /// <summary>The machine's architecture in the os element, or null.</summary>
    public string? Architecture { get; init; }

    /// <summary>The machine type in the os element, or null.</summary>
    public string? Machine { get; init; }

    /// <summary>The cpu element as text, or null.</summary>
    public string? Cpu { get; init; }

    /// <summary>The mode attribute of the cpu element, or null.</summary>
    public string? CpuMode { get; init; }

    /// <summary>The path of the NVRAM file, or null.</summary>
    public string? Nvram { get; init; }

    public IReadOnlyList<Disk> Disks { get; init; } = [];

    /// <summary>Virtual networks that interfaces name.</summary>
    public IReadOnlyList<string> Networks { get; init; } = [];

    /// <summary>Storage pools that disks name.</summary>
    public IReadOnlyList<string> Pools { get; init; } = [];

    /// <summary>Kinds of devices that cannot leave this host: hostdev, and the like.</summary>
    public IReadOnlyList<string> HostDevices { get; init; } = [];

    /// <summary>The domain has the channel of the QEMU guest agent.</summary>
    public bool HasGuestAgentChannel { get; init; }

    /// <summary>Reads a document.</summary>
    /// <param name="content">The file's bytes; a byte order mark and an encoding declaration are honoured.</param>
    /// <param name="problem">What is wrong with it, as the end of a sentence that begins with the file's name.</param>
    /// <returns>Null when there is a problem.</returns>
    public static DomainXml? Parse(ReadOnlyMemory<byte> content, out string problem)
    {
        if (content.Length > MaximumBytes)
        {
            problem = $"has {content.Length} bytes; a domain configuration has at most {MaximumBytes}";
            return null;
        }

        if (content.Span.Trim(" \t\r\n\0"u8).IsEmpty)
        {
            problem = "is empty";
            return null;
        }

        try
        {
            XmlReaderSettings settings = ForeignXml.Settings(MaximumBytes);
            (settings.IgnoreComments, settings.IgnoreProcessingInstructions, settings.IgnoreWhitespace) = (true, true, false);
            using var reader = XmlReader.Create(new MemoryStream(content.ToArray(), writable: false), settings);
            return DomainXmlReader.Read(reader, out problem);
        }
        catch (XmlException e)
        {
            bool hasDocumentType = content.Span.IndexOf("<!DOCTYPE"u8) >= 0;
            problem = hasDocumentType
                ? "carries a document type (<!DOCTYPE …>), which a domain configuration never needs and which is not read for safety"
                : $"is not well-formed XML (line {e.LineNumber}, column {e.LinePosition})";
            return null;
        }
        catch (DecoderFallbackException)
        {
            problem = "is not text in the encoding it declares";
            return null;
        }
    }

    /// <summary>Reads a document that libvirt itself wrote.</summary>
    public static DomainXml? Parse(string text, out string problem) => Parse(Encoding.UTF8.GetBytes(text), out problem);
}

/// <summary>A disk of a domain, as its XML has it (libvirt.org/formatdomain.html, "Hard drives, floppy disks, CDROMs").</summary>
/// <param name="Type">file, block, dir, network, volume, nvme, vhostuser…</param>
/// <param name="Device">disk, cdrom, floppy or lun.</param>
/// <param name="Target">The name inside the guest, for example vda.</param>
/// <param name="Source">The path of a file, block or dir disk; null for others and for an empty drive.</param>
/// <param name="ReadOnly">The guest cannot write to it.</param>
/// <param name="Shareable">Several guests may write to it; its lock is a shared one.</param>
public sealed record Disk(string Type, string Device, string Target, string? Source, bool ReadOnly, bool Shareable)
{
    /// <summary>The pool of a volume disk, or null.</summary>
    public string? Pool { get; init; }

    /// <summary>The volume of a volume disk, or null.</summary>
    public string? Volume { get; init; }

    /// <summary>Protocol and name of a network disk ("rbd pool/image"), or null.</summary>
    public string? Network { get; init; }

    /// <summary>A drive without a medium.</summary>
    public bool IsEmpty => Source is null && Network is null && Volume is null && Type is "file" or "block" or "dir";

    /// <summary>lockd takes a lease for it: writable, and a path on this machine (virDomainLockManagerAddImage).</summary>
    public bool IsLockable => !ReadOnly && Source is not null && (Type is "file" or "block" or "dir");
}

/// <summary>How virtlockd names a disk's lease file in <c>file_lockspace_dir</c> (lock_driver_lockd.c).</summary>
public static class LeaseName
{
    /// <summary>SHA-256 of the path's text, in lower-case hexadecimal: two names of one disk are two leases.</summary>
    public static string Of(string diskPath) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(diskPath)));
}
