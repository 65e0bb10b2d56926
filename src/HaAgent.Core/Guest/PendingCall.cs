using System.Globalization;

namespace HaAgent.Core.Guest;

/// <summary>What libvirt was asked for.</summary>
public enum PendingKind
{
    /// <summary>To start the guest from its configuration (virDomainCreateXML).</summary>
    Start,

    /// <summary>To start it from its saved memory (virDomainRestore).</summary>
    Restore,
}

/// <summary>
/// A call that may bring the guest up here, written down before it is made. libvirt goes on with it when the agent that made it was killed
/// or gave up, so that until it is answered, or proven to be over, no process and no answer is no proof that the guest is not active here.
/// </summary>
/// <param name="Kind">What was asked for.</param>
/// <param name="Boot">The boot of the node in which it was made (/proc/sys/kernel/random/boot_id): it does not outlive that.</param>
/// <param name="At">When it was made, in seconds since boot.</param>
public sealed record PendingCall(PendingKind Kind, string Boot, long At)
{
    /// <summary>One line.</summary>
    public string Format() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Kind == PendingKind.Start ? "start" : "restore")} {At} {Boot}");

    /// <summary>Reads the line; null when it is empty or none.</summary>
    public static PendingCall? Parse(string text)
    {
        string[] words = text.Split(' ');
        if (words is not [var kind, var at, var boot]
            || !long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds))
            return null;
        return kind switch
        {
            "start" => new PendingCall(PendingKind.Start, boot, seconds),
            "restore" => new PendingCall(PendingKind.Restore, boot, seconds),
            _ => null,
        };
    }
}
