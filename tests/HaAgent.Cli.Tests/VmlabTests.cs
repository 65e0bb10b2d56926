using System.Diagnostics;
using HaAgent.Tests;
using Xunit;

namespace HaAgent.Cli.Tests;

/// <summary>tests/vmlab runs as root: it takes for its own, and removes, only a directory that it made itself.</summary>
public sealed class VmlabTests
{
    private const UnixFileMode Ours = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    [Theory]
    [InlineData(false, Ours)]
    [InlineData(true, Ours | UnixFileMode.GroupWrite)]
    [InlineData(true, Ours | UnixFileMode.OtherWrite)]
    public void Down_DirectoryMayBeSomebodys_IsRefusedAndLeftAlone(bool marked, UnixFileMode mode) => InDirectory(marked, mode, directory =>
    {
        (int status, string error) = Down(directory);

        Assert.Equal(1, status);
        Assert.Equal($"vmlab: {directory} is not a directory that 'vmlab up' made, so nothing in it is used or removed; name another one in VMLAB_DIR\n", error);
        Assert.True(File.Exists(Path.Combine(directory, "kept")));
    });

    [Fact]
    public void Down_LinkToADirectoryOfItsOwn_IsRefused() => InDirectory(true, Ours, directory =>
    {
        string link = directory + "-link";
        File.CreateSymbolicLink(link, directory);
        try
        {
            Assert.Equal(1, Down(link).Status);
            Assert.True(File.Exists(Path.Combine(directory, "kept")));
        }
        finally
        {
            File.Delete(link);
        }
    });

    [Fact]
    public void Down_DirectoryThatUpMade_IsRemoved() => InDirectory(true, Ours, directory =>
    {
        Assert.Equal(0, Down(directory).Status);
        Assert.False(Directory.Exists(directory));
    });

    private static void InDirectory(bool marked, UnixFileMode mode, Action<string> look)
    {
        string directory = Directory.CreateTempSubdirectory("vmlab").FullName;
        try
        {
            File.WriteAllText(Path.Combine(directory, "kept"), "");
            if (marked)
                File.WriteAllText(Path.Combine(directory, "made-by-vmlab"), "");
            File.SetUnixFileMode(directory, mode);
            look(directory);
        }
        finally
        {
            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
        }
    }

    private static (int Status, string Error) Down(string directory)
    {
        using var vmlab = Process.Start(new ProcessStartInfo(Path.Combine(TestFile.Root, "tests/vmlab/vmlab"), ["down"])
        {
            RedirectStandardError = true,
            Environment = { ["VMLAB_DIR"] = directory },
        })!;
        string error = vmlab.StandardError.ReadToEnd();
        vmlab.WaitForExit();
        return (vmlab.ExitCode, error);
    }
}
