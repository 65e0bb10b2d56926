using HaAgent.Cluster.Configuration;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Nodes;
using HaAgent.Cli.Probe;

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
            ShellResult result = await NodeShell.RunHereAsync(Script(current, next), Limit);
            if (result.Succeeded)
                return true;
            if (result.Unreachable is not null || result.Status != Outdated)
                throw new Stop(ExitCode.Incomplete, $"The cluster did not take the change of its configuration: {result.Reason}. Look at 'crm_verify -L -V', then run this again.");
        }

        throw new Stop(ExitCode.Incomplete, $"The cluster's state moved on during each of {Tries} tries to change its configuration. Wait until it is quiet (crm_mon), then run this again.");
    }

    private static string Script(Cib current, Cib next) => $$"""
        set -e
        umask 077
        work=$(mktemp -d)
        trap 'rm -rf "$work"' EXIT
        cat > "$work/before" <<'END OF CIB'
        {{current.ToXml()}}
        END OF CIB
        cat > "$work/after" <<'END OF CIB'
        {{next.ToXml()}}
        END OF CIB
        status=0
        crm_diff --cib --original "$work/before" --new "$work/after" > "$work/patch" || status=$?
        [ $status -le 1 ] || exit $status
        cibadmin --patch --xml-file "$work/patch"
        """;
}
