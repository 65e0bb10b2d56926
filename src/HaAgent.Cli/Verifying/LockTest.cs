using System.Text;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Verify;
using HaAgent.Cluster.Status;
using HaAgent.Core.Guest;
using HaAgent.Host;
using HaAgent.Host.Child;
using HaAgent.Libvirt;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Nodes;

namespace HaAgent.Cli.Verifying;

/// <summary>Creates a second copy of the guest from the shared XML on another node, where it has to be refused.</summary>
internal static class LockTest
{
    private const string LockDirectory = "/run/haagent";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan TimeForReason = TimeSpan.FromSeconds(5);

    public static async Task<TrialResult> RunAsync(Session session, WatchScope scope, TestGround ground)
    {
        WatchedGuest guest = scope.Guests[0];
        LockTrial trial = await session.Screen.Busy($"creating a second {guest.Id} on {ground.Other}", () => TryAsync(scope.Snapshot, guest, ground));
        return trial.Judge(guest.Id, ground.Home, ground.Other);
    }

    private static async Task<LockTrial> TryAsync(Snapshot snapshot, WatchedGuest guest, TestGround ground)
    {
        NodeFacts other = snapshot.Node(ground.Other);
        if (LockTrialGuard.Objection(guest, snapshot.Node(ground.Home), other) is { } objection)
            return new LockTrial.NotTried(objection);
        string? path = guest.Resource.Parameter("config");
        if (path is null || other.File(path).Value is not { Text: { } text })
            return new LockTrial.NotTried($"{path ?? "the guest's XML"} cannot be read on {ground.Other}");

        // Files come as one char per byte.
        string xml = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text));
        try
        {
            return await Bounded.RunAsync(Deadline.In(Limit), () => Create(NodeLibvirt.Uri(ground.Other, snapshot.Self), xml, guest.Xml!));
        }
        catch (TimeoutException)
        {
            return new LockTrial.Created($"libvirt did not answer within {Limit.TotalSeconds:0} s, and the copy may yet start");
        }
        catch (DllNotFoundException)
        {
            return new LockTrial.NotTried("libvirt.so.0 is not installed where haagent runs");
        }
    }

    private static LockTrial Create(string uri, string xml, DomainXml domain)
    {
        LibvirtConnection connection;
        try
        {
            connection = LibvirtConnection.Open(uri);
        }
        catch (LibvirtException e)
        {
            return new LockTrial.NotTried($"libvirt does not answer at {uri}: {e.Message}");
        }

        using (connection)
        {
            try
            {
                // Tied to this connection: should haagent die between the two calls, the copy dies with it.
                using LibvirtDomain copy = connection.CreateTied(xml);
                return Destroy(copy);
            }
            catch (LibvirtException e)
            {
                string? image = e.IsFromQemu
                    ? new Volume(new ChildCall(LockDirectory, "haagent")).ImageInUse([.. domain.Disks.Where(disk => disk.IsLockable).Select(disk => disk.Source!)], Deadline.In(TimeForReason)).Value
                    : null;
                return new LockTrial.Refused(e.Kind, e.Message, e.IsFromQemu, image);
            }
        }
    }

    private static LockTrial.Created Destroy(LibvirtDomain copy)
    {
        try
        {
            copy.Destroy();
            return new LockTrial.Created((string?)null);
        }
        catch (LibvirtException e)
        {
            return new LockTrial.Created(e.Message);
        }
    }
}
