namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>One call of the agent as Pacemaker makes it: the action, and all else in the environment.</summary>
internal sealed record AgentCall(string Action, string Instance)
{
    /// <summary>Parameters of the resource by name, as a cluster administrator writes them.</summary>
    public Dictionary<string, string> Parameters { get; init; } = [];

    /// <summary>The operation's timeout in seconds. As Pacemaker does, the whole process group is killed when it has passed.</summary>
    public int Timeout { get; init; } = 30;

    /// <summary>The interval of a recurring operation in seconds; 0 makes a monitor a probe.</summary>
    public int Interval { get; init; }

    public int CheckLevel { get; init; }

    public Dictionary<string, string> Variables { get; init; } = [];

    /// <summary>Another agent than the one under test, for comparison.</summary>
    public string Agent { get; init; } = Repository.Agent;

    /// <summary>Words before the agent: a program that runs it.</summary>
    public string[] Wrapper { get; init; } = [];

    public AgentResult RunOn(LabNode node)
    {
        long logged = Log(node).Length;
        Finished finished = node.Try([.. Wrapper, Agent, Action], TimeSpan.FromSeconds(Timeout), Environment(node));
        return new AgentResult(this, finished, () => Log(node)[(int)logged..]);
    }

    private static string Log(LabNode node) => node.Read("/var/log/messages");

    private Dictionary<string, string> Environment(LabNode node)
    {
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin",
            ["OCF_ROOT"] = "/usr/lib/ocf",
            ["OCF_RA_VERSION_MAJOR"] = "1",
            ["OCF_RA_VERSION_MINOR"] = "1",
            ["OCF_RESOURCE_INSTANCE"] = Instance,
            ["OCF_RESOURCE_TYPE"] = "VirtualDomain",
            ["OCF_RESOURCE_PROVIDER"] = "haagent",
            ["OCF_EXIT_REASON_PREFIX"] = "ocf-exit-reason:",
            ["OCF_RESKEY_CRM_meta_name"] = Action,
            ["OCF_RESKEY_CRM_meta_on_node"] = node.Name,
            ["OCF_RESKEY_CRM_meta_timeout"] = $"{Timeout * 1000}",
            ["OCF_RESKEY_CRM_meta_interval"] = $"{Interval * 1000}",
            ["HA_RSCTMP"] = "/run/resource-agents",
            ["HA_LOGFACILITY"] = "daemon",
        };
        if (CheckLevel != 0) environment["OCF_CHECK_LEVEL"] = $"{CheckLevel}";
        foreach ((string name, string value) in Parameters) environment["OCF_RESKEY_" + name] = value;
        foreach ((string name, string value) in Variables) environment[name] = value;
        return environment;
    }
}
