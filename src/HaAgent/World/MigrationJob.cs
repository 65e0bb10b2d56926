using HaAgent.Core.Guest;
using HaAgent.Core.Migration;
using HaAgent.Libvirt;

namespace HaAgent.World;

/// <summary>
/// The migration call itself, which comes back when the migration is over, on a thread and a connection of its own. In libvirt 9.0.0 the call of a
/// second thread on one connection can be overlooked while a first one waits (virNetClientIOEventLoop: the wake-up is lost when it comes before
/// the wait begins), and then hangs until the migration is over.
/// </summary>
/// <param name="sourceUri">This node's hypervisor; empty: libvirt's default.</param>
/// <param name="target">Nobody else may use it before the migration is over.</param>
/// <param name="targetUri">What <paramref name="target"/> was opened with.</param>
/// <param name="identity">The guest.</param>
/// <param name="request">How it is to go.</param>
#pragma warning disable CA1001 // The thread that sets the event may outlive the wait; the process ends soon after.
internal sealed class MigrationJob(string sourceUri, LibvirtConnection target, string targetUri, GuestIdentity identity, MigrateRequest request)
#pragma warning restore CA1001
{
    private readonly ManualResetEventSlim _over = new();

    /// <summary>It came back.</summary>
    public bool IsOver => _over.IsSet;

    /// <summary>It was ended because its time was up.</summary>
    public bool WasAborted { get; set; }

    /// <summary>What went wrong; null: nothing, or it is not over.</summary>
    public string? Error { get; private set; }

    public void Start() => new Thread(Run) { IsBackground = true, Name = "migration" }.Start();

    /// <summary>Waits for its end.</summary>
    /// <returns>Whether it is over.</returns>
    public bool WaitForEnd(TimeSpan atMost) => _over.Wait(atMost > TimeSpan.Zero ? atMost : TimeSpan.Zero);

    private void Run()
    {
        try
        {
            using LibvirtConnection source = LibvirtConnection.Open(sourceUri);
            using LibvirtDomain? domain = source.Find(identity);
            if (domain is null)
                Error = "libvirt on this node does not know the guest any more, so that the migration was not begun";
            else
                LibvirtMigration.Migrate(domain, target, targetUri, request);
        }

        // On a thread of its own, whatever is not caught ends the process in the middle of a move, without an exit code.
#pragma warning disable CA1031
        catch (Exception e)
#pragma warning restore CA1031
        {
            Error = e.Message;
        }

        _over.Set();
    }
}
