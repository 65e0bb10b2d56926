using HaAgent.EndToEnd.Tests.Node;

namespace HaAgent.EndToEnd.Tests.Cluster;

/// <summary>The agent that manages VM1 in the lab.</summary>
internal static class AgentUnderTest
{
    public const string Type = "ocf:haagent:VirtualDomain";

    /// <summary>The install tree that the lab lays over every node, made anew in a directory.</summary>
    public static void InstallInto(string directory)
    {
        string provider = Path.Combine(directory, "usr/lib/ocf/resource.d/haagent");
        Directory.CreateDirectory(provider);
        File.Copy(Repository.Agent, Path.Combine(provider, "VirtualDomain"));
    }
}
