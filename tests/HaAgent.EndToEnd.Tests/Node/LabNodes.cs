using System.Diagnostics;

namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>Nodes started together by tests/lab/node/up. They end with this object, or with this process, however it ends.</summary>
internal sealed class LabNodes : IDisposable
{
    private readonly Process _up;
    private readonly string _directory;

    public LabNodes(IReadOnlyDictionary<string, string> settings, params string[] names)
    {
        _directory = Directory.CreateTempSubdirectory("haagent-node.").FullName;
        var start = new ProcessStartInfo(Path.Combine(Repository.NodeLab, "up"), names)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NODE_DIR"] = _directory;
        foreach ((string name, string value) in settings) start.Environment[name] = value;
        _up = Process.Start(start)!;
        All = [.. names.Select(_ => ReadNode())];
    }

    public IReadOnlyList<LabNode> All { get; }

    private LabNode ReadNode()
    {
        string[]? ready = _up.StandardOutput.ReadLine()?.Split(' ');
        return ready is ["ready", var name, var pid]
            ? new LabNode(name, int.Parse(pid), _directory)
            : throw new InvalidOperationException("no node: " + _up.StandardError.ReadToEnd());
    }

    public void Dispose()
    {
        _up.StandardInput.Close();
        _up.WaitForExit();
        _up.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}

/// <summary>One node for all tests of a class.</summary>
public sealed class OneNode : IDisposable
{
    private readonly LabNodes _nodes = new(new Dictionary<string, string>(), "alice");

    internal LabNode Node => _nodes.All[0];

    public void Dispose() => _nodes.Dispose();
}

/// <summary>Two nodes with one shared directory and a cable between them: migration and lock conflicts without a cluster around them.</summary>
public sealed class TwoNodes : IDisposable
{
    private readonly LabNodes _nodes = new(new Dictionary<string, string>(), "alice", "bob");

    internal LabNode Alice => _nodes.All[0];

    internal LabNode Bob => _nodes.All[1];

    public void Dispose() => _nodes.Dispose();
}

/// <summary>A node whose libvirt is configured without a lock manager.</summary>
public sealed class UnlockedNode : IDisposable
{
    private readonly LabNodes _nodes = new(new Dictionary<string, string> { ["NODE_LOCK"] = "none" }, "alice");

    internal LabNode Node => _nodes.All[0];

    public void Dispose() => _nodes.Dispose();
}

/// <summary>Two nodes of which bob's libvirt has no lock manager.</summary>
public sealed class UnprotectedTarget : IDisposable
{
    private readonly LabNodes _nodes = new(new Dictionary<string, string> { ["NODE_LOCK_bob"] = "none" }, "alice", "bob");

    internal LabNode Alice => _nodes.All[0];

    internal LabNode Bob => _nodes.All[1];

    public void Dispose() => _nodes.Dispose();
}
