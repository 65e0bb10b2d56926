using System.Globalization;
using System.Numerics;
using System.Xml.Linq;
using HaAgent.Core.Guest;

namespace HaAgent.Cluster.Check.Guests;

/// <summary>
/// What a guest is made of, as two XMLs of it can be compared by: libvirt fills in much of what runs (addresses, ports, labels, its CPU
/// spelled out), and a text of the same guest is another each time.
/// </summary>
/// <param name="Memory">MiB, as libvirt rounds it up for what runs; null where the XML does not say it.</param>
/// <param name="Processors">Null where the XML does not say it.</param>
/// <param name="Cards">The hardware addresses of its network cards.</param>
public sealed record GuestParts(long? Memory, int? Processors, IReadOnlyList<string> Cards)
{
    /// <summary>Reads them.</summary>
    /// <param name="root">The domain's XML.</param>
    /// <param name="cards">The hardware addresses in it.</param>
    public static GuestParts Of(XElement root, IReadOnlyList<string> cards)
    {
        ArgumentNullException.ThrowIfNull(root);
        return new GuestParts(Mebibytes(root.Element("memory")), Number<int>(root.Element("vcpu")), cards);
    }

    /// <summary>In what two XMLs of one guest differ; what one of them leaves to libvirt is no difference.</summary>
    public static IReadOnlyList<string> Differing(GuestDocument one, GuestDocument other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return [.. Compared().OfType<string>().Distinct()];

        IEnumerable<string?> Compared()
        {
            yield return Differs(one.Domain.Identity.Uuid, other.Domain.Identity.Uuid) ? "UUID" : null;
            yield return one.Parts.Memory is { } memory && other.Parts.Memory is { } more && memory != more ? "memory" : null;
            yield return one.Parts.Processors is { } few && other.Parts.Processors is { } many && few != many ? "number of CPUs" : null;
            yield return Differs(one.Domain.Nvram, other.Domain.Nvram) ? "nvram" : null;
            bool sameCards = one.Parts.Cards.Order(StringComparer.Ordinal).SequenceEqual(other.Parts.Cards.Order(StringComparer.Ordinal));
            yield return one.Parts.Cards.Count > 0 && other.Parts.Cards.Count > 0 && !sameCards ? "network cards" : null;

            // A medium comes and goes.
            (string Target, string Source)[] disks = Disks(one.Domain),
                others = Disks(other.Domain);
            foreach ((string target, _) in disks.Except(others).Concat(others.Except(disks)))
                yield return $"disk {target}";
        }
    }

    private static (string Target, string Source)[] Disks(DomainXml xml) =>
        [
            .. xml
                .Disks.Where(disk => disk.Device is "disk" or "lun")
                .Select(disk => (disk.Target, disk.Source ?? disk.Network ?? $"{disk.Pool}/{disk.Volume}")),
        ];

    private static bool Differs(string? one, string? other) => one is not null && other is not null && one != other;

    private static long? Mebibytes(XElement? memory)
    {
        if (Number<long>(memory) is not { } amount)
            return null;
        decimal? unit = ((string?)memory!.Attribute("unit") ?? "KiB") switch
        {
            "b" or "bytes" => 1,
            "KB" => 1000,
            "k" or "KiB" => 1024,
            "MB" => 1_000_000,
            "M" or "MiB" => 1 << 20,
            "GB" => 1_000_000_000,
            "G" or "GiB" => 1 << 30,
            "TB" => 1_000_000_000_000,
            "T" or "TiB" => 1L << 40,
            _ => null,
        };
        return unit is { } bytes && amount < long.MaxValue / (1L << 40) ? (long)Math.Ceiling(amount * bytes / (1 << 20)) : null;
    }

    private static T? Number<T>(XElement? element)
        where T : struct, INumberBase<T> =>
        element is not null && T.TryParse(element.Value.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out T number)
            ? number
            : null;
}
