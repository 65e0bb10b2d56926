using System.CommandLine;
using System.Reflection;
using HaAgent.Cli.CommandLine;

namespace HaAgent.Manual;

/// <summary>haagent-manual DIRECTORY: writes every manual page into DIRECTORY/man7 and DIRECTORY/man8.</summary>
internal static class ManualWriter
{
    private static int Main(string[] args)
    {
        if (args is not [var directory])
        {
            Console.Error.WriteLine("usage: haagent-manual DIRECTORY");
            return 2;
        }

        string version = typeof(VerbTable).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        foreach (Page page in Pages(version))
        {
            string path = Path.Combine(directory, $"man{page.Section}", $"{page.Name}.{page.Section}");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, page.ToString());
        }

        return 0;
    }

    /// <summary>The agent's page, the companion's, and one for each of its verbs.</summary>
    /// <param name="version">The version they belong to.</param>
    public static IEnumerable<Page> Pages(string version)
    {
        RootCommand root = VerbTable.Root();
        return [AgentPage.Write(version), CompanionPage.Write(root, version), .. VerbPage.WriteAll(root, version)];
    }
}
