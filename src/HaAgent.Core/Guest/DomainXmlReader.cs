using System.Xml;

namespace HaAgent.Core.Guest;

/// <summary>Walks a domain document by element depth, so that a name inside metadata is never taken for the domain's.</summary>
internal static class DomainXmlReader
{
    public static DomainXml? Read(XmlReader reader, out string problem)
    {
        reader.MoveToContent();
        if (reader.LocalName != "domain")
        {
            problem = $"is not a domain configuration: its root element is <{reader.LocalName}>";
            return null;
        }

        string type = reader.GetAttribute("type") ?? "";
        string? name = null;
        string? uuid = null;
        string? cpu = null;
        string? cpuMode = null;
        var boot = new Boot();
        var devices = new Devices();
        Children(
            reader,
            child =>
            {
                switch (child.LocalName)
                {
                    case "name":
                        name ??= child.ReadElementContentAsString();
                        break;
                    case "uuid":
                        uuid ??= child.ReadElementContentAsString();
                        break;
                    case "cpu":
                        cpuMode = child.GetAttribute("mode");
                        cpu = child.ReadOuterXml();
                        break;
                    case "os":
                        boot.Read(child);
                        break;
                    case "devices":
                        devices.Read(child);
                        break;
                }
            }
        );

        // The rest of the document must be well-formed too.
        while (reader.Read()) { }

        if (string.IsNullOrWhiteSpace(name))
        {
            problem = "names no domain: its <name> is missing or empty";
            return null;
        }

        if (name.Contains('/', StringComparison.Ordinal) || name.Contains('\n', StringComparison.Ordinal))
        {
            problem = "has a <name> with a slash or a line break in it, which libvirt does not take";
            return null;
        }

        string? normalUuid = uuid is null ? null : GuestIdentity.NormaliseUuid(uuid);
        if (uuid is not null && normalUuid is null)
        {
            problem = $"has the <uuid> '{uuid.Trim()}', which is not a UUID";
            return null;
        }

        problem = "";
        return new DomainXml
        {
            Identity = new GuestIdentity(name, normalUuid),
            Type = type,
            Cpu = cpu,
            CpuMode = cpuMode,
            Architecture = boot.Architecture,
            Machine = boot.Machine,
            Nvram = boot.Nvram,
            Emulator = devices.Emulator,
            Disks = devices.Disks,
            Networks = devices.Networks,
            Pools = devices.Pools,
            HostDevices = devices.HostDevices,
            HasGuestAgentChannel = devices.HasGuestAgentChannel,
        };
    }

    /// <summary>Calls <paramref name="each"/> on every child element; it may read the element or leave it, and deeper ones are passed
    /// over.</summary>
    private static void Children(XmlReader reader, Action<XmlReader> each)
    {
        if (reader.IsEmptyElement)
            return;
        int depth = reader.Depth + 1;
        reader.Read();
        while (!reader.EOF && reader.Depth >= depth)
        {
            if (reader.NodeType == XmlNodeType.Element && reader.Depth == depth)
            {
                var position = (reader as IXmlLineInfo)!;
                (int line, int column) = (position.LineNumber, position.LinePosition);
                each(reader);

                // Not moved, or moved only within the element: on to the next sibling.
                if (
                    reader.NodeType == XmlNodeType.Element
                    && reader.Depth == depth
                    && (position.LineNumber, position.LinePosition) == (line, column)
                )
                    reader.Skip();
                continue;
            }

            reader.Read();
        }
    }

    private sealed class Boot
    {
        public string? Architecture { get; private set; }

        public string? Machine { get; private set; }

        public string? Nvram { get; private set; }

        public void Read(XmlReader os) =>
            Children(
                os,
                child =>
                {
                    if (child.LocalName == "type")
                    {
                        Architecture = child.GetAttribute("arch");
                        Machine = child.GetAttribute("machine");
                    }
                    else if (child.LocalName == "nvram" && !child.IsEmptyElement)
                    {
                        Nvram = child.ReadElementContentAsString().Trim();
                    }
                }
            );
    }

    private sealed class Devices
    {
        public string? Emulator { get; private set; }

        public List<Disk> Disks { get; } = [];

        public List<string> Networks { get; } = [];

        public List<string> Pools { get; } = [];

        public List<string> HostDevices { get; } = [];

        public bool HasGuestAgentChannel { get; private set; }

        public void Read(XmlReader devices) =>
            Children(
                devices,
                child =>
                {
                    switch (child.LocalName)
                    {
                        case "emulator":
                            Emulator = child.ReadElementContentAsString().Trim();
                            break;
                        case "disk":
                            ReadDisk(child);
                            break;
                        case "interface":
                            Children(
                                child,
                                part =>
                                {
                                    if (
                                        part.LocalName == "source"
                                        && part.GetAttribute("network") is string network
                                        && !Networks.Contains(network)
                                    )
                                        Networks.Add(network);
                                }
                            );
                            break;
                        case "hostdev":
                            HostDevices.Add(child.GetAttribute("type") ?? "hostdev");
                            break;
                        case "channel":
                            Children(
                                child,
                                part =>
                                    HasGuestAgentChannel |=
                                        part.LocalName == "target" && part.GetAttribute("name") == "org.qemu.guest_agent.0"
                            );
                            break;
                    }
                }
            );

        private void ReadDisk(XmlReader disk)
        {
            string type = disk.GetAttribute("type") ?? "file";
            string device = disk.GetAttribute("device") ?? "disk";
            string target = "";
            string? source = null;
            string? pool = null;
            string? volume = null;
            string? network = null;

            // A CD-ROM is read-only whether or not the XML says so (virDomainDiskDefPostParse).
            bool readOnly = device == "cdrom";
            bool shareable = false;
            Children(
                disk,
                part =>
                {
                    switch (part.LocalName)
                    {
                        case "source":
                            source = part.GetAttribute("file") ?? part.GetAttribute("dev") ?? part.GetAttribute("dir");
                            pool = part.GetAttribute("pool");
                            volume = part.GetAttribute("volume");
                            if (part.GetAttribute("protocol") is string protocol)
                                network = $"{protocol} {part.GetAttribute("name")}";
                            break;
                        case "target":
                            target = part.GetAttribute("dev") ?? "";
                            break;
                        case "readonly":
                            readOnly = true;
                            break;
                        case "shareable":
                            shareable = true;
                            break;
                    }
                }
            );
            if (pool is not null && !Pools.Contains(pool))
                Pools.Add(pool);
            Disks.Add(
                new Disk(type, device, target, source, readOnly, shareable)
                {
                    Pool = pool,
                    Volume = volume,
                    Network = network,
                }
            );
        }
    }
}
