using System.Globalization;
using System.Text;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Nodes;
using HaAgent.Cli.Probe;
using HaAgent.Cluster.Configuration;
using HaAgent.Host;

#pragma warning disable CA1416 // haagent runs on Linux alone.

namespace HaAgent.Cli.Apply;

/// <summary>
/// The one way to change the configuration: what it would be is judged by Pacemaker itself, and it is put into force as a patch that names
/// the version it was made from, so that the cluster refuses it when somebody else has changed the configuration meanwhile.
/// </summary>
internal static class CibChange
{
    /// <summary>crm_exit_t: CRM_EX_OLD, the update is older than what is in force.</summary>
    private const int Outdated = 103;

    /// <summary>The status of a busy cluster moves on all the time; each try starts from the newest.</summary>
    private const int Tries = 30;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Applies the change.</summary>
    /// <returns>Whether it was made; false when the configuration is no longer the one it was planned for.</returns>
    /// <exception cref="Stop">It would bring errors, nobody can tell, or the cluster did not take it.</exception>
    public static async Task<bool> ApplyAsync(Cib before, Cib after)
    {
        if ((await ConfigurationCheck.JudgedAsync(before, after)).Refusals is [var refusal, ..])
            throw new Stop(
                ExitCode.Incomplete,
                $"The change of the cluster's configuration was not made: {refusal.Sentence}. What to do: {refusal.WayOut}."
            );
        for (int i = 0; i < Tries; i++)
        {
            Cib current = await ClusterProbe.ReadCibAsync();
            if (after.OnTopOf(before, current) is not { } next)
                return false;
            if (await TryAsync(current, next) is not CommandResult result)
                return true;
            if (result.ExitCode != Outdated)
                throw new Stop(
                    ExitCode.Incomplete,
                    $"The cluster did not take the change of its configuration: {result.Reason}. Look at 'crm_verify -L -V', then run "
                        + "this again."
                );
        }

        throw new Stop(
            ExitCode.Incomplete,
            $"The cluster's state moved on during each of {Tries} tries to change its configuration. Wait until it is quiet (crm_mon), "
                + "then run this again."
        );
    }

    /// <summary>Makes one try.</summary>
    /// <returns>Null: it is made. Else how it ended.</returns>
    private static async Task<CommandResult?> TryAsync(Cib current, Cib next)
    {
        // For root alone: a configuration holds passwords, of fencing devices for one.
        DirectoryInfo? work = null;
        try
        {
            work = Directory.CreateTempSubdirectory("haagent-");
            string before = Written(work, "before", current.ToXml());
            string after = Written(work, "after", next.ToXml());
            CommandResult difference = await LocalProgram.RunAsync(Limit, "crm_diff", ["--cib", "--original", before, "--new", after]);

            // crm_diff(8), as diff(1): 1 says that they differ.
            if (difference.IsCut || difference.ExitCode is not (0 or 1))
                return difference;
            if (difference.Output.Trim().Length == 0)
                return null;
            CommandResult patch = await LocalProgram.RunAsync(
                Limit,
                "cibadmin",
                ["--patch", "--xml-file", Written(work, "patch", difference.Output)]
            );
            return patch.ExitCode == 0 ? null : patch;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Stop(
                ExitCode.Incomplete,
                $"The change of the configuration could not be written to {Path.GetTempPath()}: {e.Message}. Nothing was changed by it. "
                    + "Make room there, then run this again."
            );
        }
        finally
        {
            work?.Delete(recursive: true);
        }
    }

    private static string Written(DirectoryInfo work, string name, string text)
    {
        string path = Path.Combine(work.FullName, name);
        using var file = new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }
        );
        file.Write(Encoding.UTF8.GetBytes(text));
        return path;
    }
}

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
            WholeFile.Write(path, Encoding.UTF8.GetBytes(cib.ConfigurationToXml() + "\n"), WholeFile.OwnerOnly);
            Forget();
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Stop(
                ExitCode.Incomplete,
                $"The cluster's configuration was not changed, because what it was could not be kept in {directory}: {e.Message} "
                    + "Make room there, then run the same command again."
            );
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
