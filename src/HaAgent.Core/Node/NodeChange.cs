using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace HaAgent.Core.Node;

/// <summary>
/// One change of a node: a closed choice. Each can be made twice, and can be cut off at any point: made again, it finds what is done and
/// does the rest. Each looks once more, right before, at what it was planned for. One that says more than this haagent knows is not
/// understood at all.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "change")]
[JsonDerivedType(typeof(MakeDirectory), "make-directory")]
[JsonDerivedType(typeof(MarkDirectory), "mark-directory")]
[JsonDerivedType(typeof(SeeMark), "see-mark")]
[JsonDerivedType(typeof(SeeFile), "see-file")]
[JsonDerivedType(typeof(WriteFile), "write-file")]
[JsonDerivedType(typeof(RemoveFile), "remove-file")]
[JsonDerivedType(typeof(InstallPackages), "install-packages")]
[JsonDerivedType(typeof(SeeDevice), "see-device")]
[JsonDerivedType(typeof(MakeFilesystem), "make-filesystem")]
[JsonDerivedType(typeof(EnableUnits), "enable-units")]
[JsonDerivedType(typeof(RestartUnit), "restart-unit")]
[JsonDerivedType(typeof(RestartProcess), "restart-process")]
[JsonDerivedType(typeof(DisableAutostart), "disable-autostart")]
[JsonDerivedType(typeof(ShutDownGuest), "shut-down-guest")]
[JsonDerivedType(typeof(SeeGuestProcess), "see-guest-process")]
[JsonDerivedType(typeof(TryCopy), "try-copy")]
[JsonDerivedType(typeof(RefreshResource), "refresh-resource")]
[JsonDerivedType(typeof(ForgetResource), "forget-resource")]
[JsonDerivedType(typeof(RebootNode), "reboot-node")]
[JsonDerivedType(typeof(CrashNode), "crash-node")]
public abstract record NodeChange
{
    /// <summary>What is in a file, as changes name it: SHA-256, in hexadecimal digits.</summary>
    public static string Fingerprint(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));
}

/// <summary>Makes a directory, for its owner alone, on a volume that must be mounted.</summary>
/// <param name="Path">The directory, absolute.</param>
/// <param name="MountPoint">The mount point of the volume that it must lie on.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record MakeDirectory(string Path, string MountPoint) : NodeChange;

/// <summary>Makes a directory and puts a file into it whose content nobody can guess, by which other nodes know it again. A mark that is
/// there stays.</summary>
/// <param name="Path">The directory, absolute.</param>
/// <param name="MarkFile">The file's name.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record MarkDirectory(string Path, string MarkFile) : NodeChange;

/// <summary>Waits until the mark that another node made is seen: a network filesystem may remember for up to a minute that it was not
/// there.</summary>
/// <param name="Path">The directory, absolute.</param>
/// <param name="MarkFile">The file's name.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SeeMark(string Path, string MarkFile) : NodeChange;

/// <summary>Waits until a file that another node wrote is seen as it was written: a network filesystem may show for a while what was there
/// before.</summary>
/// <param name="Path">The file, absolute.</param>
/// <param name="After">The fingerprint of its content.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SeeFile(string Path, string After) : NodeChange;

/// <summary>
/// Gives a file a new content: all of it or nothing of it, with the mode, owner and label of what was there. Through a symbolic link it
/// changes the file that the link leads to.
/// </summary>
/// <param name="Path">The file, absolute.</param>
/// <param name="After">The fingerprint of its new content, by which it is known to be whole, and to be there already.</param>
/// <param name="Content">Its new content.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record WriteFile(string Path, string After, byte[] Content) : NodeChange
{
    /// <summary>The fingerprint of what must still be there; null: no file may be there.</summary>
    public string? Before { get; init; }

    /// <summary>What is appended to its name for a copy of what was there, made unless there is one; null: no copy.</summary>
    public string? CopySuffix { get; init; }

    /// <summary>The mode of a file that was not there, in octal digits.</summary>
    public string NewMode
    {
        get;
        init => field = value ?? "644";
    } = "644";

    /// <summary>Files that go once it is written.</summary>
    public IReadOnlyList<string> Removes
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>Whether systemd is to read its units anew.</summary>
    public bool ReloadSystemd { get; init; }
}

/// <summary>Removes a file; a symbolic link goes, and what it leads to stays.</summary>
/// <param name="Path">The file, absolute.</param>
/// <param name="Before">The fingerprint of what must still be there.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RemoveFile(string Path, string Before) : NodeChange
{
    /// <summary>Whether its directory goes too when nothing else is in it.</summary>
    public bool WithDirectory { get; init; }

    /// <summary>Whether systemd is to read its units anew.</summary>
    public bool ReloadSystemd { get; init; }
}

