using System.Text;
using HaAgent.Cluster.Facts;

namespace HaAgent.Cli.Probe;

/// <summary>
/// Many questions in one script, so that a node is asked over one connection. Each answer is one line: the question's name and what its
/// script printed, in base64. Answers come as they are ready: when the last one hangs, the others are there.
/// </summary>
internal static class Questionnaire
{
    // One moment for all questions: whether a daemon is older than a file must not depend on how long the node took between two of them.
    private const string Moment = "read up rest < /proc/uptime; now=$(date +%s.%N)\n";

    /// <summary>The script that asks all questions. They find in $now and $up the moment of asking: seconds since the epoch and since the boot.</summary>
    public static string Compose(IEnumerable<Question> questions)
    {
        var script = new StringBuilder(Moment);
        foreach (Question question in questions)
            script.Append($"printf '%s ' {question.Name}\n{{ {question.Script}\n}} 2>/dev/null </dev/null | base64 -w0; echo\n");
        return script.ToString();
    }

    /// <summary>The facts of a node, from what the script printed; a question without an answer leaves its facts empty.</summary>
    /// <param name="facts">What is known already.</param>
    /// <param name="questions">The questions asked.</param>
    /// <param name="output">What the script printed.</param>
    /// <param name="unanswered">The names of the questions that got no answer.</param>
    public static NodeFacts Read(NodeFacts facts, IReadOnlyList<Question> questions, string output, out IReadOnlyList<string> unanswered)
    {
        var answers = new Dictionary<string, string>();
        string[] lines = output.Split('\n');

        // The last piece is no whole line: it was cut while it was written, or it is empty.
        foreach (string line in lines[..^1])
        {
            if (line.Split(' ') is [var name, var encoded])
                answers[name] = Encoding.Latin1.GetString(Convert.FromBase64String(encoded));
        }

        unanswered = [.. questions.Select(q => q.Name).Where(name => !answers.ContainsKey(name))];
        return questions.Where(q => answers.ContainsKey(q.Name)).Aggregate(facts, (known, question) => question.Read(known, answers[question.Name]));
    }
}
