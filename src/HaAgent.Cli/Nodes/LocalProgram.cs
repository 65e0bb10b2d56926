using HaAgent.Host;

namespace HaAgent.Cli.Nodes;

/// <summary>Runs the cluster's own programs on this node, each by its arguments.</summary>
internal static class LocalProgram
{
    /// <summary>Runs one, in a session of its own: Ctrl-C on our terminal is for us alone.</summary>
    /// <param name="limit">The longest time.</param>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">What it reads on standard input.</param>
    public static Task<CommandResult> RunAsync(
        TimeSpan limit,
        string program,
        IReadOnlyList<string> arguments,
        ReadOnlyMemory<byte> input = default
    ) => Task.Run(() => Command.Run(Deadline.In(limit), program, arguments, input));
}

/// <summary>The QEMU driver of a node's libvirt: here directly, elsewhere over SSH as ssh_config has it, without a password.</summary>
internal static class NodeLibvirt
{
    /// <summary>How it is reached.</summary>
    public static string Uri(string node, string? self) => node == self ? "qemu:///system" : $"qemu+ssh://{node}/system?no_tty=1";
}
