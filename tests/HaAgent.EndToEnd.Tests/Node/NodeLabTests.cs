using System.Diagnostics;

namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>The lab itself: what a killed test must not leave behind.</summary>
public sealed class NodeLabTests
{
    [Fact]
    public void Run_KilledWithoutAWord_NothingOfTheNodeIsLeft()
    {
        string directory = Directory.CreateTempSubdirectory("haagent-node.").FullName;
        string holds = $"mkfifo {directory}/hold; '{Repository.NodeLab}/up' alice < {directory}/hold > {directory}/ready & exec 9> {directory}/hold; exec sleep 3600";
        using Process holder = Process.Start(new ProcessStartInfo("bash", ["-c", holds]) { Environment = { ["NODE_DIR"] = directory } })!;
        Until.True(() => File.Exists($"{directory}/ready") && File.ReadAllText($"{directory}/ready").StartsWith("ready", StringComparison.Ordinal), "the node is up");
        Assert.NotEmpty(ProcessesOf(directory));

        holder.Kill();

        Until.True(() => ProcessesOf(directory).Length == 0, "every process of the node ends");
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>Processes that were started with this NODE_DIR: the node's PID 1, its daemons, and whatever they started.</summary>
    private static string[] ProcessesOf(string directory) =>
        [.. Directory.GetDirectories("/proc").Where(process => int.TryParse(Path.GetFileName(process), out _) && Environ(process).Contains($"NODE_DIR={directory}\0", StringComparison.Ordinal) && !IsTheHolder(process))];

    private static bool IsTheHolder(string process) => Text(process + "/cmdline").StartsWith("sleep", StringComparison.Ordinal);

    private static string Environ(string process) => Text(process + "/environ");

    private static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // it ended while we looked
        }
    }
}
