using System.Diagnostics;
using HaAgent.Host.Native;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace HaAgent.Host.Tests;

/// <summary>What has to arrive whole does, or the old is there as it was.</summary>
public sealed class WholeFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("haagent-whole-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_NewFile_HasItsModeAndNothingIsLeft()
    {
        string file = Path.Combine(_folder, "a");

        WholeFile.Write(file, "text"u8, WholeFile.OwnerOnly);

        Assert.Equal("text", File.ReadAllText(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal([file], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Write_OverAFile_KeepsModeAndOwner()
    {
        string file = Path.Combine(_folder, "a");
        File.WriteAllText(file, "old");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Run("chown", "12:34", file);

        WholeFile.Write(file, "new"u8, WholeFile.OwnerOnly);

        Assert.Equal("new", File.ReadAllText(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupRead, File.GetUnixFileMode(file));
        Assert.Equal("12:34", Run("stat", "-c", "%u:%g", file));
    }

    [Fact]
    public void Write_ThroughALink_ChangesItsEnd()
    {
        string file = Path.Combine(_folder, "a");
        string link = Path.Combine(_folder, "b");
        File.WriteAllText(file, "old");
        File.CreateSymbolicLink(link, file);

        WholeFile.Write(link, "new"u8, WholeFile.OwnerOnly);

        Assert.Equal((file, "new"), (new FileInfo(link).LinkTarget, File.ReadAllText(file)));
    }

    [Fact]
    public void Write_ThroughALinkThatOthersMayHaveMade_IsRefused()
    {
        string file = Path.Combine(_folder, "a");
        File.WriteAllText(file, "old");
        string open = Directory.CreateDirectory(Path.Combine(_folder, "open")).FullName;
        File.SetUnixFileMode(open, (UnixFileMode)0x1ff);
        string there = Path.Combine(open, "b");
        File.CreateSymbolicLink(there, file);
        string onTheWay = Path.Combine(_folder, "c");
        File.CreateSymbolicLink(onTheWay, "open/b");

        foreach (string link in new[] { there, onTheWay })
            Assert.Contains("is not followed", Assert.Throws<IOException>(() => WholeFile.Write(link, "new"u8, WholeFile.OwnerOnly)).Message, StringComparison.Ordinal);
        WholeFile.Write(there, "new"u8, WholeFile.OwnerOnly, follow: false);

        Assert.Equal(("old", null, "new"), (File.ReadAllText(file), new FileInfo(there).LinkTarget, File.ReadAllText(there)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(there));
    }

    [Fact]
    public void Write_MountThatTakesNoLabels_IsWrittenWithoutOne()
    {
        string like = Path.Combine(_folder, "a");
        File.WriteAllText(like, "");
        using (SafeFileHandle labelled = File.OpenHandle(like, access: FileAccess.ReadWrite))
            Assert.Equal(0, Posix.SetAttribute(labelled, "security.selinux", "some_label"u8.ToArray(), 10, 0));
        string disk = Directory.CreateDirectory(Path.Combine(_folder, "disk")).FullName;
        Run("mount", "-t", "ramfs", "none", disk);
        try
        {
            string file = Path.Combine(disk, "b");

            WholeFile.Write(file, "text"u8, WholeFile.OwnerOnly, like: like);

            Assert.Equal("text", File.ReadAllText(file));
        }
        finally
        {
            Run("umount", disk);
        }
    }

    [Fact]
    public void Write_AfterAWriterWasKilled_RemovesWhatItLeftAndNobodyElses()
    {
        string file = Path.Combine(_folder, "a");
        string[] names = [$"a.{Environment.MachineName}.4194305", $"a.{Environment.MachineName}.1", "a.another.4194305", $"ab.{Environment.MachineName}.4194305"];
        foreach (string name in names)
            File.WriteAllText(Path.Combine(_folder, name + ".haagent-new"), "");

        WholeFile.Write(file, "text"u8, WholeFile.OwnerOnly);

        Assert.Equal(["a", .. names[1..].Select(name => name + ".haagent-new").Order(StringComparer.Ordinal)],
            Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Write_FullDisk_LeavesTheOldFileAsItWas()
    {
        string disk = Directory.CreateDirectory(Path.Combine(_folder, "disk")).FullName;
        Run("mount", "-t", "tmpfs", "-o", "size=64k", "none", disk);
        try
        {
            string file = Path.Combine(disk, "a");
            WholeFile.Write(file, new byte[40_000], WholeFile.OwnerOnly);

            IOException full = Assert.Throws<IOException>(() => WholeFile.Write(file, new byte[50_000], WholeFile.OwnerOnly));

            Assert.Contains("was not written", full.Message, StringComparison.Ordinal);
            Assert.Equal(40_000, new FileInfo(file).Length);
            Assert.Equal([file], Directory.GetFileSystemEntries(disk));
        }
        finally
        {
            Run("umount", disk);
        }
    }

    private static string Run(string program, params string[] words)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardOutput = true })!;
        string said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return said.Trim();
    }
}
