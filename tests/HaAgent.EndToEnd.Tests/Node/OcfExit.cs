namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>The exit codes of the OCF 1.1 contract that the agent uses.</summary>
public enum OcfExit
{
    Success = 0,
    GenericError = 1,
    Unimplemented = 3,
    NotInstalled = 5,
    NotConfigured = 6,
    NotRunning = 7,
    Degraded = 190,
}
