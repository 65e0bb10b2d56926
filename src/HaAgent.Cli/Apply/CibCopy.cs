#pragma warning disable CA1416 // haagent runs on Linux alone.
using System.Globalization;
using HaAgent.Cluster.Configuration;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Probe;

namespace HaAgent.Cli.Apply;

/// <summary>
/// Keeps the cluster's configuration as it was beside, before it is changed: what an admin needs who wants back what haagent, or a mistake
/// in haagent, took. It holds secrets such as the passwords of fencing devices, so root alone may read it.
/// </summary>
/// <param name="directory">Where the copies lie.</param>
/// <param name="verb">The verb that changes it, for the file's name.</param>
/// <param name="now">The local time.</param>
internal sealed class CibCopy(string directory, string verb, Func<DateTime> now)
{
    /// <summary>Where copies are kept on the node on which haagent runs.</summary>
    public const string Directory = "/var/lib/haagent";

    private const string Prefix = "cib-before-";

    /// <summary>As many copies are kept; the oldest go.</summary>
    private const int Most = 50;

    /// <summary>Changes the configuration, and keeps a copy of what it was.</summary>
    /// <returns>The copy; null when the configuration is no longer the one the change was planned for, and nothing was made.</returns>
    /// <exception cref="Stop">The copy could not be written, or the cluster did not take the change.</exception>
    public async Task<string?> ChangeAsync(Cib before, Cib after)
    {
        string copy = Keep(await ClusterProbe.ReadCibAsync());
        if (await CibChange.ApplyAsync(before, after))
            return copy;
        File.Delete(copy);
        return null;
    }

    /// <summary>Writes a copy; it is there as a whole, and on the disk, or not at all.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="Stop">It could not be written.</exception>
    public string Keep(Cib cib)
    {
        try
        {
            System.IO.Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            string name = $"{Prefix}{now().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}-{verb}";
            string path = Path.Combine(directory, $"{name}.xml");
            for (int i = 2; File.Exists(path); i++)
                path = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{name}-{i}.xml"));
            string unfinished = path + ".unfinished";
            File.Delete(unfinished);
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            using (var stream = new FileStream(unfinished, options))
            {
                stream.Write(System.Text.Encoding.UTF8.GetBytes(cib.ConfigurationToXml() + "\n"));
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path);
            Forget();
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Stop(ExitCode.Incomplete,
                $"The cluster's configuration was not changed, because what it was could not be kept in {directory}: {e.Message} "
                + "Make room there, then run the same command again.");
        }
    }

    private void Forget()
    {
        // The names sort by time.
        string[] copies = [.. System.IO.Directory.EnumerateFiles(directory, Prefix + "*.xml").Order(StringComparer.Ordinal)];
        foreach (string old in copies.SkipLast(Most))
            File.Delete(old);
    }
}
