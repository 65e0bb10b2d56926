namespace HaAgent.Tests;

/// <summary>Files of the repository, read where they are written: the build is deterministic, so the compiler does not know where that is.</summary>
internal static class TestFile
{
    /// <summary>The repository's root.</summary>
    public static string Root { get; } = Above(AppContext.BaseDirectory);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string Above(string place)
    {
        string? folder = place;
        while (folder is not null && !File.Exists(Path.Combine(folder, "HaAgent.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException($"no HaAgent.sln above {place}");
    }
}
