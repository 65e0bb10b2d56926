using HaAgent.EndToEnd.Tests.Cluster;
using HaAgent.EndToEnd.Tests.Node;

namespace HaAgent.EndToEnd.Tests.Haagent;

/// <summary>alice and bob with Pacemaker and fencing and nothing else, and haagent installed: what an admin has before the guide's chapter begins.</summary>
public class BareCluster : IDisposable
{
    internal const string Alice = "alice";
    internal const string Bob = "bob";

    /// <summary>A directory that both nodes share and have mounted: what NFS is elsewhere.</summary>
    internal const string Shared = "/srv/shared";

    /// <summary>Leaves no room in /etc/libvirt of a node; <see cref="EmptyEtcLibvirt"/> undoes it, and what was written there meanwhile is lost.</summary>
    internal const string FillEtcLibvirt = """
        set -e
        mkdir /run/full
        mount -t tmpfs -o size=1m full /run/full
        cp -a /etc/libvirt/. /run/full/
        dd if=/dev/zero of=/run/full/ballast bs=4k count=256 status=none 2> /dev/null || true
        mount --bind /run/full /etc/libvirt
        """;

    internal const string EmptyEtcLibvirt = "umount /etc/libvirt; umount /run/full; rmdir /run/full";

    public BareCluster()
        : this([])
    {
    }

    /// <param name="options">More options of `lab up`.</param>
    private protected BareCluster(params string[] options)
    {
        DirectoryInfo tree = Directory.CreateTempSubdirectory("haagent-tree.");
        try
        {
            Install(Repository.Agent, Path.Combine(tree.FullName, "usr/lib/ocf/resource.d/haagent/VirtualDomain"));
            Install(Published, Path.Combine(tree.FullName, "usr/sbin/haagent"));
            Lab = new Lab(["--with", tree.FullName, .. options]);
        }
        finally
        {
            tree.Delete(recursive: true);
        }
    }

    internal Lab Lab { get; }

    /// <summary>Runs haagent on alice.</summary>
    internal Finished Haagent(params string[] words) => Lab.Try(["exec", Alice, "haagent", .. words]);

    /// <summary>Runs haagent on alice, which has to succeed; gives what it printed.</summary>
    internal string Done(params string[] words)
    {
        Finished finished = Haagent(words);
        Assert.True(finished.ExitCode == 0, $"{finished.Line}: exit status {finished.ExitCode}\n{finished.Output}{finished.Error}");
        return finished.Output;
    }

    /// <summary>Runs haagent on alice and kills it as soon as it says that it begins a change of one of those titles. False when it came to its end, and all was well.</summary>
    internal bool KilledAt(IEnumerable<string> titles, params string[] words)
    {
        const string script = """
            titles=$1; shift
            begins() { for title in $titles; do case $1 in *"] $title"*) return 0;; esac; done; return 1; }
            rm -f /tmp/said /tmp/haagent.out; mkfifo /tmp/said
            haagent "$@" > /tmp/said 2>&1 &
            pid=$!
            set -f
            IFS='
            '
            while read -r line; do
              if begins "$line"; then kill -9 $pid; echo killed; exit 0; fi
              echo "$line" >> /tmp/haagent.out
            done < /tmp/said
            cat /tmp/haagent.out
            wait $pid
            """;
        string end = Lab.Run(["exec", Alice, "sh", "-c", script, "sh", string.Join('\n', titles), .. words]);
        return end == "killed";
    }

    /// <summary>
    /// Runs haagent on a terminal of alice's, with an admin who answers. Between the question and the yes somebody else does something; what is
    /// asked after that is answered with no. Gives the exit status and what the terminal showed.
    /// </summary>
    internal string AnswersLate(string words, string meanwhile, string question = "Go ahead") => Script(Alice, $$"""
        cd /tmp && rm -f in out && mkfifo in
        TERM=xterm script -qfec 'haagent {{words}}' /dev/null < in > out 2>&1 &
        terminal=$!
        exec 3> in
        asked() { [ "$(tr -d '\033' < out | grep -o '{{question}}' | wc -l)" -ge "$1" ]; }
        for i in $(seq 600); do asked 1 && break; sleep 0.1; done
        {{meanwhile}} 2> /dev/null
        echo y >&3
        for i in $(seq 600); do asked 2 && break; kill -0 $terminal || break; sleep 0.1; done
        echo n >&3
        exec 3>&-
        wait $terminal; echo "status $?"
        cat out
        """);

    /// <summary>A script on a node that has to succeed.</summary>
    internal string Script(string node, string script) => Lab.On(node, "sh", "-c", script);

    /// <summary>The cluster's configuration as an admin reads it.</summary>
    internal string Configuration() => Script(Alice, "crm configure show");

    /// <summary>Everything that haagent may change on a node.</summary>
    internal string NodeState(string node) => Script(node, """
        for file in /etc/libvirt/qemu.conf /etc/libvirt/qemu-lockd.conf /etc/libvirt/*.before-haagent /etc/libvirt/*haagent-new /etc/systemd/system/pacemaker.service.d/*; do
          [ -f "$file" ] && { stat -c '%n %a %U' "$file"; sha256sum < "$file"; }
        done
        ls -A /mnt/shared
        for name in virtlockd libvirtd; do cat /proc/$(cat /run/$name.pid)/comm; done
        true
        """);

    /// <summary>The whole state: the configuration, without the time of the last refresh that it notes, and both nodes.</summary>
    internal string State() => string.Join('\n', Script(Alice, "cibadmin --query --scope configuration | grep -v last-lrm-refresh"), NodeState(Alice), NodeState(Bob));

    /// <summary>Defines a guest of the lab in a node's libvirt. Its kernel must be where its XML says, on the volume that setup made.</summary>
    internal void Define(string guest, string node)
    {
        Script(Alice, "[ -e /srv/shared/haagent/boot ] || cp -r /srv/shared/boot /srv/shared/haagent/boot");
        string xml = Lab.Run("guest-xml", guest);
        string text = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(xml));
        Script(node, $"echo {text} | base64 -d > /root/{guest}.xml && virsh -q define /root/{guest}.xml");
    }

    public void Dispose()
    {
        Lab.Dispose();
        GC.SuppressFinalize(this);
    }

    private static string Published
    {
        get
        {
            string path = Environment.GetEnvironmentVariable("HAAGENT_HAAGENT") ?? Path.Combine(Repository.Root, "out/haagent/haagent");
            return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is missing; run: make build");
        }
    }

    private static void Install(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to);
    }
}
