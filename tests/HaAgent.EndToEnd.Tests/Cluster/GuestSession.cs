using System.Diagnostics;
using System.Globalization;

namespace HaAgent.EndToEnd.Tests.Cluster;

/// <summary>One TCP connection to a guest, kept open: what an SSH session is to the sysadmin who tries the guide's test.</summary>
internal sealed class GuestSession : IDisposable
{
    private readonly Process _connection;
    private int _question;

    public GuestSession(string lab, string directory, string guest)
    {
        _connection = Process.Start(new ProcessStartInfo(lab, ["--dir", directory, "talk", guest])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        First = Read("hello");
    }

    /// <summary>What the guest said when the connection was made.</summary>
    public GuestAnswer First { get; }

    /// <summary>Asks and waits for the answer, on the same connection.</summary>
    public GuestAnswer Ask()
    {
        string question = $"question-{++_question}";
        _connection.StandardInput.WriteLine(question);
        _connection.StandardInput.Flush();
        return Read(question);
    }

    /// <summary>Keeps asking while something else goes on. Returns the longest time between two answers, in seconds.</summary>
    public double AskUntil(Task other)
    {
        double longest = 0;
        while (!other.IsCompleted)
        {
            var watch = Stopwatch.StartNew();
            GuestAnswer answer = Ask();
            longest = Math.Max(longest, watch.Elapsed.TotalSeconds);
            Assert.Equal(First.BootId, answer.BootId);
            other.Wait(TimeSpan.FromMilliseconds(50));
        }
        other.GetAwaiter().GetResult();
        return longest;
    }

    private GuestAnswer Read(string question)
    {
        // The bound is for a guest that never answers again; a connection that breaks ends the line at once.
        Task<string?> line = _connection.StandardOutput.ReadLineAsync();
        if (!line.Wait(TimeSpan.FromSeconds(60))) throw new TimeoutException($"the guest did not answer {question} within 60 s");
        GuestAnswer answer = GuestAnswer.Parse(line.Result ?? throw new EndOfStreamException($"the connection broke before {question} was answered"));
        Assert.Equal(question, answer.Echo);
        return answer;
    }

    public void Dispose()
    {
        _connection.StandardInput.Close();
        _connection.WaitForExit();
        _connection.Dispose();
    }
}

/// <summary>What a guest says of itself, see tests/lab/guest/answer.</summary>
/// <param name="Boot">How often it has booted from its disk.</param>
/// <param name="BootId">The kernel's own name of this boot: the same one means the same instance, however it moved.</param>
/// <param name="Uptime">Seconds.</param>
internal sealed record GuestAnswer(string Name, int Boot, string BootId, double Uptime, string Echo)
{
    public static GuestAnswer Parse(string line)
    {
        Dictionary<string, string> facts = line.Split(' ').Select(word => word.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        return new GuestAnswer(facts["name"], int.Parse(facts["boot"], CultureInfo.InvariantCulture), facts["boot_id"],
            double.Parse(facts["uptime"], CultureInfo.InvariantCulture), facts["echo"]);
    }
}
