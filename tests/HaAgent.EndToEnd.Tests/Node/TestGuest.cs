using System.Globalization;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>A guest on the shared directory and the resource that manages it.</summary>
internal sealed class TestGuest
{
    private const int LetterOffset = 512;
    private const int BootsOffset = 1024;
    private readonly LabNode _node;

    public TestGuest(LabNode node, string name, GuestDoes does = GuestDoes.ObeyPowerButton, string? disk = null)
    {
        _node = node;
        Name = name;
        Config = $"/mnt/shared/{name}.xml";
        Disk = disk ?? $"/mnt/shared/{name}.raw";
        using (FileStream image = File.Create(node.PathOf(Disk)))
        {
            image.Write(File.ReadAllBytes(Path.Combine(node.Directory, "sector.bin")));
            image.SetLength(1 << 20);
        }

        Tell(does);

        Xml = XDocument.Parse(File.ReadAllText(Path.Combine(Repository.NodeLab, "guests/guest.xml"))
            .Replace("@NAME@", SecurityElement.Escape(name), StringComparison.Ordinal)
            .Replace("@UUID@", Uuid, StringComparison.Ordinal)
            .Replace("@DISK@", SecurityElement.Escape(Disk), StringComparison.Ordinal)
            .Replace("@EMULATOR@", "/usr/local/bin/qemu-without-image-locks", StringComparison.Ordinal));
        Save();
        Parameters["config"] = Config;
    }

    public string Name { get; }

    public string Uuid { get; } = Guid.NewGuid().ToString();

    public string Config { get; private set; }

    public string Disk { get; }

    /// <summary>The name of the disk's lease in the lockspace: the SHA-256 of its path.</summary>
    public string Lease => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Disk)));

    /// <summary>The domain XML; <see cref="Save"/> after a change.</summary>
    public XDocument Xml { get; }

    public XElement Devices => Xml.Root!.Element("devices")!;

    public Dictionary<string, string> Parameters { get; } = [];

    public void Save() => _node.Write(Config, Xml.ToString());

    /// <summary>Puts the configuration into another file and the resource with it.</summary>
    public TestGuest SaveAs(string config)
    {
        Config = config;
        Parameters["config"] = config;
        Save();
        return this;
    }

    public void Tell(GuestDoes does)
    {
        using FileStream disk = File.OpenWrite(_node.PathOf(Disk));
        disk.Position = LetterOffset;
        disk.WriteByte((byte)does);
    }

    /// <summary>How often the guest has booted: it counts on its disk.</summary>
    public int Boots
    {
        get
        {
            using FileStream disk = File.OpenRead(_node.PathOf(Disk));
            disk.Position = BootsOffset;
            return disk.ReadByte();
        }
    }

    /// <summary>The QEMU processes of this guest on a node: exact, from /proc, independent of libvirt.</summary>
    public int[] ProcessesOn(LabNode node) =>
    [
        .. Directory.GetDirectories(node.PathOf("/proc"))
            .Select(directory => int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out int pid) ? pid : 0)
            .Where(pid => pid > 1 && IsThisGuest(node, pid)),
    ];

    public bool Runs => ProcessesOn(_node).Length > 0;

    /// <summary>libvirt's word: running, paused (watchdog), …</summary>
    public string State => _node.Virsh("domstate", Uuid, "--reason");

    /// <summary>How its last run ended, as libvirt wrote into the guest's log: shutdown, destroyed, crashed, saved, migrated …</summary>
    public string EndedBy => _node.Read($"/var/log/libvirt/qemu/{Name}.log").Split("shutting down, reason=")[^1].Trim();

    public int Process => Assert.Single(ProcessesOn(_node));

    public void Signal(string signal) => _node.Run("kill", "-" + signal, $"{Process}");

    /// <summary>A call of the agent for this guest's resource.</summary>
    public AgentResult Agent(string action, int timeout = 30, int interval = 0, int level = 0, LabNode? on = null, params (string Name, string Value)[] parameters) =>
        Call(action, timeout, interval, level, parameters).RunOn(on ?? _node);

    public AgentCall Call(string action, int timeout = 30, int interval = 0, int level = 0, params (string Name, string Value)[] parameters)
    {
        var all = new Dictionary<string, string>(Parameters);
        foreach ((string name, string value) in parameters) all[name] = value;
        return new AgentCall(action, Name) { Parameters = all, Timeout = timeout, Interval = interval, CheckLevel = level };
    }

    /// <summary>Changes the domain XML.</summary>
    public TestGuest With(Action<TestGuest> change)
    {
        change(this);
        Save();
        return this;
    }

    /// <summary>Waits until neither the process nor libvirt's domain is there.</summary>
    public void UntilGone() =>
        Until.True(() => !Runs && _node.Try("virsh", "-q", "-c", "qemu:///system", "domid", Uuid) is { } asked && (asked.ExitCode != 0 || asked.Output.Trim() == "-"), $"{Name} ends");

    public TestGuest Start()
    {
        Agent("start").Gives(OcfExit.Success);
        Until.True(() => Boots > 0, $"{Name} boots");
        return this;
    }

    private bool IsThisGuest(LabNode node, int pid)
    {
        try
        {
            string[] words = node.Read($"/proc/{pid}/cmdline").Split('\0');
            int uuid = Array.IndexOf(words, "-uuid");
            return words[0].Contains("qemu-system", StringComparison.Ordinal) && uuid > 0 && words[uuid + 1] == Uuid;
        }
        catch (IOException)
        {
            return false; // it ended while we looked
        }
    }
}

/// <summary>What the guest's boot sector does (tests/lab/node/guests/sector.S reads this letter from the disk, again and again).</summary>
internal enum GuestDoes
{
    ObeyPowerButton = 'b',
    IgnorePowerButton = 'x',
    SwitchOff = 'o',
    RebootOnce = 'r',
    Panic = 'p',
    DirtyMemory = 'd',
    WriteSectors = 'w',
    LetWatchdogExpire = 't',
    SuspendToMemory = 's',
}
