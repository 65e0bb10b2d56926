using HaAgent.Core.Node;

namespace HaAgent.Host.Node;

/// <summary>Installs packages.</summary>
internal static class PackageChange
{
    /// <summary>A package tool that is ended in its work leaves a damaged system: it gets as much time as it takes.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromHours(2);

    /// <summary>Of zypper(8): what was asked for is installed, and a reboot (102) or its own restart (103) is advised.</summary>
    private static readonly int[] ZypperSucceeded = [0, 102, 103];

    /// <summary>Installs.</summary>
    public static NodeReply Make(InstallPackages change)
    {
        if (change.Commands.Count == 0)
            return new RefusedReply($"haagent installs no packages by {change.Tool}, or not of such names: {string.Join(' ', change.Patterns.Concat(change.Packages))}");
        foreach (IReadOnlyList<string> command in change.Commands)
        {
            CommandResult result = Command.Run(Deadline.In(Limit), command[0], [.. command.Skip(1)]);
            bool good = change.Tool == "zypper" ? result.ExitCode is int code && ZypperSucceeded.Contains(code) : result.ExitCode == 0;
            if (!good)
                return new RefusedReply($"{string.Join(' ', command)}: {result.Reason}");
        }

        return new DoneReply();
    }
}
