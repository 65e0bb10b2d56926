namespace HaAgent.Core.Guest;

/// <summary>One action's decisions: pure, so that a case is a folder and not a machine.</summary>
public interface IRule
{
    /// <summary>What is next.</summary>
    NextStep Decide(Situation situation);
}
