using HaAgent.Core.Guest;
using HaAgent.Core.Migration;
using HaAgent.Libvirt;

namespace HaAgent.World;

/// <summary>The migration call itself, which comes back when the migration is over, on a thread of its own.</summary>
#pragma warning disable CA1001 // The thread that sets the event may outlive the wait; the process ends soon after.
internal sealed class MigrationJob(LibvirtConnection source, LibvirtConnection target, string targetUri, GuestIdentity identity, MigrateRequest request)
#pragma warning restore CA1001
{
    private readonly ManualResetEventSlim _over = new();

    /// <summary>It came back.</summary>
    public bool IsOver => _over.IsSet;

    /// <summary>It was ended because its time was up.</summary>
    public bool WasAborted { get; set; }

    /// <summary>What libvirt said went wrong; null: nothing, or it is not over.</summary>
    public LibvirtException? Error { get; private set; }

    public void Start() => new Thread(Run) { IsBackground = true, Name = "migration" }.Start();

    /// <summary>Waits for its end.</summary>
    /// <returns>Whether it is over.</returns>
    public bool WaitForEnd(TimeSpan atMost) => _over.Wait(atMost > TimeSpan.Zero ? atMost : TimeSpan.Zero);

    private void Run()
    {
        try
        {
            using LibvirtDomain? domain = source.Find(identity);
            if (domain is not null)
                LibvirtMigration.Migrate(domain, target, targetUri, request);
        }
        catch (LibvirtException e)
        {
            Error = e;
        }

        _over.Set();
    }
}
