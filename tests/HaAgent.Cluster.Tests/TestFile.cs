namespace HaAgent.Cluster.Tests;

/// <summary>Files of this project, read where they are written: the build is deterministic, so the compiler does not know where that is.</summary>
internal static class TestFile
{
    public static string Root
    {
        get
        {
            string? folder = AppContext.BaseDirectory;
            while (folder is not null && !File.Exists(Path.Combine(folder, "HaAgent.sln")))
                folder = Path.GetDirectoryName(folder);
            return Path.Combine(folder ?? throw new DirectoryNotFoundException("no HaAgent.sln above the test's binary"), "tests/HaAgent.Cluster.Tests");
        }
    }

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));
}
