using System.Diagnostics;
using System.Runtime.InteropServices;
using HaAgent.Core.Guest;
using HaAgent.Core.Locking;
using HaAgent.Core.Node;
using HaAgent.Host.Child;
using Xunit;

namespace HaAgent.Host.Tests.Child;

/// <summary>
/// What is done in a child process, and what becomes of a child that does not come back. A FIFO that nobody writes stands for the volume that stands still:
/// reading it waits for ever.
/// </summary>
public sealed partial class ChildCallTests : IDisposable
{
    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(700);

    private readonly string _directory = Directory.CreateTempSubdirectory("haagent-").FullName;
    private readonly Volume _volume;

    public ChildCallTests() => _volume = VolumeOf("VM1");

    public void Dispose()
    {
        // Whoever still reads a FIFO is let go.
        foreach (string fifo in Directory.GetFiles(_directory, "*.fifo"))
            File.Open(fifo, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite }).Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void ReadConfiguration_File_ItsBytes()
    {
        string file = NewFile("VM1.xml", "<domain/>\u00e4");

        Fact<ConfigContent> read = _volume.ReadConfiguration(file, Deadline.In(Ample));

        Assert.Equal("<domain/>\u00e4"u8.ToArray(), read.Value.Bytes);
    }

    /// <summary>What is not there needs no deleting, also where nothing could be deleted.</summary>
    [Fact]
    public void Delete_ReadOnlyFilesystem_RefusesOnlyWhereTheFileIsThere()
    {
        string disk = Directory.CreateDirectory(_directory + "/disk").FullName;
        Mount("-t", "tmpfs", "none", disk);
        try
        {
            File.WriteAllText(disk + "/note", "");
            Mount("-o", "remount,ro", disk);

            Assert.Null(_volume.Delete(disk + "/none", Deadline.In(Ample)));
            Assert.Contains("Read-only file system", _volume.Delete(disk + "/note", Deadline.In(Ample)), StringComparison.Ordinal);
            Assert.NotNull(_volume.Delete(disk + "/not mounted/note", Deadline.In(Ample)));
        }
        finally
        {
            Assert.True(Command.Run(Deadline.In(Ample), "umount", [disk]).Succeeded);
        }
    }

    [Fact]
    public void Delete_BehindALinkOfOthers_RefusesOnlyWhereTheFileIsThere()
    {
        Directory.CreateDirectory(_directory + "/open/of-1");
        File.SetUnixFileMode(_directory + "/open", (UnixFileMode)0x1FD);
        File.CreateSymbolicLink(_directory + "/open/current", "of-1");
        string note = NewFile("open/of-1/note", "");

        Assert.Null(_volume.Delete(_directory + "/open/current/none", Deadline.In(Ample)));
        Assert.Contains("is not followed", _volume.Delete(_directory + "/open/current/note", Deadline.In(Ample)), StringComparison.Ordinal);
        Assert.True(File.Exists(note));
    }

    [Fact]
    public void ReadConfiguration_MoreThanASocketHolds_Whole()
    {
        string text = new('x', 3_000_000);

        Assert.Equal(text.Length, _volume.ReadConfiguration(NewFile("large.xml", text), Deadline.In(Ample)).Value.Bytes!.Length);
    }

    [Fact]
    public void ReadConfiguration_NoFile_IsAnAnswerToo() =>
        Assert.Contains("cannot be read", _volume.ReadConfiguration(_directory + "/none.xml", Deadline.In(Ample)).Value.Problem, StringComparison.Ordinal);

    /// <summary>The kernel gives this regular file a length and no content: a read fails as it does on a volume that is broken.</summary>
    [Fact]
    public void ReadConfiguration_FileThatFailsToBeRead_NotLearned() =>
        Assert.Contains("Invalid argument", _volume.ReadConfiguration("/sys/class/net/lo/speed", Deadline.In(Ample)).Why, StringComparison.Ordinal);

    [Theory]
    [InlineData(5, false)] // EIO
    [InlineData(116, false)] // ESTALE
    [InlineData(107, false)] // ENOTCONN: a FUSE file system whose process is gone
    [InlineData(24, false)] // EMFILE
    [InlineData(2, true)] // ENOENT
    [InlineData(13, true)] // EACCES
    public void IsOfThePath_ErrorNumber_OnlyWhatSaysSomethingOfThePath(int error, bool isOfThePath) => Assert.Equal(isOfThePath, Native.Errno.IsOfThePath(error));

    [Fact]
    public void LookAtLockspace_Directory_ItsMount()
    {
        LockspaceFacts sight = _volume.LookAtLockspace("/proc", Deadline.In(Ample)).Value;

        Assert.Equal(new LockspaceFacts(true, null, false, "proc") { Options = "rw" }, sight);
    }

