using HaAgent.Core.Node;

namespace HaAgent.Host.Node;

/// <summary>Which question is answered by whom.</summary>
internal static class NodeQuestions
{
    /// <summary>Answers one question; an exception is why it was not learned.</summary>
    public static NodeAnswer Answer(NodeQuestion question, Deadline deadline) => question switch
    {
        _ => throw new NotSupportedException($"this haagent does not know the question {question.GetType().Name}"),
    };
}
