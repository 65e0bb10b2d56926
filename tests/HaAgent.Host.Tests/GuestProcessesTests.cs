using System.Runtime.InteropServices;
using System.Text;
using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using Xunit;

namespace HaAgent.Host.Tests;

/// <summary>A /proc and a run directory as root finds them, in which a user has put what a user can.</summary>
public sealed class GuestProcessesTests : IDisposable
{
    private const string Uuid = "4dea22b3-1d52-d8f3-2516-782e98ab3fa0";
    private const string Scope = @"0::/machine.slice/machine-qemu\x2d1\x2dVM1.scope/libvirt/emulator";
    private const string Session = "0::/user.slice/user-1000.slice/session-2.scope";
    private static readonly GuestIdentity Vm1 = new("VM1", Uuid);

    private readonly string _root = Directory.CreateTempSubdirectory("haagent-").FullName;

    public GuestProcessesTests()
    {
        Directory.CreateDirectory(Proc);
        Directory.CreateDirectory(Run);
        Write("qemu.conf", "");
        Write("passwd", "root:x:0:0::/root:/bin/sh\nlibvirt-qemu:x:64055:64055::/:/bin/false\nalice:x:1000:1000::/:/bin/sh\n");
        Write("qemu", "");
    }

    private string Proc => _root + "/proc";