/// <summary>Installs packages by the distribution's own tool.</summary>
/// <param name="Tool">zypper, apt-get or dnf.</param>
/// <param name="Packages">Their names.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record InstallPackages(string Tool, IReadOnlyList<string> Packages) : NodeChange
{
    /// <summary>zypper's patterns, installed before the packages.</summary>
    public IReadOnlyList<string> Patterns
    {
        get;
        init => field = value ?? [];
    } = [];

    /// <summary>The programs to be run, each with its arguments; empty when a name is none or the tool is not known.</summary>
    [JsonIgnore]
    public IReadOnlyList<IReadOnlyList<string>> Commands
    {
        get
        {
            if (!Packages.Concat(Patterns).All(IsName))
                return [];
            string[][] all = Tool switch
            {
                "zypper" =>
                [
                    ["zypper", "--non-interactive", "install", "-t", "pattern", .. Patterns],
                    ["zypper", "--non-interactive", "install", .. Packages],
                ],
                "apt-get" =>
                [
                    ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", .. Packages],
                ],
                "dnf" =>
                [
                    ["dnf", "install", "-y", .. Packages],
                ],
                _ => [],
            };
            return Tool == "zypper" ? [.. all.Where((_, i) => (i == 0 ? Patterns : Packages).Count > 0)] : all;
        }
    }

    private static bool IsName(string name) =>
        name.Length > 0
        && char.IsAsciiLetterOrDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '+' or '_' or '-');
}

/// <summary>The cluster filesystems that can be made.</summary>
public enum ClusterFilesystem
{
    /// <summary>OCFS2.</summary>
    Ocfs2,

    /// <summary>GFS2.</summary>
    Gfs2,
}

/// <summary>Sees that nothing uses a device on which another node is about to make a filesystem, and that it holds exactly what that was
/// planned for.</summary>
/// <param name="For">What is about to be made.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SeeDevice(MakeFilesystem For) : NodeChange;

/// <summary>Makes a cluster filesystem on a device that nothing uses and that holds exactly what it was planned for.</summary>
/// <param name="Device">The block device, absolute.</param>
/// <param name="Size">Its size in bytes, as it was when this was planned.</param>
/// <param name="Blank">Whether it read as zeros then. One that does not is not formatted without <see cref="Force"/>.</param>
/// <param name="Signatures">The types of the filesystems, partition tables and so on that were known on it by their signatures.</param>
/// <param name="Type">The filesystem.</param>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Slots">For how many nodes.</param>
/// <param name="Label">The volume's name.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record MakeFilesystem(
    string Device,
    long Size,
    bool Blank,
    IReadOnlyList<string> Signatures,
    ClusterFilesystem Type,
    string Cluster,
    int Slots,
    string Label
) : NodeChange
{
    /// <summary>The admin gave up what lies on it: it is wiped first.</summary>
    public bool Force { get; init; }

    /// <summary>The program that makes it, with its arguments.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Command
    {
        get
        {
            string slots = Slots.ToString(CultureInfo.InvariantCulture);
            return Type switch
            {
                // mkfs runs before DLM does, so it must be told the stack and the cluster's name.
                ClusterFilesystem.Ocfs2 =>
                [
                    "mkfs.ocfs2",
                    "-q",
                    "-x",
                    "-N",
                    slots,
                    "-L",
                    Label,
                    "--cluster-stack=pcmk",
                    $"--cluster-name={Cluster}",
                    Device,
                ],
                ClusterFilesystem.Gfs2 => ["mkfs.gfs2", "-q", "-O", "-j", slots, "-p", "lock_dlm", "-t", $"{Cluster}:{Label}", Device],
            };
        }
    }
}

/// <summary>Has systemd start units now and at boot.</summary>
/// <param name="Units">Their names.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EnableUnits(IReadOnlyList<string> Units) : NodeChange;

/// <summary>Restarts a virtualization daemon by systemd, unless a guest runs.</summary>
/// <param name="Unit">Its service.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RestartUnit(string Unit) : NodeChange;

/// <summary>
/// Ends a virtualization daemon and starts it again by its own command line in its own environment, unless a guest runs: for a host whose
/// init system is not systemd.
/// </summary>
/// <param name="Name">The program's name.</param>
/// <param name="Pid">Its process.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RestartProcess(string Name, int Pid) : NodeChange;

/// <summary>Has libvirt no longer start a domain at boot.</summary>
/// <param name="Domain">Its name.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DisableAutostart(string Domain) : NodeChange;

/// <summary>Asks a guest to shut down, now and then again, and waits until it has.</summary>
/// <param name="Domain">Its name.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ShutDownGuest(string Domain) : NodeChange;

/// <summary>Sees that a guest is still carried by the same process.</summary>
/// <param name="Domain">Its name.</param>
/// <param name="Process">The process.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SeeGuestProcess(string Domain, ProcessFact Process) : NodeChange;

/// <summary>
/// Creates a domain that has to be refused, because it runs elsewhere under a lock; only where the kernel says that another node holds the
/// lock of each of its disks. What is created all the same is tied to the connection to libvirt, and destroyed at once. The answer is a
/// <see cref="CopyReply"/>.
/// </summary>
/// <param name="Xml">The domain.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TryCopy(string Xml) : NodeChange;

/// <summary>Has the cluster forget what it knows of a resource and look anew, and waits until it has.</summary>
/// <param name="Resource">Its name.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RefreshResource(string Resource) : NodeChange;

/// <summary>Has the cluster forget a resource that is no longer configured, and waits until it has.</summary>
/// <param name="Resource">Its name.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ForgetResource(string Resource) : NodeChange;

/// <summary>Reboots a node, right after the answer.</summary>
/// <param name="Node">Its name: another node refuses.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RebootNode(string Node) : NodeChange;

/// <summary>Resets a node without a shutdown, right after the answer.</summary>
/// <param name="Node">Its name: another node refuses.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CrashNode(string Node) : NodeChange;
