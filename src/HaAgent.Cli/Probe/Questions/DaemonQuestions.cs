using System.Globalization;
using HaAgent.Cluster.Facts;

namespace HaAgent.Cli.Probe.Questions;

/// <summary>libvirt's daemons, its units, and the guests it runs: read from /proc, /run and systemd, so that they hold with libvirt away.</summary>
internal static class DaemonQuestions
{
    private static readonly string[] UnitNames =
    [
        "libvirtd.service", "libvirtd.socket", "virtqemud.service", "virtqemud.socket", "virtproxyd.service", "virtproxyd.socket",
        "virtlockd.service", "virtlockd.socket", "virtlogd.service", "virtlogd.socket", "libvirt-guests.service",
        "pacemaker.service", "corosync.service", "sbd.service",
    ];

    // The age comes from the kernel's own clock, to the hundredth of a second.
    public static readonly Question Daemons = new("daemons",
        """
        hz=$(getconf CLK_TCK)
        for process in /proc/[0-9]*; do
          read -r name < $process/comm || continue
          case $name in
            libvirtd | virtqemud | virtlockd | virtlogd | virtproxyd)
              start=$(sed 's/.*) //' $process/stat | cut -d' ' -f20)
              age=$(awk -v up="$up" -v start="$start" -v hz="$hz" 'BEGIN { printf "%.2f", up - start / hz }')
              printf '%s\t%s\t%s\t%s\n' "$name" "${process#/proc/}" "$age" "$(tr '\0' '\t' < $process/cmdline)" ;;
          esac
        done
        """,
        (facts, answer) => facts with { Daemons = [.. answer.Split('\n').Select(ReadDaemon).OfType<DaemonFact>()] });

    // libvirt's own pid file lies among the guests'; a guest's process bears its name.
    public static readonly Question Guests = new("guests",
        """
        for file in /run/libvirt/qemu/*.pid; do
          [ -e "$file" ] || continue
          guest=$(basename "$file" .pid)
          pid=$(cat "$file")
          tr '\0' '\n' < "/proc/$pid/cmdline" | grep -qF "guest=$guest" && printf '%s\t%s\n' "$guest" "$pid"
        done
        """,
        ReadGuests);

    public static readonly Question Units = new("units",
        $"""
        [ -d /run/systemd/system ] || exit
        for unit in {string.Join(' ', UnitNames)}; do
          printf '%s ' "$unit"
          systemctl show -p LoadState -p ActiveState -p UnitFileState -p NeedDaemonReload "$unit" | tr '\n' ' '
          echo
        done
        """,
        ReadUnits);

    private static NodeFacts ReadGuests(NodeFacts facts, string answer)
    {
        var processes = answer.Split('\n').Select(line => line.Split('\t')).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => int.Parse(pair[1], CultureInfo.InvariantCulture));
        return facts with { Guests = [.. processes.Keys], GuestProcesses = processes };
    }

    private static DaemonFact? ReadDaemon(string line) =>
        line.Split('\t', StringSplitOptions.RemoveEmptyEntries) is [var name, var pid, var age, .. var arguments]
            ? new DaemonFact(name, int.Parse(pid, CultureInfo.InvariantCulture), TimeSpan.FromSeconds(double.Parse(age, CultureInfo.InvariantCulture)), arguments)
            : null;

    private static NodeFacts ReadUnits(NodeFacts facts, string answer)
    {
        var units = new Dictionary<string, UnitFact>();
        bool reload = false;
        foreach (string line in answer.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var values = words[1..].Select(word => word.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
            units[words[0]] = new UnitFact(values.GetValueOrDefault("LoadState", "not-found"), values.GetValueOrDefault("ActiveState", "inactive"), values.GetValueOrDefault("UnitFileState", ""));
            reload |= words[0] == "pacemaker.service" && values.GetValueOrDefault("NeedDaemonReload") == "yes";
        }

        return facts with { Units = units, PacemakerNeedsReload = reload };
    }
}
