using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Planning;

namespace HaAgent.Cli.Probe.Questions;

/// <summary>The node's networks, and who may log in where.</summary>
internal static class NetworkQuestions
{
    public static readonly Question Links = new("links",
        """
        for link in /sys/class/net/*; do
          name=$(basename "$link"); kind=plain; master=
          [ -d "$link/bridge" ] && kind=bridge
          [ -e "$link/master" ] && master=$(basename "$(readlink "$link/master")")
          printf '%s\t%s\t%s\t%s\n' "$name" "$kind" "$master" "$(ip -o addr show dev "$name" | awk '{ sub("/.*", "", $4); printf "%s ", $4 }')"
        done
        """,
        (facts, answer) => facts with { Links = [.. answer.Split('\n').Select(ReadLink).OfType<LinkFact>()] });

    // An address may be written as a name.
    public static readonly Question Ring = new("ring",
        """
        for address in $(corosync-cmapctl | sed -n 's/^nodelist\.node\.[0-9]*\.ring[0-9]*_addr (str) = //p'); do
          getent ahosts "$address" | awk '{ print $1 }'
        done | sort -u
        """,
        (facts, answer) => facts with { RingAddresses = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries) });

    /// <summary>Whether root may log in from the node to the others without a password.</summary>
    public static Question Logins(IReadOnlyList<string> nodes) => new("logins",
        $$"""
        self=$(crm_node --name)
        for node in {{string.Join(' ', nodes.Select(ShellWord.Quote))}}; do
          [ "$node" = "$self" ] && continue
          if reason=$(ssh -o BatchMode=yes -o ConnectTimeout=5 -o LogLevel=ERROR -l root "$node" true 2>&1 < /dev/null); then
            printf '%s\tyes\n' "$node"
          else
            printf '%s\tno\t%s\n' "$node" "$(echo "$reason" | tr '\n\t' '  ')"
          fi
        done
        """,
        (facts, answer) => facts with { Logins = ReadLogins(answer) });

    private static LinkFact? ReadLink(string line) => line.Split('\t') is [var name, var kind, var master, var addresses]
        ? new LinkFact(name) { Bridge = kind == "bridge", Master = master.Length > 0 ? master : null, Addresses = addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries) }
        : null;

    private static Dictionary<string, string?> ReadLogins(string answer)
    {
        var logins = new Dictionary<string, string?>();
        foreach (string line in answer.Split('\n'))
        {
            switch (line.Split('\t'))
            {
                case [var node, "yes"]:
                    logins[node] = null;
                    break;
                case [var node, "no", var reason]:
                    logins[node] = reason.Trim();
                    break;
            }
        }

        return logins;
    }
}
