namespace HaAgent.Core.Node;

/// <summary>What virtlockd has locked there. The kernel tells it; the shared filesystem, which may hang, is not touched.</summary>
public sealed record LeasesQuestion : NodeQuestion;

/// <summary>To <see cref="LeasesQuestion"/>.</summary>
/// <param name="Files">Lease files, or disks that are locked directly.</param>
public sealed record LeasesAnswer(IReadOnlyList<string> Files) : NodeAnswer;

/// <summary>The last lines of the node's logs that have a text in them.</summary>
/// <param name="Text">The text, as it is written.</param>
public sealed record LogLinesQuestion(string Text) : NodeQuestion;

/// <summary>To <see cref="LogLinesQuestion"/>.</summary>
/// <param name="Lines">At most 200, the newest last.</param>
public sealed record LogLinesAnswer(IReadOnlyList<string> Lines) : NodeAnswer;
