using HaAgent.Cluster.Facts;

namespace HaAgent.Cli.Probe.Questions;

/// <summary>Storage-based fencing and its watchdog.</summary>
internal static class FencingQuestions
{
    public static readonly Question Sbd = new("sbd",
        """
        for file in /etc/sysconfig/sbd /etc/default/sbd; do
          [ -f "$file" ] || continue
          echo configured
          for device in $(. "$file" > /dev/null; echo "${SBD_DEVICE:-}" | tr ';' ' '); do echo "device $device $(readlink -f "$device")"; done
          watchdog=$(. "$file" > /dev/null; echo "${SBD_WATCHDOG_DEV:-/dev/watchdog}")
          [ -c "$watchdog" ] && echo watchdog
          break
        done
        for process in /proc/[0-9]*; do read -r name < $process/comm && [ "$name" = sbd ] && { echo running; break; }; done
        """,
        (facts, answer) => facts with { Sbd = Read(answer) });

    private static SbdFact? Read(string answer)
    {
        string[] lines = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        // The file comes with the package; what counts is that a device is named or the daemon runs.
        var devices = lines.Select(line => line.Split(' ')).Where(words => words is ["device", _, _]).ToDictionary(words => words[1], words => words[2]);
        bool running = lines.Contains("running");
        return devices.Count > 0 || running ? new SbdFact(devices) { Running = running, Watchdog = lines.Contains("watchdog") } : null;
    }
}
