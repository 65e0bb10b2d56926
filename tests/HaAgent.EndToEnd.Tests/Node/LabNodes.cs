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
