using HaAgent.Cluster.Status;

namespace HaAgent.Cli.Probe.Questions;

/// <summary>What a node does for its guests at this moment.</summary>
internal static class WatchQuestions
{
    // The kernel tells of each open file what locks it bears (proc(5), fdinfo). The shared filesystem, which may hang, is not touched.
    public static readonly Question Leases = new("leases",
        """
        for process in /proc/[0-9]*; do
          read -r name < $process/comm || continue
          [ "$name" = virtlockd ] || continue
          for info in $process/fdinfo/*; do
            grep -q '^lock:.*POSIX' "$info" && readlink "$process/fd/${info##*/}"
          done
        done
        """,
        (facts, answer) => facts with { Leases = Lines(answer) });

    // Only the end of each log: it is the last migration that is asked for.
    public static readonly Question MigrationLines = new("migration-lines",
        $$"""
        {
          for log in /var/log/messages /var/log/syslog /var/log/pacemaker/pacemaker.log; do
            [ -f $log ] && tail -c 8000000 $log | grep -F '{{MigrationLine.Mark}}'
          done
          [ -d /run/systemd/journal ] && timeout 5 journalctl --quiet --no-pager --output=short-iso --since=-30d --grep='{{MigrationLine.Mark}}'
        } | tail -n 200
        """,
        (facts, answer) => facts with { MigrationLines = Lines(answer) });

    public static readonly Question Neighbours = new("neighbours",
        "ip -4 -o neigh show | sed -n 's/^\\([0-9.]*\\) .*lladdr \\([0-9a-fA-F:]*\\) .*/\\2 \\1/p'",
        (facts, answer) => facts with
        {
            Neighbours = Lines(answer).Select(line => line.Split(' ')).Where(pair => pair.Length == 2)
                .DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0].ToLowerInvariant(), pair => pair[1]),
        });

    private static string[] Lines(string answer) => answer.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
