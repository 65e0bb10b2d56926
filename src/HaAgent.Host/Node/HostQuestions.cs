using HaAgent.Core.Node;
using HaAgent.Host.Native;

namespace HaAgent.Host.Node;

/// <summary>What a host is and what is installed on it.</summary>
internal static unsafe class HostQuestions
{
    private const string OsRelease = "/etc/os-release";
    private const string CorosyncConf = "/etc/corosync/corosync.conf";
    private const string AgentDirectory = "/usr/lib/ocf/resource.d";

    private static readonly (PackageTool Tool, string Program, string[] Families)[] Tools =
    [
        (PackageTool.Zypper, "zypper", ["suse", "sles"]),
        (PackageTool.Apt, "apt-get", ["debian", "ubuntu"]),
        (PackageTool.Dnf, "dnf", ["fedora", "rhel"]),
    ];

    /// <summary>What the host is.</summary>
    public static HostAnswer Answer(Deadline deadline) => new()
    {
        Systemd = Fact.Known(DaemonQuestions.HasSystemd),
        Packages = VolumeCall.Learn(() => Packages(File.Exists(OsRelease) ? File.ReadAllText(OsRelease) : "", Has)),
        Programs = VolumeCall.Learn(() => Fact.Known<IReadOnlyList<string>>([.. HostQuestion.Programs.Where(program => program == "qemu" ? HasQemu() : Has(program))])),
        Agents = Fact.Known<IReadOnlyList<string>>([.. HostQuestion.Agents.Where(agent => IsExecutable($"{AgentDirectory}/{agent}"))]),
        ClusterName = VolumeCall.Learn(() => ClusterName(deadline)),
        CpuModel = VolumeCall.Learn(() => Fact.Known(CpuModel(File.ReadAllText("/proc/cpuinfo")))),
    };

    /// <summary>Whether the running kernel has filesystems.</summary>
    public static KernelFilesystemsAnswer Answer(KernelFilesystemsQuestion question, Deadline deadline)
    {
        string[] present = File.ReadAllText("/proc/filesystems").Split((char[])['\n', '\t', ' '], StringSplitOptions.RemoveEmptyEntries);
        return new KernelFilesystemsAnswer(question.Types.Distinct().ToDictionary(type => type, type => present.Contains(type) ? Fact.Known(true) : Module(type, deadline)));
    }

    // A distribution may carry the tool of another one as a package: os-release(5) says which one it is.
    internal static Fact<PackageTool> Packages(string osRelease, Func<string, bool> has)
    {
        IReadOnlyDictionary<string, string> values = KeyValueText.Parse(osRelease);
        string[] words = $"{values.GetValueOrDefault("ID")} {values.GetValueOrDefault("ID_LIKE")}".Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var own = Tools.Where(tool => words.Any(word => tool.Families.Any(family => word.Contains(family, StringComparison.Ordinal)))).Take(1).ToArray();
        foreach ((PackageTool tool, string program, _) in own.Length > 0 ? own : Tools)
        {
            if (has(program))
                return Fact.Known(tool);
        }

        return Fact.Absent<PackageTool>();
    }

    /// <summary>The model's name and the sorted features of the first CPU.</summary>
    internal static string CpuModel(string cpuinfo)
    {
        string? Value(params string[] keys) => cpuinfo.Split('\n').Select(line => line.Split(':', 2))
            .Where(pair => pair.Length == 2 && keys.Contains(pair[0].Trim())).Select(pair => pair[1].Trim()).FirstOrDefault();
        string[] features = Value("flags", "Features")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return $"{Value("model name", "CPU part", "cpu")}\n{string.Join(' ', features.Order(StringComparer.Ordinal))}";
    }

    /// <summary>The cluster_name of a corosync.conf(5).</summary>
    internal static Fact<string> ConfiguredName(string corosyncConf) => corosyncConf.Split('\n').Select(line => line.Split(':', 2))
        .Where(pair => pair.Length == 2 && pair[0].Trim() == "cluster_name" && pair[1].Trim().Length > 0)
        .Select(pair => Fact.Known(pair[1].Trim())).FirstOrDefault() ?? Fact.Absent<string>();

    private static Fact<string> ClusterName(Deadline deadline)
    {
        // "totem.cluster_name (str) = hacluster"; a corosync that does not run says nothing.
        CommandResult result = Command.Run(deadline.OrIn(TimeSpan.FromSeconds(10)), "corosync-cmapctl", ["-g", "totem.cluster_name"]);
        return result.Succeeded && result.Output.Split(" = ", 2) is [_, var name] && name.Trim().Length > 0
            ? Fact.Known(name.Trim())
            : ConfiguredName(File.ReadAllText(CorosyncConf));
    }

    private static Fact<bool> Module(string type, Deadline deadline)
    {
        // modprobe(8) loads nothing on a dry run, and ends with 1 when there is no such module.
        CommandResult result = Command.Run(deadline.OrIn(TimeSpan.FromSeconds(10)), "modprobe", ["--dry-run", "--quiet", type]);
        return result.ExitCode switch
        {
            0 => Fact.Known(true),
            1 => Fact.Known(false),
            _ => Fact.NotLearned<bool>($"modprobe: {result.Words}"),
        };
    }

    // Red Hat keeps its QEMU outside of the search path.
    private static bool HasQemu() => IsExecutable("/usr/libexec/qemu-kvm") || IsExecutable("/usr/bin/qemu-kvm")
        || Directory.EnumerateFiles("/usr/bin", "qemu-system-*").Any(IsExecutable);

    private static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Any(directory => IsExecutable($"{directory}/{program}"));

    private static bool IsExecutable(string path) => File.Exists(path) && Posix.MayExecute(path);
}
