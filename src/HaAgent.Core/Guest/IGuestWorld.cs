namespace HaAgent.Core.Guest;

/// <summary>The one boundary between rules and the world: all effects, the clock included, pass here.</summary>
public interface IGuestWorld
{
    /// <summary>Since the action began.</summary>
    TimeSpan Elapsed { get; }

    /// <summary>The domain's name for sentences, once it is known.</summary>
    string? DomainName { get; }

    /// <summary>Looks at the guest for at most this long.</summary>
    Observation Observe(TimeSpan within);

    /// <summary>Performs an operation; comes back when it is done or after this long.</summary>
    OperationResult Perform(Operation operation, TimeSpan within);

    /// <summary>Comes back when the guest ends, or after this long.</summary>
    void WaitForChange(TimeSpan atMost);

    /// <summary>Writes a line to the log.</summary>
    void Say(Remark remark);
}