    private string Run => _root + "/run";

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(64055)]
    public void Guest_LibvirtsUserAndRootsProgram_IsIts(uint user)
    {
        Process(11, user, "guest=VM1,debug-threads=on");

        Assert.Equal(Vm1, Guest(11).Value);
    }

    /// <summary>A copied XML with its old UUID, or a namesake: who shares one of them is another guest.</summary>
    [Fact]
    public void Carries_GuestThatSharesTheNameOrTheUuid_IsAnother()
    {
        var namesake = new GuestIdentity("VM1", "00000000-0000-0000-0000-00000000beef");
        Process(11, 0, "guest=VM1");

        Assert.Equal(FactState.Known, Table.Carries(11, Vm1).State);
        Assert.Equal(FactState.Known, Table.Carries(11, Vm1 with { Uuid = null }).State);
        Assert.Equal(FactState.Absent, Table.Carries(11, Vm1 with { Name = "VM2" }).State);
        Assert.Equal(FactState.Absent, Table.Carries(11, namesake).State);
        Assert.Equal([Vm1], Table.All(namesake.IsConfusedWith, "VM1").Value!.Select(process => process.Guest));
        Assert.Empty(Table.All(Vm1.IsConfusedWith, "VM1").Value!);
    }

    [Fact]
    public void Guest_OtherUser_IsNobodysAndItsMemoryIsNotTouched()
    {
        Process(11, 1000, "guest=VM1");
        Untouchable(11);

        Assert.Equal(FactState.Absent, Guest(11).State);
    }

    [Theory]
    [InlineData("1000\t0\t0\t0")]
    [InlineData("64055\t64055\t64055\t1000")]
    public void Guest_SomebodyElseHasAPartInIt_IsNobodys(string users)
    {
        Process(11, 0, "guest=VM1");
        Write("proc/11/status", $"Name:\tqemu\nUid:\t{users}\n");

        Assert.Equal(FactState.Absent, Guest(11).State);
    }

    [Fact]
    public void Guest_NameThatLeadsToAPidFileOfItsOwn_IsNobodys()
    {
        Write("mine.pid", "11\n");
        Process(11, 1000, "guest=../mine");

        Assert.Equal(FactState.Absent, Guest(11).State);
        Assert.Equal(FactState.Absent, Files.Pid("../mine").State);
    }

    [Fact]
    public void Guest_GuestsOwnUser_IsKnownByPidFileOrControlGroup()
    {
        Process(11, 1000, "guest=VM1");
        Process(12, 1000, "guest=VM1", Scope);
        Assert.Equal(FactState.Absent, Guest(11).State);
        Assert.Equal(Vm1, Guest(12).Value);

        Write("run/VM1.pid", "11\n");
        Assert.Equal(Vm1, Guest(11).Value);
    }

    [Fact]
    public void Guest_YoungerThanThePidFileThatNamesIt_CannotBeTold()
    {
        Process(11, 1000, "guest=VM1");
        Write("run/VM1.pid", "11\n");
        File.SetLastWriteTimeUtc(Run + "/VM1.pid", DateTime.UtcNow - TimeSpan.FromDays(3650));

        Assert.Equal(FactState.NotLearned, Guest(11).State);
    }

    [Fact]
    public void Guest_ProgramThatOthersMayChange_IsNotLearnedUnlessLibvirtFiledIt()
    {
        Process(11, 0, "guest=VM1");
        File.SetUnixFileMode(_root + "/qemu", UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherWrite);
        Assert.Equal(FactState.NotLearned, Guest(11).State);

        Write("run/VM1.pid", "11\n");
        Assert.Equal(Vm1, Guest(11).Value);
    }

    /// <summary>As sudo, which is root's process before it asks for a password, with the arguments of any user.</summary>
    [Theory]
    [InlineData(UnixFileMode.SetUser)]
    [InlineData(UnixFileMode.SetGroup)]
    public void Guest_ProgramThatRunsAsItsOwner_IsNobodysUnlessLibvirtFiledIt(UnixFileMode bit)
    {
        Process(11, 0, "guest=VM1");
        File.SetUnixFileMode(_root + "/qemu", (UnixFileMode)0x1ED | bit);
        Assert.Equal(FactState.Absent, Guest(11).State);

        Write("run/VM1.pid", "11\n");
        Assert.Equal(Vm1, Guest(11).Value);
    }

    /// <summary>What cannot be learned of a process that names another guest is nothing to this one.</summary>
    [Fact]
    public void Find_ProcessOfAnotherGuestCannotBeTold_IsNotInTheWay()
    {
        Write("qemu.conf", "user = \"somebody-of-the-directory\"\n");
        Process(11, 1000, "guest=VM2");

        Assert.Equal(FactState.NotLearned, Guest(11).State);
        Assert.Equal(FactState.Absent, Table.Find(new GuestIdentity("VM1", "11111111-2222-3333-4444-555555555555")).State);
    }

    /// <summary>The memory of a QEMU that stands still is out of reach, and must not be needed to stop another guest.</summary>
    [Fact]
    public void Find_LibvirtFiledItUnderAnotherName_ItsMemoryIsNotTouched()
    {
        Process(11, 0, "guest=VM2");
        Untouchable(11);
        Write("run/VM2.pid", "11\n");

        Assert.Equal(FactState.Absent, Table.Find(Vm1).State);
        Assert.Equal(FactState.NotLearned, Table.Find(Vm1 with { Name = "VM2" }).State);
    }

    /// <summary>libvirt writes what XML escapes so into the name of the file, too; other releases may do otherwise with other signs.</summary>
    [Theory]
    [InlineData("R&D <test>", "R&amp;D &lt;test&gt;")]
    [InlineData("it's \"quoted\"", "it&apos;s &quot;quoted&quot;")]
    [InlineData("R&D", "R&D")]
    [InlineData("größe-東京", "größe-東京")]
    public void Guest_NameThatIsWrittenOtherwiseInAFilesName_IsFound(string name, string file)
    {
        Process(11, 1000, "guest=" + name);
        Process(12, 0, "guest=" + name);
        Write($"run/{file}.pid", "11\n");
        Write("run/r-and-d.pid", "12\n");

        Assert.Equal(name, Table.Guest(11, _ => true, name).Value?.Name);
        Assert.Equal(name, Table.Guest(12, _ => true, name).Value?.Name);

        Write($"run/{file}.pid", "");
        Assert.Equal(FactState.NotLearned, Table.Guest(11, _ => true, name).State);
    }

    [Fact]
    public void Find_PidFileOfAnotherNameThatIsOlder_IsLookedAt()
    {
        Process(11, 0, "guest=VM1");
        Write("run/VM2.pid", "11\n");
        File.SetLastWriteTimeUtc(Run + "/VM2.pid", DateTime.UtcNow - TimeSpan.FromDays(3650));

        Assert.Equal(Vm1, Table.Guest(11, _ => true, "VM1").Value);
    }

    [Fact]
    public void Find_PidFileOfAnotherGuestCannotBeRead_AUsersProcessIsNobodys()
    {
        Process(11, 1000, "guest=VM1");
        Untouchable(11);
        Write("run/VM2.pid", "");
        Assert.Equal(FactState.Absent, Table.Guest(11, _ => true, "VM1").State);

        Write("run/VM1.pid", "");
        Assert.Equal(FactState.NotLearned, Table.Guest(11, _ => true, "VM1").State);
    }

    [Fact]
    public void Guest_UserOfANameService_IsWhomLibvirtGaveItsDirectory()
    {
        Write("qemu.conf", "user = \"somebody-of-the-directory\"\n");
        Assert.Equal(0, ChangeOwner(Directory.CreateDirectory(_root + "/lib/qemu").FullName, 5000, 5000));
        Process(11, 1000, "guest=VM1");
        Untouchable(11);
        Process(12, 5000, "guest=VM1");

        Assert.Equal(FactState.Absent, Guest(11).State);
        Assert.Equal(Vm1, Guest(12).Value);
    }

    [Fact]
    public void Guest_ConfiguredUserWhoseNumberIsNotKnown_IsNotLearned()
    {
        Write("qemu.conf", "user = \"vms\"\n");
        Process(11, 700, "guest=VM1");
        Process(12, 700, "something");

        Assert.Equal(FactState.NotLearned, Guest(11).State);
        Assert.Equal("VM1", Guest(11).Match(_ => "", () => "", _ => "VM1"));
        File.WriteAllText($"{Proc}/12/cmdline", "sleep\0");
        Assert.Equal(FactState.Absent, Guest(12).State);
    }

    [Fact]
    public void PidFile_FifoLinkOrSomebodyElses_SaysNothingAndKeepsNobodyWaiting()
    {
        Assert.Equal(0, MakeFifo(Run + "/fifo.pid", 0x1A4));
        File.CreateSymbolicLink(Run + "/link.pid", Write("elsewhere", "11\n"));
        Write("run/alices.pid", "11\n");
        Assert.Equal(0, ChangeOwner(Run + "/alices.pid", 1000, 1000));
        Write("run/everyones.pid", "11\n");
        File.SetUnixFileMode(Run + "/everyones.pid", (UnixFileMode)0x1B6);
        Write("run/text.pid", "11 12");
        Write("run/good.pid", "11");

        foreach (string name in (string[])["fifo", "link", "alices", "everyones", "text"])
            Assert.Equal(FactState.NotLearned, Files.Pid(name).State);
        Assert.Equal(FactState.Absent, Files.Pid("none").State);
        Assert.Equal(11, Files.Pid("good").Value);
        LibvirtPidFiles.Listing listing = Files.All().Value!;
        Assert.Equal("good", Assert.Single(listing.Entries).Name);
        Assert.Equal(["alices", "everyones", "fifo", "link", "text"], listing.Unread.Keys.Order());
    }

    [Fact]
    public void PidFile_DirectoryThatIsNotRootsAlone_SaysNothing()
    {
        Write("run/VM1.pid", "11");
        File.SetUnixFileMode(_root, (UnixFileMode)0x1FF);
        Assert.Equal(FactState.NotLearned, Files.Pid("VM1").State);
        File.SetUnixFileMode(_root, (UnixFileMode)0x1C0);
        Assert.Equal(0, ChangeOwner(Run, 1000, 1000));
        Assert.Equal(FactState.NotLearned, Files.Pid("VM1").State);
        Assert.Equal(FactState.NotLearned, Files.All().State);
        Assert.Equal(FactState.Absent, new LibvirtPidFiles(_root + "/none").All().State);
    }

    [Fact]
    public void All_OneThatCannotBeTold_IsNotNoGuest()
    {
        Process(11, 0, "guest=VM1");
        Assert.Equal([new GuestProcess(Vm1, 11, 5)], Table.All(_ => true).Value!);

        File.Delete($"{Proc}/11/status");
        Directory.CreateDirectory($"{Proc}/11/status");
        Assert.Equal(FactState.NotLearned, Table.All(_ => true).State);
    }

    [Theory]
    [InlineData(0, 3, DaemonLife.Lives)]
    [InlineData(0, 1, DaemonLife.Gone)]
    [InlineData(1000, 3, DaemonLife.Gone)]
    [InlineData(64055, 3, DaemonLife.Gone)]
    public void Daemon_OfRootAlone_Counts(uint user, int threads, DaemonLife expected)
    {
        Daemon(21, user, threads);

        Assert.Equal(expected, Table.Daemon());
    }

    [Theory]
    [InlineData(0, DaemonLife.Spawns)]
    [InlineData(64055, DaemonLife.Spawns)]
    [InlineData(1000, DaemonLife.Lives)]
    public void Daemon_ChildThatIsNotQemuYet_IsRootsOrLibvirtsUsers(uint user, DaemonLife expected)
    {
        Daemon(21, 0, threads: 3);
        Daemon(22, user, threads: 1);

        Assert.Equal(expected, Table.Daemon());
    }

    [DllImport("libc.so.6", EntryPoint = "mkfifo")]
    private static extern int MakeFifo([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);

    [DllImport("libc.so.6", EntryPoint = "chown")]
    private static extern int ChangeOwner([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint user, uint group);

    private GuestProcesses Table => new(Proc, Files, _root + "/qemu.conf", _root + "/passwd", _root + "/lib/qemu");

    private LibvirtPidFiles Files => new(Run);

    private Fact<GuestIdentity> Guest(int pid) => Table.Guest(pid, _ => true);

    private void Process(int pid, uint user, string name, string cgroup = Session)
    {
        Status(pid, user, "qemu");
        File.WriteAllBytes($"{Proc}/{pid}/cmdline", Encoding.UTF8.GetBytes($"/usr/bin/qemu\0-name\0{name}\0-uuid\0{Uuid}\0"));
        Write($"proc/{pid}/cgroup", cgroup + "\n");
    }

    /// <summary>Reading it does not answer "absent".</summary>
    private void Untouchable(int pid)
    {
        File.Delete($"{Proc}/{pid}/cmdline");
        Directory.CreateDirectory($"{Proc}/{pid}/cmdline");
    }

    private void Daemon(int pid, uint user, int threads)
    {
        Write("libvirtd", "");
        Status(pid, user, "libvirtd");
        for (int thread = 0; thread < threads; thread++)
            Directory.CreateDirectory($"{Proc}/{pid}/task/{pid + thread}");
    }

    private void Status(int pid, uint user, string program)
    {
        Directory.CreateDirectory($"{Proc}/{pid}");
        Write($"proc/{pid}/status", $"Name:\tqemu\nUid:\t{user}\t{user}\t{user}\t{user}\n");
        Write($"proc/{pid}/stat", $"{pid} (q) S {string.Join(' ', Enumerable.Range(4, 18))} 5 0\n");
        File.CreateSymbolicLink($"{Proc}/{pid}/exe", $"{_root}/{program}");
    }

    private string Write(string path, string text)
    {
        string full = Path.Combine(_root, path);
        File.WriteAllText(full, text);
        File.SetUnixFileMode(full, (UnixFileMode)0x1A4);
        return full;
    }
}
