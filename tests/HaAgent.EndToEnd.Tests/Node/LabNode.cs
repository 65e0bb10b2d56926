namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>One node: namespaces of its own with a real virtlockd and a real libvirtd (tests/lab/node).</summary>
/// <param name="Pid">PID 1 of the node, as this process sees it.</param>
/// <param name="Directory">A directory that the node and this process see under the same path.</param>
internal sealed record LabNode(string Name, int Pid, string Directory)
{
    private static readonly TimeSpan CommandLimit = TimeSpan.FromMinutes(1);

    /// <summary>How this process reaches a path of the node.</summary>
    public string PathOf(string path) => $"/proc/{Pid}/root{path}";

    public string Read(string path) => File.ReadAllText(PathOf(path));

    public void Write(string path, string text) => File.WriteAllText(PathOf(path), text);

    public bool Exists(string path) => Path.Exists(PathOf(path));

    public Finished Try(params string[] words) => Try(words, CommandLimit);

    public Finished Try(string[] words, TimeSpan limit, IReadOnlyDictionary<string, string>? environment = null) =>
        Command.Run(["nsenter", "-t", $"{Pid}", "-m", "-p", "-n", "-i", "-u", .. words], limit, environment);

    /// <summary>Runs something that has to work, and returns its output.</summary>
    public string Run(params string[] words)
    {
        Finished finished = Try(words);
        return finished.ExitCode == 0 ? finished.Output : throw new InvalidOperationException($"{finished.Line} on {Name}: {finished.ExitCode}\n{finished.Output}{finished.Error}");
    }

    public string Virsh(params string[] words) => Run(["virsh", "-q", "-c", "qemu:///system", .. words]).Trim();

    /// <summary>start, stop, kill, freeze or thaw one of the daemons; returns when it is true.</summary>
    public void Daemon(string verb, string name) => Run(Path.Combine(Repository.NodeLab, "daemon"), verb, name);

    public void UnmountShared() => Run("umount", "-l", "/mnt/shared");

    /// <summary>Mounts a file system over a directory that takes every request and never answers, until the next <see cref="Restore"/> or <see cref="Thaw"/>.</summary>
    public int Freeze(string directory) => int.Parse(Run(Path.Combine(Directory, "frozen"), directory), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Mounts over a file one whose content never comes.</summary>
    public int FreezeFile(string file) => int.Parse(Run(Path.Combine(Directory, "frozen"), "-f", file), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A file system that stands still fails from now on: whoever waits for it or asks it gets an error at once.</summary>
    public void Break(int frozen) => Run("sh", "-c", $"kill -KILL {frozen}; while [ -e /proc/{frozen} ]; do sleep 0.01; done");

    /// <summary>Ends a file system that stands still; whoever waits for it gets an error.</summary>
    public void Thaw(int frozen, string path)
    {
        Break(frozen);
        Run("umount", "-l", path);
    }

    public void MountShared() => Run("mount", "--bind", "/run/shared", "/mnt/shared");

    /// <summary>Lets root in by ssh from the nodes that were started together with this one.</summary>
    public void ServeSsh() => Run(Path.Combine(Repository.NodeLab, "ssh-server"), Directory);

    /// <summary>Back to a node on which anything can be started; what the last test left is gone.</summary>
    public void Restore() => Run(Path.Combine(Repository.NodeLab, "restore"));
}
