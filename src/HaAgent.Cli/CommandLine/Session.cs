using HaAgent.Cli.Screens;
using HaAgent.Host.Node;

namespace HaAgent.Cli.CommandLine;

/// <summary>What every verb works with.</summary>
internal sealed class Session(IScreen screen, CancellationToken stopping)
{
    public IScreen Screen { get; } = screen;

    /// <summary>haagent on this node and the others.</summary>
    public NodeClient Nodes { get; } = new();

    /// <summary>Set by Ctrl-C and SIGTERM: the change under way is finished, the next is not begun.</summary>
    public CancellationToken Stopping { get; } = stopping;

    /// <summary>The same, with everything it says on standard error: standard output is for the answer alone.</summary>
    public Session Aside() => new(new PlainScreen(Console.Error, Console.Error, Console.IsInputRedirected ? null : Console.In), Stopping);

    /// <summary>Runs a verb as root and turns a <see cref="Stop"/> into its status.</summary>
    public static async Task<int> RunAsync(Func<Session, Task<ExitCode>> verb, CancellationToken stopping)
    {
        IScreen screen = Screens.Screen.Open();
        if (!Environment.IsPrivilegedProcess)
        {
            screen.Problem(
                "haagent asks the cluster and the other nodes as root, and you are not root. Run it with sudo, or log in as root."
            );
            return (int)ExitCode.Refused;
        }

        try
        {
            return (int)await verb(new Session(screen, stopping));
        }
        catch (Stop stop)
        {
            screen.Problem(stop.Message);
            return (int)stop.Code;
        }
    }
}
