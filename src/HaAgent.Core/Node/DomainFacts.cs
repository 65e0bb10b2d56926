using HaAgent.Core.Guest;

namespace HaAgent.Core.Node;

/// <summary>A domain that a node's libvirt knows.</summary>
public sealed record DomainFact
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Lower case with dashes.</summary>
    public required string Uuid { get; init; }

    /// <summary>It runs there, or is paused.</summary>
    public required bool Active { get; init; }

    /// <summary>libvirt starts it when the node boots.</summary>
    public required bool Autostart { get; init; }

    /// <summary>It is defined there, not only running.</summary>
    public required bool Persistent { get; init; }

    /// <summary>What it does.</summary>
    public required DomainState State { get; init; }

    /// <summary>Why it is paused; meaningful only when it is.</summary>
    public required PausedReason Paused { get; init; }

    /// <summary>The XML for its next start, with passwords.</summary>
    public required Fact<string> Xml { get; init; }
}

/// <summary>Every domain that the node's libvirt knows.</summary>
/// <param name="All">Whether the XML of every one is wanted.</param>
/// <param name="WithXml">Otherwise of these, by name.</param>
public sealed record DomainsQuestion(bool All, IReadOnlyList<string> WithXml) : NodeQuestion;

/// <summary>To <see cref="DomainsQuestion"/>.</summary>
/// <param name="Domains">All of them, running or not.</param>
public sealed record DomainsAnswer(IReadOnlyList<DomainFact> Domains) : NodeAnswer;

/// <summary>The CPU of a guest, and what else decides whether a hypervisor has it (virConnectCompareHypervisorCPU).</summary>
/// <param name="Xml">The cpu element.</param>
/// <param name="Type">The domain's type: kvm, qemu.</param>
/// <param name="Emulator">The emulator's path; null: libvirt's choice.</param>
/// <param name="Architecture">Null: libvirt's choice.</param>
/// <param name="Machine">Null: libvirt's choice.</param>
public sealed record GuestCpu(string Xml, string Type, string? Emulator = null, string? Architecture = null, string? Machine = null)
{
    /// <summary>The CPU of a guest; null where there is nothing to compare: a host-passthrough CPU is the node's own.</summary>
    public static GuestCpu? Of(DomainXml xml) => xml.Cpu is null || xml.CpuMode == "host-passthrough" ? null
        : new GuestCpu(xml.Cpu, xml.Type, xml.Emulator, xml.Architecture, xml.Machine);
}

/// <summary>Whether the node's libvirt can run the guests' CPUs.</summary>
/// <param name="Guests">Their CPUs, by the guests' names.</param>
public sealed record CpusQuestion(IReadOnlyDictionary<string, GuestCpu> Guests) : NodeQuestion;

/// <summary>To <see cref="CpusQuestion"/>.</summary>
/// <param name="Guests">By the guests' names; not learned where libvirt has no opinion.</param>
public sealed record CpusAnswer(IReadOnlyDictionary<string, Fact<bool>> Guests) : NodeAnswer;
