namespace HaAgent.Core.Node;

/// <summary>How the node's distributed lock manager (DLM) has lost nodes fenced, and for which it waits: until then all who touch its
/// volumes stand still.</summary>
public sealed record DlmQuestion : NodeQuestion;

/// <summary>To <see cref="DlmQuestion"/>.</summary>
/// <param name="Helper">The program that has a node fenced; absent: it is not installed, or DLM is told to use another one, or
/// none.</param>
/// <param name="Waits">The nodes that DLM waits for; absent: it does not run.</param>
public sealed record DlmAnswer(Fact<DlmHelper> Helper, Fact<IReadOnlyList<DlmWait>> Waits) : NodeAnswer;

/// <summary>dlm_stonith, which asks Pacemaker to fence a node. It opens Pacemaker's library when it runs, by a name that is compiled into
/// it (crm/stonith-ng.h, STONITH_LIBRARY): no package manager knows that it needs it.</summary>
/// <param name="Library">That name.</param>
/// <param name="Opens">Whether the loader finds that library, and in it what is wanted of it.</param>
/// <param name="Installed">The path of the library of that kind that is there; absent: none is.</param>
public sealed record DlmHelper(string Library, bool Opens, Fact<string> Installed);

/// <summary>DLM waits for a node to be fenced.</summary>
/// <param name="Node">Its number, as corosync has it.</param>
/// <param name="For">How long it has been waiting.</param>
public sealed record DlmWait(int Node, TimeSpan For);
