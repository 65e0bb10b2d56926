namespace HaAgent.Cluster.Verify;

/// <summary>The tests of the guide's section 18.6, in its order.</summary>
public enum GuideTest
{
    /// <summary>The guest cannot be started where it does not run.</summary>
    Lock,

    /// <summary>It moves live, and connections to it stay.</summary>
    Migrate,

    /// <summary>Its node is rebooted.</summary>
    Reboot,

    /// <summary>Its node crashes.</summary>
    Crash,
}

/// <summary>How a test ended.</summary>
public enum Verdict
{
    /// <summary>As the guide expects.</summary>
    Passed,

    /// <summary>The guest is safe, but not by what was to be proven.</summary>
    Otherwise,

    /// <summary>Not as the guide expects.</summary>
    Failed,
}

/// <summary>A test, what was expected and what was seen.</summary>
/// <param name="Test">Which.</param>
/// <param name="Expected">What the guide expects.</param>
/// <param name="Seen">What happened.</param>
/// <param name="Verdict">How they compare.</param>
public sealed record TrialResult(GuideTest Test, string Expected, string Seen, Verdict Verdict);
