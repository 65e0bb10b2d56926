using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using HaAgent.Host.Node;
using Xunit;

namespace HaAgent.Host.Tests;

public sealed class CommandTests : IDisposable
{
    private static readonly TimeSpan Ample = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("haagent-path").FullName;
    private readonly string? _path = Environment.GetEnvironmentVariable("PATH");

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("PATH", _path);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Find_SeveralOfThatName_TheFirstOnPathThatMayBeExecuted()
    {
        string second = NewProgram("second", executable: true);
        NewProgram("first", executable: false);
        Environment.SetEnvironmentVariable("PATH", $"{_folder}/nowhere:{_folder}/first:{_folder}/second:{_path}");

        Assert.Equal(second, Command.Find("program-of-the-test"));
        Assert.Equal("/bin/true", Command.Find("/bin/true"));
    }

    [Fact]
    public void Run_ProgramBesideOurOwn_IsNotTakenForOneOnPath()
    {
        string beside = Path.Combine(Path.GetDirectoryName(Environment.ProcessPath)!, "haagent-test-program");
        File.WriteAllText(beside, "#!/bin/sh\necho beside\n");
        File.SetUnixFileMode(beside, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        string onPath = NewProgram("first", executable: true, "haagent-test-program");
        Environment.SetEnvironmentVariable("PATH", $"{_folder}/first:{_path}");

        CommandResult result = Command.Run(Deadline.In(TimeSpan.FromMinutes(1)), "haagent-test-program", []);

        File.Delete(beside);
        Assert.Equal(onPath, result.Output.Trim());
    }

    [Fact]
    public void Run_NoSuchProgram_SaysSo()
    {
        CommandResult result = Command.Run(Deadline.In(TimeSpan.FromMinutes(1)), "no-such-program-anywhere", []);

        Assert.Null(result.ExitCode);
        Assert.Contains("no-such-program-anywhere cannot be started", result.Errors, StringComparison.Ordinal);
    }

    /// <summary>Where it runs may be a directory in which others than root write.</summary>
    [Fact]
    public void Run_ProgramThatLiesInItsDirectoryAlone_IsNotFound()
    {
        string beside = NewProgram("beside", executable: true);

        CommandResult result = Command.Run(Deadline.In(Ample), Path.GetFileName(beside), [], directory: Path.GetDirectoryName(beside));

        Assert.Null(result.ExitCode);
        Assert.Equal("program-of-the-test cannot be started: No such file or directory", result.Errors);
    }

    [Fact]
    public void Run_ScriptThatNamesNoInterpreter_IsOneForTheShell()
    {
        string path = NewProgram("first", executable: true);
        File.WriteAllText(path, "printf '%s;' \"$0\" \"$@\"; echo no >&2; exit 3\n");

        CommandResult result = Command.Run(Deadline.In(TimeSpan.FromMinutes(1)), path, ["a b", "$(id)"]);

        Assert.Equal((3, $"{path};a b;$(id);", "no"), (result.ExitCode, result.Output, result.Errors.Trim()));
    }

    [Fact]
    public void Run_NoProgramAtAll_SaysSo()
    {
        string path = NewProgram("first", executable: true);
        File.WriteAllBytes(path, [0x7f, 0x45, 0x4c, 0x46, 0, 1, 2]);

        Assert.NotEqual(0, Command.Run(Deadline.In(TimeSpan.FromMinutes(1)), path, []).ExitCode);
    }

    [Fact]
    public void Run_AnyProgram_LeadsASessionOfItsOwnInTheCLocale()
    {
        string[] words = Script("set -- $(cat /proc/$$/stat); echo $1 $5 $6 $LC_ALL").Output.Split();

        Assert.Equal([words[0], words[0], words[0], "C"], words[..4]);
    }

    [Fact]
    public void Run_DescriptorsThatWereLeftOpen_AreNotItsOwn()
    {
        int leaked = Duplicate(0);

        // The last is that of the directory itself.
        Assert.Equal("0\n1\n2\n3\n", Command.Run(Deadline.In(Ample), "ls", ["/proc/self/fd"]).Output);
        Assert.Equal(0, Close(leaked));
    }

    [Fact]
    public void Run_SignalsThatWeIgnore_AreNotIgnoredByIt() => Assert.Equal("", Script("yes | head -n 1 >/dev/null").Errors);

    [Fact]
    public void Run_EnvironmentAndDirectoryGiven_AreAllItHas()
    {
        CommandResult result = Command.Run(Deadline.In(Ample), "env", [], environment: [KeyValuePair.Create("ONE", "a b=c")], directory: "/");

        Assert.Equal("ONE=a b=c\n", result.Output);
        Assert.Equal("/\n", Command.Run(Deadline.In(Ample), "pwd", [], directory: "/").Output);
    }

    [Fact]
    public void Run_LongInputThatComesBackAtOnce_NobodyWaitsForTheOther()
    {
        byte[] input = Encoding.ASCII.GetBytes(new string('x', 3_000_000));

        CommandResult result = Command.Run(Deadline.In(Ample), "cat", [], input);

        Assert.Equal((0, input.Length), (result.ExitCode, result.Output.Length));
        Assert.Equal(3, Command.Run(Deadline.In(Ample), Make("exit 3"), [], input).ExitCode);
    }

    [Fact]
    public void Run_MoreThanIsKept_IsCutAndRunsToItsEnd()
    {
        CommandResult result = Command.Run(Deadline.In(Ample), Make("yes | head -c 1000000; exit 4"), [], mostOutput: 1000);

        Assert.Equal((4, 1000, true), (result.ExitCode, result.Output.Length, result.IsCut));
        Assert.False(result.Succeeded);
    }

    [Fact]
    public void Run_ChildThatItLeavesBehindHoldsItsStreams_IsNotWaitedFor()
    {
        CommandResult result = Script("sleep 1000 & echo $!");

        Assert.Equal(0, result.ExitCode);
        using Process left = Process.GetProcessById(int.Parse(result.Output, CultureInfo.InvariantCulture));
        left.Kill();
    }

    [Fact]
    public async Task Run_DeadlinePasses_EndsItWithItsChildrenAndTellsWhatItSaid()
    {
        string path = Make("sleep 1000 & echo $!; echo why >&2; wait");
        CommandResult result;
        do
            result = Command.Run(Deadline.In(TimeSpan.FromSeconds(2)), path, []);
        while (result.Output.Length == 0); // a machine so busy that it had not even begun

        Assert.Null(result.ExitCode);
        Assert.Equal("it did not end in time and was ended. why", result.Errors.Trim());
        await Gone(int.Parse(result.Output, CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Run_WeAreKilled_ItEndsWithItsChildren()
    {
        string began = Fifo("began");
        using Process us = Us("ends", Make($"sleep 1000 & echo $! > {began}; wait"));
        int child = int.Parse(await File.ReadAllTextAsync(began, TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);

        us.Kill();

        await Gone(child);
    }

    [Fact]
    public async Task Run_WeAreKilledAndItMustBeFinished_IsFinishedThoughNobodyHearsIt()
    {
        string began = Fifo("began");
        string go = Fifo("go");
        string done = Fifo("done");
        string program = Make($"echo > {began}; read word < {go}; yes $word | head -c 1000000 || exit; echo finished > {done}");
        using Process us = Us("goes-on", program);
        await File.ReadAllTextAsync(began, TestContext.Current.CancellationToken);

        us.Kill();
        await us.WaitForExitAsync(TestContext.Current.CancellationToken);

        // Nor does anybody else begin meanwhile.
        Assert.Throws<TimeoutException>(() => NodeChanges.Hold(program + ".lock", Deadline.In(TimeSpan.Zero)));
        await File.WriteAllTextAsync(go, "word\n", TestContext.Current.CancellationToken);

        Assert.Equal("finished\n", await File.ReadAllTextAsync(done, TestContext.Current.CancellationToken));
        NodeChanges.Hold(program + ".lock", Deadline.In(Ample)).Dispose();
    }

    /// <summary>An executable of ours that runs a program and is no test.</summary>
    private static Process Us(string what, string program) => Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["run", what, program]))!;

    private CommandResult Script(string text) => Command.Run(Deadline.In(Ample), Make(text), []);

    private string Make(string script)
    {
        string path = NewProgram("scripts", executable: true);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(path, "#!/bin/sh\n" + script + "\n");
        return path;
    }

    private string Fifo(string name)
    {
        string path = Path.Combine(_folder, name);
        Assert.Equal(0, MakeFifo(path, 0x180));
        return path;
    }

    private static async Task Gone(int pid)
    {
        try
        {
            using Process process = Process.GetProcessById(pid);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        catch (ArgumentException)
        {
            // It is.
        }
    }

    [DllImport("libc.so.6", EntryPoint = "mkfifo")]
    private static extern int MakeFifo([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);

    [DllImport("libc.so.6", EntryPoint = "dup")]
    private static extern int Duplicate(int fd);

    [DllImport("libc.so.6", EntryPoint = "close")]
    private static extern int Close(int fd);

    private string NewProgram(string directory, bool executable, string name = "program-of-the-test")
    {
        string path = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, directory)).FullName, name);
        File.WriteAllText(path, "#!/bin/sh\necho \"$0\"\n");
        File.SetUnixFileMode(path, executable ? UnixFileMode.UserRead | UnixFileMode.UserExecute : UnixFileMode.UserRead);
        return path;
    }
}
