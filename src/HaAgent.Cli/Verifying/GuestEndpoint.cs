namespace HaAgent.Cli.Verifying;

/// <summary>Where to connect to a guest.</summary>
/// <param name="Address">Name or IP address.</param>
/// <param name="Port">TCP port.</param>
/// <param name="Send">A line to send again and again; null: SSH where that is what answers, else keep-alive.</param>
internal sealed record GuestEndpoint(string Address, int Port, string? Send);
