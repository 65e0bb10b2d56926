namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>Where the tests find what they run.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The agent under test: the published native file, or what HAAGENT_AGENT names.</summary>
    public static string Agent { get; } = FindAgent();

    public static string BashAgent => "/usr/lib/ocf/resource.d/heartbeat/VirtualDomain";

    public static string NodeLab => Path.Combine(Root, "tests/lab/node");

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "HaAgent.sln"))) directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException($"no HaAgent.sln above {AppContext.BaseDirectory}");
    }

    private static string FindAgent()
    {
        string path = Environment.GetEnvironmentVariable("HAAGENT_AGENT") ?? Path.Combine(Root, "out/agent/VirtualDomain");
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is missing; run: make build");
    }
}
