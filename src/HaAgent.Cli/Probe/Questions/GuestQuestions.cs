using System.Globalization;
using System.Text;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;
using HaAgent.Core.Guest;

namespace HaAgent.Cli.Probe.Questions;

/// <summary>What a node's libvirt says of guests, and what a node sees of the paths in their XML.</summary>
internal static class GuestQuestions
{
    public static readonly Question CpuModel = new("cpu-model",
        "grep -m1 '^model name' /proc/cpuinfo; grep -m1 -E '^(flags|Features)' /proc/cpuinfo | cut -d: -f2 | tr ' ' '\\n' | sort | tr '\\n' ' '",
        (facts, answer) => facts with { CpuModel = answer.Trim() });

    /// <summary>Every domain that libvirt knows there; the XML of those named, or of all when none is named.</summary>
    public static Question Domains(IReadOnlyList<string>? wanted) => new("domains",
        $$"""
        ask() { timeout 20 virsh -q -c qemu:///system "$@"; }
        names=$(ask list --all --name) || exit
        echo answers
        active=$(ask list --name); auto=$(ask list --all --autostart --name); kept=$(ask list --all --persistent --name)
        has() { printf '%s\n' "$2" | grep -qxF "$1" && echo yes || echo no; }
        wanted={{ShellWord.Quote(wanted is null ? "" : string.Join('\n', wanted))}}
        printf '%s\n' "$names" | while IFS= read -r name; do
          [ -n "$name" ] || continue
          xml=
          if {{(wanted is null ? "true" : "[ $(has \"$name\" \"$wanted\") = yes ]")}}; then xml=$(ask dumpxml --inactive --security-info --domain "$name" | base64 -w0); fi
          printf '%s\t%s\t%s\t%s\t%s\n' "$(printf %s "$name" | base64 -w0)" "$(has "$name" "$active")" "$(has "$name" "$auto")" "$(has "$name" "$kept")" "$xml"
        done
        """,
        ReadDomains);

    /// <summary>What the paths lead to; the shared filesystem they lie on may hang.</summary>
    public static Question Paths(IReadOnlyList<string> paths) => new("paths",
        $$"""
        while IFS= read -r path; do
          [ -n "$path" ] || continue
          kind=$(timeout 5 stat -L -c %F "$path") || continue
          real=$(timeout 5 readlink -f "$path"); size=$(timeout 5 stat -L -c %s "$path"); identity=
          case $kind in
            "block special file")
              device=/sys/class/block/$(basename "$real")
              size=$(blockdev --getsize64 "$path")
              identity=$(cat "$device/device/wwid" "$device/wwid" "$device/dm/uuid" "$device/device/serial" "$device/serial" 2>/dev/null | head -n 1)
              [ ! -e "$device/partition" ] || identity="$(cat "$device/../device/wwid" "$device/../wwid" "$device/../serial" 2>/dev/null | head -n 1) partition $(cat "$device/partition")" ;;
          esac
          printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$path" "$kind" "$real" "$(timeout 5 stat -L -c %m "$path")" "$size" "$identity" \
            "$([ "$kind" = "block special file" ] && find -L /dev/disk -samefile "$real" 2>/dev/null | sort | tr '\n' ' ')"
        done <<'END OF PATHS'
        {{string.Join('\n', paths)}}
        END OF PATHS
        """,
        (facts, answer) => facts with { Paths = ReadPaths(answer) });

    /// <summary>Whether the node's libvirt can run the guests' CPUs.</summary>
    public static Question Cpus(IReadOnlyDictionary<string, DomainXml> guests)
    {
        var script = new StringBuilder("file=$(mktemp); trap 'rm -f \"$file\"' EXIT\n");
        foreach ((string name, DomainXml xml) in guests)
        {
            // A host-passthrough CPU has nothing to compare: the models of the nodes are.
            if (xml.Cpu is null || xml.CpuMode == "host-passthrough")
                continue;
            string options = string.Join(' ', new[] { Option("--virttype", xml.Type), Option("--emulator", xml.Emulator), Option("--arch", xml.Architecture), Option("--machine", xml.Machine) }.OfType<string>());
            script.Append(CultureInfo.InvariantCulture, $$"""
                base64 -d > "$file" <<'END OF CPU'
                {{Convert.ToBase64String(Encoding.UTF8.GetBytes(xml.Cpu))}}
                END OF CPU
                if timeout 20 virsh -q -c qemu:///system hypervisor-cpu-compare "$file" --error {{options}} > /dev/null; then answer=yes
                elif timeout 20 virsh -q -c qemu:///system hypervisor-cpu-compare "$file" {{options}} > /dev/null; then answer=no
                else answer=unknown; fi
                printf '%s\t%s\n' {{ShellWord.Quote(name)}} $answer

                """);
        }

        return new Question("cpus", script.ToString(), (facts, answer) => facts with
        {
            Cpus = answer.Split('\n').Select(line => line.Split('\t')).Where(pair => pair.Length == 2)
                .ToDictionary(pair => pair[0], pair => pair[1] switch { "yes" => true, "no" => (bool?)false, _ => null }),
        });
    }

    private static string? Option(string name, string? value) => value is null ? null : $"{name} {ShellWord.Quote(value)}";

    private static NodeFacts ReadDomains(NodeFacts facts, string answer)
    {
        string[] lines = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var domains = new List<DomainFact>();
        foreach (string line in lines)
        {
            if (line.Split('\t') is [var name, var active, var auto, var kept, var xml])
            {
                domains.Add(new DomainFact(Encoding.UTF8.GetString(Convert.FromBase64String(name)))
                {
                    Active = active == "yes",
                    Autostart = auto == "yes",
                    Persistent = kept == "yes",
                    Xml = xml.Length > 0 ? Encoding.UTF8.GetString(Convert.FromBase64String(xml)) : null,
                });
            }
        }

        return facts with { LibvirtAnswers = lines.Contains("answers"), Domains = domains };
    }

    private static Dictionary<string, PathFact> ReadPaths(string answer)
    {
        var paths = new Dictionary<string, PathFact>();
        foreach (string line in answer.Split('\n'))
        {
            if (line.Split('\t') is not [var path, var kind, var real, var mount, var size, var identity, var names])
                continue;
            paths[path] = new PathFact(kind switch
            {
                "regular file" or "regular empty file" => PathKind.File,
                "directory" => PathKind.Directory,
                "block special file" => PathKind.Block,
                _ => PathKind.Other,
            })
            {
                RealPath = real,
                MountPoint = mount,
                Size = long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) ? bytes : 0,
                Identity = identity.Trim() is { Length: > 0 } known ? known : null,
                StableNames = names.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            };
        }

        return paths;
    }
}
