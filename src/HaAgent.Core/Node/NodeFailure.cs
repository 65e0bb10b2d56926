using System.Globalization;
using HaAgent.Core.Text;

namespace HaAgent.Core.Node;

/// <summary>Why a node gave no answer: a closed choice. It is told by how the connection ended, never by what was printed.</summary>
public abstract record NodeFailure
{
    private NodeFailure() { }

    /// <summary>What happened, as the end of a sentence about the node.</summary>
    public abstract string Sentence { get; }

    /// <summary>What an administrator does about it.</summary>
    /// <param name="node">The node.</param>
    public abstract Advice WayOut(string node);

    /// <summary>The program that reaches the node could not be started.</summary>
    /// <param name="Program">Its name.</param>
    /// <param name="Why">Why.</param>
    public sealed record NotStarted(string Program, string Why) : NodeFailure
    {
        /// <inheritdoc/>
        public override string Sentence => $"{Program} cannot be started here: {Why}";

        /// <inheritdoc/>
        public override Advice WayOut(string node) => $"install {Program} on this node (as root: {Program} -V)";
    }

    /// <summary>ssh did not get there: a name, the network, a key or the login; ssh tells which in its own words alone.</summary>
    /// <param name="Words">Those.</param>
    public sealed record NotReached(string Words) : NodeFailure
    {
        /// <inheritdoc/>
        public override string Sentence => Words.Length > 0 ? Words : "ssh to it failed and said nothing";

        /// <inheritdoc/>
        public override Advice WayOut(string node) => $"make 'ssh {node} haagent --version' work without a password";
    }

    /// <summary>There is no such program.</summary>
    /// <param name="Words">What the login said.</param>
    public sealed record NoHaagent(string Words) : NodeFailure
    {
        /// <inheritdoc/>
        public override string Sentence => $"it has no haagent{After(Words)}";

        /// <inheritdoc/>
        public override Advice WayOut(string node) => $"install the package haagent on {node}";
    }

    /// <summary>Its haagent does not know the verb.</summary>
    /// <param name="Words">What it said.</param>
    public sealed record OlderHaagent(string Words) : NodeFailure
    {
        /// <inheritdoc/>
        public override string Sentence => $"it has an older haagent, which does not know 'haagent node'{After(Words)}";

        /// <inheritdoc/>
        public override Advice WayOut(string node) => $"install the same release of haagent on {node} as here (haagent --version)";
    }

    /// <summary>Its haagent speaks another protocol.</summary>
    /// <param name="Number">Which.</param>
    public sealed record OtherProtocol(int Number) : NodeFailure
    {
        /// <inheritdoc/>
        public override string Sentence =>
            string.Create(CultureInfo.InvariantCulture, $"its haagent speaks protocol {Number} and this one {NodeProtocol.Number}");

        /// <inheritdoc/>
        public override Advice WayOut(string node) => $"install the same release of haagent on {node} as here (haagent --version)";
    }

    /// <summary>The login ended well, and nothing that it said was an answer.</summary>
    /// <param name="Words">What it said on standard error.</param>
    public sealed record NoAnswer(string Words) : NodeFailure
    {
        /// <inheritdoc/>
        public override string Sentence => $"it answered nothing{After(Words)}";

        /// <inheritdoc/>
        public override Advice WayOut(string node) =>
            $"see that 'haagent node' is what the login runs: look at what 'ssh {node} haagent node < /dev/null' prints";
    }

    /// <summary>haagent, or what the login ran instead, failed.</summary>
    /// <param name="Status">Its exit status.</param>
    /// <param name="Words">What it said.</param>
    public sealed record Ended(int Status, string Words) : NodeFailure
    {
        /// <inheritdoc/>
        public override string Sentence =>
            string.Create(CultureInfo.InvariantCulture, $"haagent node ended with status {Status} there{After(Words)}");

        /// <inheritdoc/>
        public override Advice WayOut(string node) => $"look at what 'ssh {node} haagent node < /dev/null' prints";
    }

    /// <summary>Nothing came in time.</summary>
    /// <param name="Limit">How long it was waited for.</param>
    public sealed record TooLate(TimeSpan Limit) : NodeFailure
    {
        /// <inheritdoc/>
        public override string Sentence =>
            string.Create(CultureInfo.InvariantCulture, $"it did not answer within {Limit.TotalSeconds:0} s");

        /// <inheritdoc/>
        public override Advice WayOut(string node) => $"look at what keeps {node} (ssh {node} uptime), then run this again";
    }

    /// <summary>The connection, or haagent there, ended in the middle.</summary>
    /// <param name="Words">What was said last.</param>
    public sealed record BrokenOff(string Words) : NodeFailure
    {
        /// <inheritdoc/>
        public override string Sentence => $"it broke off before the end of its answer{After(Words)}";

        /// <inheritdoc/>
        public override Advice WayOut(string node) => $"see that 'ssh {node} haagent --version' works, then run this again";
    }

    /// <summary>It said more than is read.</summary>
    public sealed record TooLong : NodeFailure
    {
        /// <inheritdoc/>
        public override string Sentence => $"its answer is longer than {NodeProtocol.MostBytes / 1024 / 1024} MiB";

        /// <inheritdoc/>
        public override Advice WayOut(string node) => $"look at what 'ssh {node} haagent node < /dev/null' prints";
    }

    /// <summary>It gave an answer that is none.</summary>
    /// <param name="What">What is wrong with it.</param>
    public sealed record NotUnderstood(string What) : NodeFailure
    {
        /// <inheritdoc/>
        public override string Sentence => What;

        /// <inheritdoc/>
        public override Advice WayOut(string node) => $"install the same release of haagent on {node} as here (haagent --version)";
    }

    private static string After(string words) => words.Length > 0 ? $": {words}" : "";
}
