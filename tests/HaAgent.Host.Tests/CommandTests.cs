using Xunit;

namespace HaAgent.Host.Tests;

public sealed class CommandTests : IDisposable
{
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

    private string NewProgram(string directory, bool executable, string name = "program-of-the-test")
    {
        string path = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, directory)).FullName, name);
        File.WriteAllText(path, "#!/bin/sh\necho \"$0\"\n");
        File.SetUnixFileMode(path, executable ? UnixFileMode.UserRead | UnixFileMode.UserExecute : UnixFileMode.UserRead);
        return path;
    }
}
