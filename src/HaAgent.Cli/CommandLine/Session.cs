using HaAgent.Cli.Screens;
using HaAgent.Host.Node;

namespace HaAgent.Cli.CommandLine;

/// <summary>What every verb works with.</summary>
internal sealed class Session(IScreen screen, CancellationToken stopping)
{
    private static readonly TimeSpan TimeForRest = TimeSpan.FromMilliseconds(500);

    public IScreen Screen { get; } = screen;

    /// <summary>haagent on this node and the others.</summary>
    public NodeClient Nodes { get; } = new() { Stopping = stopping };

    /// <summary>Set by Ctrl-C and SIGTERM: the change under way is finished, the next is not begun.</summary>
    public CancellationToken Stopping { get; } = stopping;

    /// <summary>The same, with everything it says on standard error: standard output is for the answer alone.</summary>
    public Session Aside() => new(new PlainScreen(Console.Error, Console.Error, Console.IsInputRedirected ? null : Console.In), Stopping);

    /// <summary>Does something that changes nothing, with a sign of life. Ctrl-C ends it at once.</summary>
    /// <exception cref="Stop">Interrupted.</exception>
    public async Task<T> LookAsync<T>(string what, Func<Task<T>> work)
    {
        Task<T> looking = Screen.Busy(what, work);
        try
        {
            return await looking.WaitAsync(Stopping);
        }
        catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
        {
            // It ends the processes by which it asks.
            await Task.WhenAny(looking, Task.Delay(TimeForRest, CancellationToken.None));
            throw new Stop(ExitCode.Interrupted, $"Interrupted while {what}.");
        }
    }

    /// <summary>Asks for a yes. Ctrl-C is no.</summary>
    /// <exception cref="Stop">There is nobody to ask, or the answer is Ctrl-C.</exception>
    public async Task<bool> ConfirmAsync(string question) =>
        await HearAsync(() => Screen.Confirm(question))
        ?? throw new Stop(ExitCode.Declined, "There is nobody to ask, so nothing more is done. Add --yes to go ahead without a question.");

    /// <summary>Asks for a word to be typed.</summary>
    /// <returns>Null when there is nobody to ask.</returns>
    /// <exception cref="Stop">The answer is Ctrl-C.</exception>
    public Task<string?> AskAsync(string question) => HearAsync(() => Screen.Ask(question));

    private async Task<T> HearAsync<T>(Func<T> ask)
    {
        try
        {
            // It waits for a line and hears nothing else meanwhile.
            return await Task.Run(ask).WaitAsync(Stopping);
        }
        catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
        {
            throw new Stop(ExitCode.Interrupted, "Interrupted; nothing more was changed.");
        }
    }

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
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            screen.Problem("Interrupted.");
            return (int)ExitCode.Interrupted;
        }
    }
}
