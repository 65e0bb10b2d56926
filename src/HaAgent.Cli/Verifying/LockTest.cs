using System.Text;
using HaAgent.Cluster.Facts;
using HaAgent.Cluster.Verify;
using HaAgent.Cluster.Status;
using HaAgent.Core.Node;
using HaAgent.Cli.CommandLine;

namespace HaAgent.Cli.Verifying;

/// <summary>Creates a second copy of the guest from the shared XML on another node, where it has to be refused.</summary>
internal static class LockTest
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task<TrialResult> RunAsync(Session session, WatchScope scope, TestGround ground)
    {
        WatchedGuest guest = scope.Guests[0];
        LockTrial trial = await session.Screen.Busy($"creating a second {guest.Id} on {ground.Other}", () => TryAsync(session, scope.Snapshot, guest, ground));
        return trial.Judge(guest.Id, ground.Home, ground.Other);
    }

    private static async Task<LockTrial> TryAsync(Session session, Snapshot snapshot, WatchedGuest guest, TestGround ground)
    {
        NodeFacts other = snapshot.Node(ground.Other);
        if (LockTrialGuard.Objection(guest, snapshot.Node(ground.Home), other) is { } objection)
            return new LockTrial.NotTried(objection);
        string? path = guest.Resource.Parameter("config");
        if (path is null || other.File(path).Value is not { Text: { } text })
            return new LockTrial.NotTried($"{path ?? "the guest's XML"} cannot be read on {ground.Other}");

        // Files come as one char per byte.
        string xml = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text));
        session.Nodes.Self ??= snapshot.Self;
        return await session.Nodes.MakeAsync(ground.Other, new TryCopy(xml), Limit) switch
        {
            CopyReply { Created: true } copy => new LockTrial.Created(copy.Leftover),
            CopyReply copy => new LockTrial.Refused(copy.Kind, copy.Message, copy.IsFromQemu, copy.ImageInUse),
            RefusedReply { IsUnknown: true } refused => new LockTrial.Created($"whether it still runs is not known ({refused.Why})"),
            RefusedReply refused => new LockTrial.NotTried(refused.Why),
            _ => new LockTrial.NotTried($"{ground.Other} gave an answer to something else"),
        };
    }
}
