using System.Diagnostics;
using System.Globalization;
using System.Text;
using HaAgent.Cluster.Planning;

namespace HaAgent.Cli.Nodes;

/// <summary>
/// Runs POSIX shell text on a node: this one directly, the others over SSH as root, without a password and within a bounded time.
/// </summary>
internal sealed class NodeShell
{
    private const int SshFailed = 255;

    // The script travels on standard input, is read whole before its first command runs, and ends with a mark: if the connection breaks
    // while it travels, nothing runs. It is not hurt when the other end goes away while it runs.
    private const string EndMark = "# the end of what haagent sent";
    private const string Receive = $"s=$(cat); case \"$s\" in *'{EndMark}') eval \"$s\";; *) echo 'the script did not arrive whole' >&2; exit 125;; esac";
    private const string Prelude = "export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\ntrap '' HUP PIPE\n";

    private static readonly string[] SshOptions =
    [
        "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3", "-o", "LogLevel=ERROR", "-T", "-l", "root",
    ];

    /// <summary>The name of this node; null until the cluster has said it.</summary>
    public string? Self { get; set; }

    /// <summary>Runs a script on a node.</summary>
    /// <param name="node">The node's name in the cluster.</param>
    /// <param name="script">POSIX shell text.</param>
    /// <param name="limit">After that the script is left to itself and the answer is that the node is unreachable.</param>
    public Task<ShellResult> RunAsync(string node, string script, TimeSpan limit) => node == Self ? RunHereAsync(script, limit) : RunThereAsync(node, script, limit);

    /// <summary>Runs a script on this node.</summary>
    public static Task<ShellResult> RunHereAsync(string script, TimeSpan limit) =>
        // In a session of its own: Ctrl-C on our terminal must not cut a change in half.
        StartAsync("setsid", ["--wait", "sh", "-c", Receive], script, limit, "this node");

    private static async Task<ShellResult> RunThereAsync(string node, string script, TimeSpan limit)
    {
        string[] arguments = ["--wait", "ssh", .. SshOptions, node, "sh -c " + ShellWord.Quote(Receive)];
        ShellResult result = await StartAsync("setsid", arguments, script, limit, node);
        return result is { Unreachable: null, Status: SshFailed }
            ? result with { Unreachable = result.Reason }
            : result;
    }

    private static async Task<ShellResult> StartAsync(string program, string[] arguments, string script, TimeSpan limit, string where)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true },
        };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return new ShellResult(127, "", $"{program}: {e.Message}");
        }

        var output = new StringBuilder();
        var errors = new StringBuilder();
        Task reading = Task.WhenAll(CopyAsync(process.StandardOutput, output), CopyAsync(process.StandardError, errors));
        using var clock = new CancellationTokenSource(limit);
        try
        {
            await SendAsync(process, Prelude + script + "\n" + EndMark);
            await process.WaitForExitAsync(clock.Token);

            // Something left behind in the background may keep the pipes open; what it says later is not part of the answer.
            await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(2), CancellationToken.None));
            return new ShellResult(process.ExitCode, Take(output), Take(errors));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return new ShellResult(-1, Take(output), Take(errors))
            {
                Unreachable = string.Create(CultureInfo.InvariantCulture, $"{where} did not answer within {limit.TotalSeconds:0} s"),
            };
        }
    }

    private static async Task CopyAsync(StreamReader from, StringBuilder to)
    {
        var buffer = new char[8192];
        int count;
        while ((count = await from.ReadAsync(buffer)) > 0)
        {
            lock (to)
                to.Append(buffer, 0, count);
        }
    }

    private static string Take(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }

    private static async Task SendAsync(Process process, string text)
    {
        try
        {
            await process.StandardInput.WriteAsync(text);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it had read everything; its status and its errors say why.
        }
    }
}
