using System.Text;
using HaAgent.Cluster.Configuration;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Nodes;
using HaAgent.Cli.Probe;
using HaAgent.Host;

namespace HaAgent.Cli.Apply;

/// <summary>
/// Puts one change of the configuration into force: as a patch that names the version it was made from, so that the cluster refuses it when
/// somebody else has changed the configuration meanwhile.
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
    public static async Task<bool> ApplyAsync(Cib before, Cib after)
    {
        for (int i = 0; i < Tries; i++)
        {
            Cib current = await ClusterProbe.ReadCibAsync();
            if (after.OnTopOf(before, current) is not { } next)
                return false;
            if (await TryAsync(current, next) is not CommandResult result)
                return true;
            if (result.ExitCode != Outdated)
                throw new Stop(ExitCode.Incomplete, $"The cluster did not take the change of its configuration: {result.Reason}. Look at 'crm_verify -L -V', then run this again.");
        }

        throw new Stop(ExitCode.Incomplete, $"The cluster's state moved on during each of {Tries} tries to change its configuration. Wait until it is quiet (crm_mon), then run this again.");
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
            CommandResult patch = await LocalProgram.RunAsync(Limit, "cibadmin", ["--patch", "--xml-file", Written(work, "patch", difference.Output)]);
            return patch.ExitCode == 0 ? null : patch;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Stop(ExitCode.Incomplete, $"The change of the configuration could not be written to {Path.GetTempPath()}: {e.Message}. Nothing was changed by it. Make room there, then run this again.");
        }
        finally
        {
            work?.Delete(recursive: true);
        }
    }

    private static string Written(DirectoryInfo work, string name, string text)
    {
        string path = Path.Combine(work.FullName, name);
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        file.Write(Encoding.UTF8.GetBytes(text));
        return path;
    }
}
