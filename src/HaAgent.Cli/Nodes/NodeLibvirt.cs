namespace HaAgent.Cli.Nodes;

/// <summary>The QEMU driver of a node's libvirt: here directly, elsewhere over SSH as ssh_config has it, without a password.</summary>
internal static class NodeLibvirt
{
    /// <summary>How it is reached.</summary>
    public static string Uri(string node, string? self) => node == self ? "qemu:///system" : $"qemu+ssh://{node}/system?no_tty=1";
}
