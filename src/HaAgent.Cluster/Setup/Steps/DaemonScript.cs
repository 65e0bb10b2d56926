using System.Globalization;
using HaAgent.Core.Node;

namespace HaAgent.Cluster.Setup.Steps;

/// <summary>Shell text for the care of libvirt's daemons on a node.</summary>
internal static class DaemonScript
{
    /// <summary>Looked at once more right before the restart: a guest may have been started since the plan was made.</summary>
    public const string NoGuests = """
        for file in /run/libvirt/qemu/*.pid; do
          [ -e "$file" ] || continue
          guest=$(basename "$file" .pid)
          if tr '\0' '\n' < "/proc/$(cat "$file")/cmdline" 2>/dev/null | grep -qF "guest=$guest"; then
            echo "the guest $guest runs here now: nothing was restarted" >&2
            exit 1
          fi
        done
        """;

    /// <summary>Ends a daemon and starts it again by its own command line in its own environment, for a host without an init system that would.</summary>
    public static string Restart(DaemonFact daemon)
    {
        string pid = daemon.Pid.ToString(CultureInfo.InvariantCulture);
        return $$"""
            set -e
            {{NoGuests}}
            [ "$(cat /proc/{{pid}}/comm 2>/dev/null)" = {{daemon.Name}} ] || { echo "process {{pid}} is no longer {{daemon.Name}}" >&2; exit 1; }
            keep=$(mktemp -d)
            cat /proc/{{pid}}/environ /proc/{{pid}}/cmdline > "$keep/how"
            kill -TERM {{pid}}
            for i in $(seq 300); do [ -d /proc/{{pid}} ] || break; sleep 0.1; done
            [ ! -d /proc/{{pid}} ] || { echo "{{daemon.Name}} did not end within 30 s" >&2; exit 1; }
            cd /
            xargs -0 -a "$keep/how" env -i > /dev/null 2>&1
            rm -r "$keep"
            """;
    }
}
