using System.Text;
using HaAgent.Core.Guest;

namespace HaAgent.Host;

/// <summary>
/// Where a resource's <see cref="GuestRecord"/> is kept: in the resource state directory (HA_RSCTMP, else /run/resource-agents), which a
/// reboot empties, and without what a reboot makes untrue in /var/lib/haagent, so that a probe before the shared volume is mounted knows
/// which domain it is about.
/// </summary>
internal sealed class StateDirectory(string resource, string? volatileDirectory, string? persistentDirectory)
{
    private const string Prefix = "haagent-";
    private const string Suffix = ".guest";
    private const int MostBytes = 64 * 1024;

    private readonly string _volatile = volatileDirectory ?? "/run/resource-agents";
    private readonly string _persistent = persistentDirectory is null ? "/var/lib/haagent" : Path.Combine(persistentDirectory, "haagent");

    /// <summary>What a reboot empties.</summary>
    public string VolatileDirectory => _volatile;

    private string FileName => Prefix + resource.Replace('/', '_') + Suffix;

    /// <summary>What is remembered; null: nothing, or nothing whole.</summary>
    public GuestRecord? Load() => Read(Path.Combine(_volatile, FileName)) ?? LoadPersistent();

    /// <summary>What survives a reboot; null: nothing, or nothing whole.</summary>
    public GuestRecord? LoadPersistent() => Read(Path.Combine(_persistent, FileName)) is GuestRecord old ? AcrossReboots(old) : null;

    /// <summary>Writes both, each whole or not at all.</summary>
    /// <exception cref="IOException">The disk is full, or the like.</exception>
    /// <exception cref="UnauthorizedAccessException">Not permitted.</exception>
    public void Save(GuestRecord record)
    {
        GuestRecord? persistent = LoadPersistent();
        Write(_volatile, record);
        if (persistent is null || persistent.Config != record.Config || persistent.Identity != record.Identity)
            SavePersistent(record);
    }

    /// <summary>Writes what survives a reboot.</summary>
    public void SavePersistent(GuestRecord record) => Write(_persistent, AcrossReboots(record));

    private static GuestRecord AcrossReboots(GuestRecord record) =>
        new(record.Config, record.Identity, IsActive: false) { DomainType = record.DomainType, HypervisorUri = record.HypervisorUri };

    /// <summary>
    /// What is remembered here of other resources: seen active and not stopped since, or being started. What is remembered across reboots
    /// proves nothing: its resource may be long gone, and another may have its guest.
    /// </summary>
    public IReadOnlyList<OtherRecord> Others()
    {
        var others = new List<OtherRecord>();
        if (!Directory.Exists(_volatile))
            return others;
        foreach (string path in Directory.EnumerateFiles(_volatile, Prefix + "*" + Suffix))
        {
            if (Path.GetFileName(path) != FileName && Read(path) is GuestRecord record && (record.IsActive || record.Pending is not null))
                others.Add(new OtherRecord(path, Path.GetFileName(path)[Prefix.Length..^Suffix.Length], record));
        }

        return others;
    }

    /// <summary>Makes another resource's record this one's: written under this name, then no longer under the other.</summary>
    /// <exception cref="IOException">The disk is full, or the like; the other is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">Not permitted; the other is still there.</exception>
    public void TakeOver(OtherRecord other, GuestRecord record)
    {
        Save(record);
        File.Delete(other.Path);
    }

    /// <summary>A record that bears another resource's name.</summary>
    public sealed record OtherRecord(string Path, string Resource, GuestRecord Record);

    private static GuestRecord? Read(string path) =>
        RegularFile.Read(path, MostBytes, out _) is FileContent content ? GuestRecord.Parse(content.Text) : null;

    private void Write(string directory, GuestRecord record)
    {
        Directory.CreateDirectory(directory);

        // That a start is pending must be written down whatever becomes of the file's owner and label.
        WholeFile.Write(
            Path.Combine(directory, FileName),
            Encoding.UTF8.GetBytes(record.Format()),
            WholeFile.OwnerOnly,
            mustKeepLook: false
        );
    }
}
