using System.Text;
using HaAgent.Core.Guest;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;
using HaAgent.Core.Text;
using HaAgent.Libvirt;

namespace HaAgent.Host.Node;

/// <summary>Changes of guests, by libvirt on this node.</summary>
internal static class GuestChanges
{
    private const string Driver = "qemu:///system";

    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan CopyLimit = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan LeaseLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(15);

    /// <summary>Switches the autostart off. A domain that is gone, or never was defined, is not started.</summary>
    public static DoneReply Make(DisableAutostart change, Deadline deadline)
    {
        Within(
            deadline.OrIn(CallLimit),
            connection =>
            {
                using LibvirtDomain? domain = connection.FindByName(change.Domain);
                domain?.DisableAutostart();
                return true;
            }
        );
        return new DoneReply();
    }

    /// <summary>Shuts a guest down.</summary>
    public static DoneReply Make(ShutDownGuest change, Deadline deadline)
    {
        Deadline end = deadline.OrIn(ShutdownLimit);

        // Asked again now and then: a guest that is still booting misses the first request.
        Deadline again = Deadline.In(TimeSpan.Zero);
        string? refusal = null;
        while (true)
        {
            bool ask = again.HasPassed;
            if (!Within(deadline.OrIn(CallLimit), connection => IsActive(connection, change.Domain, ask, why => refusal = why)))
                return new DoneReply();
            if (ask)
                again = Deadline.In(AskAgainAfter);
            if (end.HasPassed)
                break;
            Thread.Sleep(Pause);
        }

        throw new IOException(
            $"it is still running after {ShutdownLimit.TotalMinutes:0} minutes{(refusal is null ? "" : $" ({refusal})")}; "
                + $"look at its console, or end it: virsh destroy {ShellWord.Quote(change.Domain)}"
        );
    }

    /// <summary>Sees that a guest's process is the one it was.</summary>
    public static DoneReply See(SeeGuestProcess change, Deadline deadline)
    {
        using QemuProcess process = DaemonQuestions
            .Search.Find(new GuestIdentity(change.Domain, null), hint: null, deadline)
            .Match(
                found => found,
                () => throw new IOException("the guest's process is gone"),
                why => throw new IOException($"the guest's process is not seen: {why}")
            );
        return new ProcessFact(process.Pid, process.StartTime) == change.Process
            ? new DoneReply()
            : throw new IOException($"the guest's process is now {process.Pid}: it was restarted");
    }

    /// <summary>Tries to create what must be refused.</summary>
    public static NodeReply Try(TryCopy change, Deadline deadline)
    {
        DomainXml domain =
            DomainXml.Parse(Encoding.UTF8.GetBytes(change.Xml), out string problem) ?? throw new IOException($"the guest's XML {problem}");
        Fact<LockSetup> setup = LockspaceProbe.ReadSetup();
        if (setup.IsNotLearned(out string? unread))
            return new RefusedReply($"how libvirt locks disks here could not be learned: {unread}");
        if (Unproven(domain, setup.Value ?? LockSetup.None, files => NodeVolume.Here.Leases(files, deadline.OrIn(LeaseLimit))) is { } why)
            return new RefusedReply(why);
        return new Bounded().Run(deadline.OrIn(CopyLimit), () => Create(change.Xml, domain, deadline), out CopyReply? reply)
            ? reply!
            : new CopyReply(CopyOutcome.Unknown) { Message = $"libvirt did not answer within {CopyLimit.TotalSeconds:0} s" };
    }

    /// <summary>Why a second copy is not proven to be refused here; null: the kernel says, to the question that this node's virtlockd will
    /// ask, that another node holds the lock of each of its disks.</summary>
    internal static string? Unproven(
        DomainXml domain,
        LockSetup setup,
        Func<IReadOnlyCollection<string>, IReadOnlyDictionary<string, LeaseState>> ask
    )
    {
        // Many may hold the lock of a shareable disk, so it refuses nobody.
        string[] files =
        [
            .. domain.Disks.Where(disk => !disk.Shareable).Select(disk => LeaseCheck.LeaseFile(disk, setup)).OfType<string>(),
        ];
        if (files.Length == 0)
            return "virtlockd would lock none of its disks here";
        foreach ((string file, LeaseState lease) in ask(files))
        {
            switch (lease.Holder)
            {
                case LeaseHolder.Elsewhere:
                    continue;
                case LeaseHolder.CannotTell:
                    return $"whether another node holds the lock {file} could not be learned here ({lease.Detail})";
                case LeaseHolder.Nobody:
                    return $"nobody is seen here to hold the lock {file}, so a second copy could start";
                case LeaseHolder.ThisNode or LeaseHolder.OtherProcess:
                    return $"the lock {file} is held on this node ({lease.Detail}), not on the one where it runs";
            }
        }

        return null;
    }

    private static CopyReply Create(string xml, DomainXml domain, Deadline deadline)
    {
        using LibvirtConnection connection = LibvirtConnection.Open(Driver);
        try
        {
            // Tied to this connection: should haagent die between the two calls, the copy dies with it.
            using LibvirtDomain copy = connection.CreateTied(xml);
            return new CopyReply(CopyOutcome.Created) { Leftover = Destroy(copy) };
        }
        catch (LibvirtException e) when (e.MayBeHangUp && !connection.Answers())
        {
            return new CopyReply(CopyOutcome.Unknown) { Message = e.Message };
        }
        catch (LibvirtException e)
        {
            string? image = e.IsFromQemu
                ? NodeVolume
                    .Here.ImageInUse(
                        [.. domain.Disks.Where(disk => disk.IsLockable).Select(disk => disk.Source!)],
                        deadline.OrIn(LeaseLimit)
                    )
                    .Value
                : null;
            return new CopyReply(CopyOutcome.Refused)
            {
                Kind = e.Kind,
                Message = e.Message,
                IsFromQemu = e.IsFromQemu,
                ImageInUse = image,
            };
        }
    }

    private static string? Destroy(LibvirtDomain copy)
    {
        try
        {
            copy.Destroy();
            return null;
        }
        catch (LibvirtException e)
        {
            return e.Message;
        }
    }

    private static bool IsActive(LibvirtConnection connection, string name, bool ask, Action<string?> refused)
    {
        using LibvirtDomain? domain = connection.FindByName(name);
        if (domain is not { IsActive: true })
            return false;
        if (!ask)
            return true;
        try
        {
            domain.Shutdown();
            refused(null);
        }
        catch (LibvirtException e)
        {
            // It may have ended just now; the next look tells.
            refused(e.Message);
        }

        return true;
    }

    private static T Within<T>(Deadline deadline, Func<LibvirtConnection, T> call)
    {
        bool came = new Bounded().Run(
            deadline,
            () =>
            {
                using LibvirtConnection connection = LibvirtConnection.Open(Driver);
                return call(connection);
            },
            out T? result
        );
        return came ? result! : throw new TimeoutException("libvirt did not answer in time");
    }
}