    [Fact]
    public void Leases_SeveralDirectories_EachItsOwnAnswer()
    {
        string free = NewFile("lease", "");

        IReadOnlyDictionary<string, LeaseState> leases = _volume.Leases([free, "/nowhere/lease"], Deadline.In(Ample));

        Assert.Equal((LeaseHolder.Nobody, LeaseHolder.Nobody), (leases[free].Holder, leases["/nowhere/lease"].Holder));
    }

    [Fact]
    public void Look_AnyPath_TellsAbsentFromUnknown()
    {
        Assert.Equal(FileKind.Absent, _volume.Look(_directory + "/none", Deadline.In(Ample)).Value!.Kind);
        Assert.Equal((FileKind.RegularFile, 3L), _volume.Look(NewFile("three", "abc"), Deadline.In(Ample)).Map(seen => (seen.Kind, seen.Length)).Value);
        Assert.Equal(FileKind.Directory, _volume.Look(_directory, Deadline.In(Ample)).Value!.Kind);
        Assert.Equal(FactState.NotLearned, _volume.Look(_directory + "/" + new string('x', 300), Deadline.In(Ample)).State);
    }

    [Fact]
    public void Identify_NamesOfOneFile_AreTheSameAndOtherFilesAreNot()
    {
        string disk = NewFile("disk", "");
        string other = NewFile("other", "");
        string link = _directory + "/link";
        File.CreateSymbolicLink(link, disk);
        string tooLong = _directory + "/" + new string('x', 300);

        IReadOnlyDictionary<string, Fact<DiskPlace>> seen = _volume.Identify([disk, other, link, tooLong, _directory + "/none"], Deadline.In(Ample));

        Assert.True(seen[disk].Value!.Overlaps(seen[link].Value!));
        Assert.False(seen[disk].Value!.Overlaps(seen[other].Value!));
        Assert.Equal((FactState.NotLearned, FactState.Absent), (seen[tooLong].State, seen[_directory + "/none"].State));
    }

    [Fact]
    public void Identify_LoopDeviceAndItsFile_Overlap()
    {
        string file = NewFile("disk.img", new string('x', 1 << 20));
        CommandResult made = Command.Run(Deadline.In(Ample), "losetup", ["--find", "--show", file]);
        Assert.True(made.Succeeded, made.Reason);
        string device = made.Output.Trim();
        try
        {
            IReadOnlyDictionary<string, Fact<DiskPlace>> seen = _volume.Identify([file, device], Deadline.In(Ample));

            Assert.True(seen[device].Value!.Overlaps(seen[file].Value!));
            Assert.Equal(Path.GetFileName(device), seen[device].Value!.KernelNames[0]);
        }
        finally
        {
            Assert.True(Command.Run(Deadline.In(Ample), "losetup", ["--detach", device]).Succeeded);
        }
    }

