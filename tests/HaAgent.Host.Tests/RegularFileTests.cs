using System.Runtime.InteropServices;
using System.Text;
using HaAgent.Core.Node;
using HaAgent.Host.Node;
using Xunit;

namespace HaAgent.Host.Tests;

/// <summary>Files are read whole, within bounds, and nothing else than a file is opened: to open a watchdog arms it.</summary>
public sealed class RegularFileTests : IDisposable
{
    private const int Most = 1000;

    private readonly string _folder = Directory.CreateTempSubdirectory("haagent-read-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(999)]
    [InlineData(1000)]
    public void Read_FileWithinTheBound_IsWhole(int length)
    {
        string text = new('x', length);

        FileContent content = RegularFile.Read(Make("file", text), Most).Value!;

        Assert.Equal(text, content.Text);
        Assert.Equal(File.GetLastWriteTimeUtc(Path.Combine(_folder, "file")), content.Written);
    }

    [Fact]
    public void Read_FileThatTheKernelMakesUp_IsWholeThoughItHasNoLength()
    {
        Assert.Equal(0, new FileInfo("/proc/self/status").Length);
        Assert.Contains("CapEff:", RegularFile.Text("/proc/self/status"), StringComparison.Ordinal);
        Assert.Contains("more than is read", RegularFile.Read("/proc/self/status", 100).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_LongerThanTheBound_IsNotLearned() =>
        Assert.Contains("has 1001 bytes", RegularFile.Read(Make("file", new string('x', 1001)), Most).Why, StringComparison.Ordinal);

    [Fact]
    public void Read_NothingThere_IsAbsent()
    {
        Assert.Equal(FactState.Absent, RegularFile.Read(_folder + "/none", Most).State);
        Assert.Equal(FactState.Absent, RegularFile.Read(Make("file", "") + "/none", Most).State);
        Assert.Equal(FactState.Absent, RegularFile.Read("/proc/2147483647/stat", Most).State);
    }

    [Fact]
    public void Read_LinkFifoOrDirectory_IsNotLearnedAndKeepsNobodyWaiting()
    {
        Assert.Equal(0, MakeFifo(_folder + "/fifo", 0x1A4));
        File.CreateSymbolicLink(_folder + "/link", Make("file", "text"));
        File.CreateSymbolicLink(_folder + "/loop", _folder + "/loop");

        Assert.Contains("is a FIFO", RegularFile.Read(_folder + "/fifo", Most).Why, StringComparison.Ordinal);
        Assert.Contains("is a directory", RegularFile.Read(_folder, Most).Why, StringComparison.Ordinal);
        Assert.Equal("text", RegularFile.Read(_folder + "/link", Most).Value!.Text);
        Assert.Contains("is a symbolic link", RegularFile.Read(_folder + "/link", Most, follow: false).Why, StringComparison.Ordinal);
        Assert.Equal(FactState.NotLearned, RegularFile.Read(_folder + "/loop", Most).State);
    }

    /// <summary>A terminal tells its other end that it was opened, as a watchdog starts to count.</summary>
    [Fact]
    public void Questions_DeviceThatSeesThatItIsOpened_IsNeverOpened()
    {
        int master = OpenTerminal("/dev/ptmx", 2 | 0x100);
        Assert.True(master >= 0);
        var name = new byte[64];
        Assert.Equal(0, UnlockTerminal(master));
        Assert.Equal(0, NameOfTerminal(master, name, (nuint)name.Length));
        string device = Encoding.ASCII.GetString(name).TrimEnd('\0');
        string link = _folder + "/config.xml";
        File.CreateSymbolicLink(link, device);

        foreach (string path in (string[])[device, link])
        {
            Assert.Equal(FactState.NotLearned, ConfigFile.ReadText(path).State);
            Assert.Null(ConfigFile.Read(path).Bytes);
            Assert.Equal(FactState.NotLearned, FileQuestions.Here(new FilesQuestion([path]), NodePermit.Questions).Files[path].State);
            Assert.Throws<IOException>(() => WholeFile.Write(path, "text"u8, WholeFile.OwnerOnly));
            Assert.Equal(Core.Locking.LeaseHolder.CannotTell, LeaseProbe.Ask(path).Holder);
            Assert.Equal(FactState.NotLearned, LeaseProbe.ImageUse(path).State);
        }

        Assert.False(WasOpened(master));
        using (File.OpenHandle(device, FileMode.Open, FileAccess.ReadWrite)) { }
        Assert.True(WasOpened(master));
        Assert.Equal(0, Close(master));
    }

    /// <summary>The other end of a terminal hangs up when the last one that had it open has closed it; until the first there is
    /// nothing.</summary>
    private static unsafe bool WasOpened(int master)
    {
        var asked = new Tmds.Linux.pollfd { fd = master };
        return Tmds.Linux.LibC.poll(&asked, 1, 0) > 0 && (asked.revents & Tmds.Linux.LibC.POLLHUP) != 0;
    }

    private string Make(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    [DllImport("libc.so.6", EntryPoint = "mkfifo")]
    private static extern int MakeFifo([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);

    [DllImport("libc.so.6", EntryPoint = "open")]
    private static extern int OpenTerminal([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc.so.6", EntryPoint = "unlockpt")]
    private static extern int UnlockTerminal(int master);

    [DllImport("libc.so.6", EntryPoint = "ptsname_r")]
    private static extern int NameOfTerminal(int master, byte[] name, nuint size);

    [DllImport("libc.so.6", EntryPoint = "close")]
    private static extern int Close(int fd);
}
