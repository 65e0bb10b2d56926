using System.Globalization;
using System.Text;
using HaAgent.Core.Node;

namespace HaAgent.Host;

/// <summary>
/// The pid files of root's libvirt, one for each guest by its name. They count only as files of root in a directory of root, and a name out
/// of a process's arguments never makes a path: any user can write any name there.
/// </summary>
/// <param name="directory">Where they are.</param>
internal sealed class LibvirtPidFiles(string directory)
{
    private const string Suffix = ".pid";
    private const int MostBytes = 64;

    /// <summary>Those of this node (libvirt's stateDir).</summary>
    public static LibvirtPidFiles OfNode { get; } = new("/run/libvirt/qemu");

    /// <summary>A process that libvirt filed.</summary>
    /// <param name="Pid">Its id.</param>
    /// <param name="Name">The guest's name.</param>
    /// <param name="Written">When it was filed, UTC.</param>
    public sealed record Entry(int Pid, string Name, DateTime Written)
    {
        /// <summary>Whether the file can be that of a guest.</summary>
        public bool CanBeOf(string guest) => Name == guest || Name == InXml(guest);
    }

    /// <summary>All that are there, and why those could not be read that could not, by the file's name.</summary>
    public sealed record Listing(IReadOnlyList<Entry> Entries, IReadOnlyDictionary<string, string> Unread)
    {
        /// <summary>Why the file of a guest could not be read; null: it could, or there is none.</summary>
        public string? WhyUnread(string guest) => Unread.GetValueOrDefault(guest) ?? Unread.GetValueOrDefault(InXml(guest));
    }

    /// <summary>The process of one guest; absent: libvirt filed none.</summary>
    /// <param name="name">The name that the resource's configuration gives. libvirt has no guest with a slash in it.</param>
    public Fact<int> Pid(string name) =>
        name.Length == 0 || name.Contains('/', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal)
            ? Fact.Absent<int>()
            : RootFile.SeeDirectory(directory).Then(_ => ReadEither(name)).Map(entry => entry.Pid);

    /// <summary>Reads them all.</summary>
    public Fact<Listing> All() => RootFile.SeeDirectory(directory).Then(_ => List());

    /// <summary>libvirt 9 names the file of a guest as its XML has the name: that of "R&amp;D" with "&amp;amp;".</summary>
    private static string InXml(string name) => System.Security.SecurityElement.Escape(name);

    private Fact<Entry> ReadEither(string name)
    {
        Fact<Entry> entry = Read(name);
        return entry.State == FactState.Absent && InXml(name) is var inXml && inXml != name ? Read(inXml) : entry;
    }

    private Fact<Listing> List()
    {
        var entries = new List<Entry>();
        var unread = new Dictionary<string, string>();
        try
        {
            foreach (string path in Directory.EnumerateFiles(directory, "*" + Suffix))
            {
                string name = Path.GetFileName(path)[..^Suffix.Length];
                Fact<Entry> entry = Read(name);
                if (entry.IsKnown(out Entry? known))
                    entries.Add(known);
                else if (entry.IsNotLearned(out string? why))
                    unread[name] = why;
            }
        }
        catch (DirectoryNotFoundException)
        {
            return Fact.Absent<Listing>();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fact.NotLearned<Listing>($"{directory} cannot be read ({e.Message})");
        }

        return Fact.Known(new Listing(entries, unread));
    }

    private Fact<Entry> Read(string name)
    {
        string path = $"{directory}/{name}{Suffix}";
        return RootFile
            .Read(path, MostBytes)
            .Then(file =>
                int.TryParse(
                    Encoding.ASCII.GetString(file.Bytes).TrimEnd('\n'),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out int pid
                )
                && pid > 0
                    ? Fact.Known(new Entry(pid, name, file.Written))
                    : Fact.NotLearned<Entry>($"{path} holds no process id")
            );
    }
}