    [Fact]
    public void Write_OtherContent_WholeAndWithTheModeItHad()
    {
        string file = NewFile("VM1.xml", "old");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        Assert.Null(_volume.Write(file, "new", Deadline.In(Ample), out bool changed));
        Assert.Null(_volume.Write(file, "new", Deadline.In(Ample), out bool changedAgain));

        Assert.Equal(("new", true, false), (File.ReadAllText(file), changed, changedAgain));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(file));
        Assert.Equal([file], Directory.GetFiles(_directory, "VM1*"));
    }

    [Fact]
    public void MoveAndDelete_File_AsAsked()
    {
        string file = NewFile("VM1.state", "memory");

        string old = file + ".old";
        Assert.Null(_volume.Move(file, ref old, Deadline.In(Ample)));
        Assert.Equal((file + ".old", false), (old, File.Exists(file)));

        // A name that is taken is never moved over.
        string second = file + ".old";
        Assert.Null(_volume.Move(NewFile("VM1.state", "newer memory"), ref second, Deadline.In(Ample)));
        Assert.Equal((file + ".old-2", "memory"), (second, File.ReadAllText(old)));
        Assert.Null(_volume.Delete(file + ".old", Deadline.In(Ample)));
        Assert.Null(_volume.Delete(file + ".old", Deadline.In(Ample)));
        Assert.NotNull(_volume.Delete(_directory, Deadline.In(Ample)));
    }

    /// <summary>Who owns a directory on the way may put a link there, and root must not write or remove what it leads to.</summary>
    [Fact]
    public void WriteMoveAndDelete_ThroughALinkThatOthersMayHaveMade_AreRefused()
    {
        string victim = Directory.CreateDirectory(_directory + "/victim").FullName;
        string file = NewFile("victim/VM1.xml", "victim's");
        string open = Directory.CreateDirectory(_directory + "/open").FullName;
        File.SetUnixFileMode(open, (UnixFileMode)0x1FF);
        File.CreateSymbolicLink(open + "/link", victim);
        string there = open + "/link/VM1.xml";
        string old = there + ".old";

        string?[] problems = [_volume.Write(there, "new", Deadline.In(Ample), out _), _volume.Move(there, ref old, Deadline.In(Ample)), _volume.Delete(there, Deadline.In(Ample))];

        Assert.All(problems, problem => Assert.Contains("is not followed", problem, StringComparison.Ordinal));
        Assert.Equal("victim's", File.ReadAllText(file));
        Assert.Equal([file], Directory.GetFileSystemEntries(victim));
    }

    [Fact]
    public void Ask_NoAnswer_NotLearnedAndSaysWhichVolume()
    {
        string? problem = Still.Stand(new ChildCall(_directory, "VM1"), NewFifo(), Deadline.In(Ample), longest: Short).Why;

        Assert.Contains("the volume / ", problem!.Replace("/tmp ", "/ ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("did not answer within 0.7 s", problem, StringComparison.Ordinal);
    }

    /// <summary>A node whose processor is busy is no volume that stands still: what a look may take counts from when the child looks.</summary>
    [Fact]
    public void Exchange_ChildIsSlowToBegin_IsWaitedFor() =>
        Assert.Equal("\nanswer"u8.ToArray(), Still.Begin(new ChildCall(_directory, "VM1"), after: TimeSpan.FromSeconds(2.5), Deadline.In(Ample), longest: TimeSpan.FromSeconds(2)).Value);

    [Fact]
    public void Exchange_ChildDoesNotBegin_TheVolumeIsNotAccused()
    {
        string? problem = Still.Begin(new ChildCall(_directory, "VM1"), after: TimeSpan.FromHours(1), Deadline.In(Short), longest: Ample).Why;

        Assert.Contains("the volume /mnt was not asked", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("did not answer", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exchange_AnotherChildHasNotBegun_TheVolumeIsNotAccused()
    {
        var calls = new ChildCall(_directory, "VM1");
        Task<Fact<byte[]>> first = Task.Factory.StartNew(() => Still.Begin(calls, after: TimeSpan.FromHours(1), Deadline.In(TimeSpan.FromSeconds(3)), longest: Ample), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Until(() => Directory.GetFiles(_directory, "*slow.lock").Any(file => new FileInfo(file).Length > 0));

        string? problem = Still.Begin(calls, after: TimeSpan.Zero, Deadline.In(TimeSpan.Zero), longest: Ample).Why;

        Assert.Contains("the volume /mnt was not asked: this node is so slow that a process that is to ask has not begun since 20", problem, StringComparison.Ordinal);
        Assert.Contains("was not asked", (await first).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Ask_ChildThatHasNotComeBack_IsWaitedForAndNotDoubled()
    {
        string fifo = NewFifo();
        using var held = new StandingStill(_directory, fifo);

        string? problem = _volume.Write(fifo, "text", Deadline.In(Short), out _);

        Assert.Contains("has not answered since 20", problem, StringComparison.Ordinal);
        Assert.Equal(1, held.Children());

        // Another guest's, or another volume's, is not held up by it.
        Assert.Equal(FactState.Known, VolumeOf("VM2").Look(fifo, Deadline.In(Ample)).State);
        Assert.Equal(FactState.Known, _volume.Look("/proc", Deadline.In(Ample)).State);
    }

    [Fact]
    public async Task Ask_ChildComesBackInTime_TheNextOneIsServed()
    {
        string fifo = NewFifo();
        using var held = new StandingStill(_directory, fifo);
        Task<Fact<PathSeen>> waiting = Task.Factory.StartNew(() => _volume.Look(_directory, Deadline.In(Ample)), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        held.Release();

        Assert.Equal(FileKind.Directory, (await waiting).Value!.Kind);
    }

    /// <summary>Pacemaker kills an agent that is late. What it had begun on a volume must not be finished an hour later, over what was done meanwhile.</summary>
    [Fact]
    public void Ask_ParentIsKilled_TheChildGoesWithIt()
    {
        string fifo = NewFifo();
        using Process parent = Process.Start(Environment.ProcessPath!, ["write", _directory, fifo]);
        Until(() => StandingStill.Pids(fifo).Length == 1);

        parent.Kill();

        Until(() => StandingStill.Pids(fifo).Length == 0);
        Assert.Equal(FactState.Known, _volume.Look(_directory, Deadline.In(Ample)).State);
    }

    [Fact]
    public void Ask_Child_HoldsNoneOfOurDescriptors()
    {
        using var open = new AnonymousPipe();
        string fifo = NewFifo();
        using var held = new StandingStill(_directory, fifo);

        string[] streams = held.Descriptors();

        Assert.All(streams[1..3], target => Assert.Equal("/dev/null", target));
        Assert.StartsWith("socket:", streams[0], StringComparison.Ordinal);
        Assert.DoesNotContain(streams, target => target.StartsWith("pipe:", StringComparison.Ordinal) && open.Is(target));
        Assert.NotEqual(held.Session(Environment.ProcessId), held.Session(held.Pid));
    }

    [Fact]
    public void FindProcess_NoSuchGuest_Absent()
    {
        var search = new ProcessSearch(new ChildCall(_directory, "VM1"));

        Assert.Equal(FactState.Absent, search.Find(new("no-such-guest", Guid.NewGuid().ToString()), hint: null, Deadline.In(Ample)).State);
    }

    [Fact]
    public void LogFile_RegularFile_AppendsEveryLine()
    {
        string file = NewFile("log", "before\n");
        using (var log = new LogFile(file, _directory, "VM1"))
        {
            log.Append("one");
            log.Append("two");
            Until(() => File.ReadAllText(file).EndsWith("two\n", StringComparison.Ordinal));
        }

        Assert.Equal("before\none\ntwo\n", File.ReadAllText(file));
    }

    [Fact]
    public void LogFile_Fifo_GetsNothingAndHoldsNobodyUp()
    {
        using var log = new LogFile(NewFifo(), _directory, "VM1");

        log.Append("one");
    }

    private static void Until(Func<bool> condition)
    {
        while (!condition())
            Thread.Sleep(10);
    }

    private Volume VolumeOf(string owner) => new(new ChildCall(_directory, owner));

    private static void Mount(params string[] words) => Assert.True(Command.Run(Deadline.In(Ample), "mount", words).Succeeded);

    private string NewFile(string name, string text)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }

    private string NewFifo()
    {
        string path = Path.Combine(_directory, Guid.NewGuid() + ".fifo");
        Assert.Equal(0, mkfifo(path, 0x180));
        return path;
    }

    [LibraryImport("libc.so.6", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkfifo(string path, uint mode);

    private sealed class AnonymousPipe : IDisposable
    {
        private readonly System.IO.Pipes.AnonymousPipeServerStream _pipe = new(System.IO.Pipes.PipeDirection.Out, HandleInheritability.Inheritable);

        public bool Is(string target) => target == new FileInfo($"/proc/self/fd/{_pipe.SafePipeHandle.DangerousGetHandle()}").LinkTarget;

        public void Dispose() => _pipe.Dispose();
    }

    /// <summary>A call that does not come back, on a thread of its own.</summary>
    private sealed class StandingStill : IDisposable
    {
        private readonly string _fifo;
        private readonly Thread _call;

        public StandingStill(string directory, string fifo)
        {
            _fifo = fifo;
            _call = new Thread(() => Still.Stand(new ChildCall(directory, "VM1"), fifo, Deadline.In(Ample)));
            _call.Start();
            Until(() => Pids(fifo).Length == 1);
            Pid = Pids(fifo)[0];

            // The runtime is up, and the child reads.
            Until(() => File.ReadAllText($"/proc/{Pid}/stat").Split(") ")[1][0] == 'S' && new FileInfo($"/proc/{Pid}/cwd").LinkTarget == "/");
            Until(() => Directory.GetFiles(directory, "*.lock").Any(HasBegun));

            // Whatever .NET reads it locks.
            static bool HasBegun(string file) => Command.Run(Deadline.In(Ample), "tail", ["-c", "1", file]).Output == "!";
        }

        public int Pid { get; }

        public int Children() => Pids(_fifo).Length;

        public string[] Descriptors() => [.. Directory.GetFiles($"/proc/{Pid}/fd").OrderBy(path => int.Parse(Path.GetFileName(path), System.Globalization.CultureInfo.InvariantCulture)).Select(path => new FileInfo(path).LinkTarget ?? "")];

        /// <summary>Field 6 of /proc/PID/stat.</summary>
        public string Session(int pid) => File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1].Split(' ')[3];

        public void Release()
        {
            // The child has answered once it has read it to its end.
            using (var writer = new FileStream(_fifo, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
                writer.Write("other"u8);
            _call.Join();
        }

        public void Dispose()
        {
            if (_call.IsAlive)
                Release();
        }

        public static int[] Pids(string fifo) =>
            [.. Process.GetProcesses().Where(p => CommandLine(p.Id) is { } line && line.Contains(ChildProcess.Verb, StringComparison.Ordinal) && line.Contains(fifo, StringComparison.Ordinal)).Select(p => p.Id)];

        private static string? CommandLine(int pid)
        {
            try
            {
                return File.ReadAllText($"/proc/{pid}/cmdline");
            }
            catch (IOException)
            {
                return null;
            }
        }
    }
}
