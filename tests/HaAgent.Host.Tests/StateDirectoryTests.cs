using HaAgent.Core.Guest;
using HaAgent.Host.Native;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace HaAgent.Host.Tests;

public sealed class StateDirectoryTests : IDisposable
{
    private static readonly GuestRecord Active = new("/mnt/shared/vm1.xml", new GuestIdentity("vm1", "4dea22b3-1d52-d8f3-2516-782e98ab3fa0"), IsActive: true) { Pid = 11, StartTime = 5 };

    private readonly string _directory = Directory.CreateTempSubdirectory("haagent-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Others_ActiveOrBeingStarted_AreToldAndTheRestProvesNothing()
    {
        Of("VM1").Save(Active);
        Of("VM2").Save(Active with { IsActive = false, Pending = new PendingCall(PendingKind.Start, "boot", 1) });
        Of("VM3").Save(Active with { IsActive = false });

        Assert.Equal(2, Of("VM4").Others().Count);
        Assert.Single(Of("VM1").Others());
    }

    [Fact]
    public void TakeOver_RecordOfAnotherName_IsOursAndNoLongerTheirs()
    {
        Of("VM1").Save(Active);

        Of("VM2").TakeOver(Assert.Single(Of("VM2").Others()), Active);

        Assert.Equal(Active, Of("VM2").Load());
        Assert.False(Of("VM1").Load()!.IsActive);
    }

    /// <summary>That a start is pending must be written down, whatever becomes of its file's label.</summary>
    [Fact]
    public void Save_LabelCannotBeKept_IsWrittenAllTheSame()
    {
        Of("VM1").Save(Active);
        using (SafeFileHandle labelled = File.OpenHandle(_directory + "/run/haagent-VM1.guest", access: FileAccess.ReadWrite))
            Assert.Equal(0, Posix.SetAttribute(labelled, "security.selinux", "some_label"u8.ToArray(), 10, 0));
        string[] words = ["--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin", Environment.ProcessPath!, "save", "VM1", _directory];

        CommandResult saved = Command.Run(Deadline.In(TimeSpan.FromMinutes(1)), "setpriv", words);

        Assert.True(saved.Succeeded, saved.Words);
        Assert.False(Of("VM1").Load()!.IsActive);
    }

    private StateDirectory Of(string resource) => new(resource, _directory + "/run", _directory + "/lib");
}
