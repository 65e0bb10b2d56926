namespace HaAgent.Cluster.Evacuate;

/// <summary>What becomes of a guest when its node is evacuated: a closed choice.</summary>
public abstract record Fate
{
    private Fate()
    {
    }

    /// <summary>It moves live.</summary>
    /// <param name="To">Where it goes.</param>
    public sealed record Migrates(string To) : Fate;

    /// <summary>It is shut down and started elsewhere.</summary>
    /// <param name="To">Where it goes.</param>
    /// <param name="Because">Why it does not move live, as a clause.</param>
    public sealed record Restarts(string To, string Because) : Fate;

    /// <summary>No other node takes it: it would be stopped, or stay behind.</summary>
    /// <param name="Because">Why, as clauses.</param>
    public sealed record Stuck(string Because) : Fate;

    /// <summary>In words.</summary>
    public string Words => this switch
    {
        Migrates migrates => $"will migrate to {migrates.To}",
        Restarts restarts => $"will restart on {restarts.To}, because {restarts.Because}",
        Stuck stuck => $"stuck, because {stuck.Because}",
        _ => throw new InvalidOperationException(),
    };
}
