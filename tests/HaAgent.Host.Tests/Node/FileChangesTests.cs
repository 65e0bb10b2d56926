using System.Text;
using HaAgent.Core.Node;
using HaAgent.Host.Node;
using Xunit;

namespace HaAgent.Host.Tests.Node;

/// <summary>A file gets all of its new content or nothing of it, and nothing but what was planned for is replaced.</summary>
public sealed class FileChangesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("haagent-files-").FullName;

    [Fact]
    public void Write_FileAsPlannedFor_HasNewContentOldModeAndWhatItWasEachTimeIsKept()
    {
        string file = Make("VM1.xml", "<old/>\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        Assert.Equal(new DoneReply(file + ".before"), Change(Write(file, "<old/>\n", "<new/>\n") with { CopySuffix = ".before" }));
        Assert.Equal(new DoneReply(file + ".before.2"), Change(Write(file, "<new/>\n", "<old/>\n") with { CopySuffix = ".before" }));
        Assert.Equal(new DoneReply(file + ".before"), Change(Write(file, "<old/>\n", "newer\n") with { CopySuffix = ".before" }));

        Assert.Equal("newer\n", File.ReadAllText(file));
        Assert.Equal("<old/>\n", File.ReadAllText(file + ".before"));
        Assert.Equal("<new/>\n", File.ReadAllText(file + ".before.2"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(file));
        Assert.Equal(["VM1.xml", "VM1.xml.before", "VM1.xml.before.2"], Names());
    }

    [Fact]
    public void Write_SomebodyElseChangedIt_IsRefusedAndNothingIsTouched()
    {
        string file = Make("qemu.conf", "<theirs/>\n");

        RefusedReply refused = Assert.IsType<RefusedReply>(Change(Write(file, "<old/>\n", "<new/>\n") with { CopySuffix = ".before", Removes = [file] }));

        Assert.Contains("changed by somebody else", refused.Why, StringComparison.Ordinal);
        Assert.Equal("<theirs/>\n", File.ReadAllText(file));
        Assert.Equal(["qemu.conf"], Names());
    }

    [Fact]
    public void Write_MadeAgainAfterItWasCutOff_DoesTheRest()
    {
        string file = Make("qemu.conf", "<new/>\n");
        string copy = Make("qemu.conf.before", "<old/>\n");
        Make($"qemu.conf.{Environment.MachineName}.4194305.haagent-new", "ne"); // more than any process's number

        Assert.IsType<DoneReply>(Change(Write(file, "<old/>\n", "<new/>\n") with { Removes = [copy] }));

        Assert.Equal(["qemu.conf"], Names());
    }

    [Fact]
    public void Write_NoFileExpectedAndNone_MakesItWithItsDirectoryAndMode()
    {
        string file = Path.Combine(_folder, "pacemaker.service.d", "haagent.conf");

        Assert.IsType<DoneReply>(Change(Write(file, null, "[Unit]\n") with { NewMode = "600" }));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public void Write_NoFileExpectedAndOneIsThere_IsRefused()
    {
        string file = Make("VM1.xml", "<theirs/>\n");

        Assert.IsType<RefusedReply>(Change(Write(file, null, "<domain/>\n")));

        Assert.Equal("<theirs/>\n", File.ReadAllText(file));
    }

    [Fact]
    public void Write_SymbolicLink_ChangesTheFileAtItsEnd()
    {
        string real = Make("managed.conf", "<old/>\n");
        string link = Path.Combine(_folder, "qemu.conf");
        File.CreateSymbolicLink(link, real);

        Assert.IsType<DoneReply>(Change(Write(link, "<old/>\n", "<new/>\n")));

        Assert.Equal(real, new FileInfo(link).LinkTarget);
        Assert.Equal("<new/>\n", File.ReadAllText(real));
    }

    [Fact]
    public void Write_SymbolicLinkToNothing_IsRefused()
    {
        string link = Path.Combine(_folder, "qemu.conf");
        File.CreateSymbolicLink(link, Path.Combine(_folder, "gone"));

        Assert.IsType<RefusedReply>(Change(Write(link, null, "<new/>\n")));

        Assert.Equal(["qemu.conf"], Names());
    }

    [Fact]
    public void Write_SymbolicLinkWhereOthersMayPutOne_IsNotFollowed()
    {
        string real = Make("real.xml", "<old/>\n");
        string open = Directory.CreateDirectory(Path.Combine(_folder, "open")).FullName;
        File.SetUnixFileMode(open, (UnixFileMode)0x1ff);
        File.CreateSymbolicLink(Path.Combine(open, "VM1.xml"), real);
        File.CreateSymbolicLink(Path.Combine(open, "way"), _folder);

        foreach (string path in new[] { Path.Combine(open, "VM1.xml"), Path.Combine(open, "way", "real.xml") })
            Assert.Contains("is not followed", Assert.IsType<RefusedReply>(Change(Write(path, "<old/>\n", "<new/>\n"))).Why, StringComparison.Ordinal);

        Assert.Equal("<old/>\n", File.ReadAllText(real));
    }

    [Fact]
    public void Write_OverSomethingElseThanXml_IsRefused()
    {
        string file = Make("passwd", "root:x:0:0\n");

        Assert.Contains("something else", Assert.IsType<RefusedReply>(Change(Write(file, "root:x:0:0\n", "<new/>\n"))).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dev/null")]
    [InlineData("/proc/self")]
    [InlineData("relative.conf")]
    [InlineData("")]
    public void Write_NoRegularFile_IsRefused(string path) => Assert.IsType<RefusedReply>(Change(Write(path, null, "<new/>\n")));

    [Fact]
    public void Write_ContentThatIsNotItsFingerprints_IsRefused()
    {
        string file = Make("qemu.conf", "<old/>\n");

        Assert.IsType<RefusedReply>(Change(Write(file, "<old/>\n", "<new/>\n") with { Content = Encoding.ASCII.GetBytes("ne") }));

        Assert.Equal("<old/>\n", File.ReadAllText(file));
    }

    [Fact]
    public void Remove_FileAsPlannedFor_GoesWithItsEmptyDirectoryAndCanBeMadeAgain()
    {
        string file = Path.Combine(_folder, "pacemaker.service.d", "haagent.conf");
        Change(Write(file, null, "[Unit]\n"));
        var remove = new RemoveFile(file, Fingerprint("[Unit]\n")) { WithDirectory = true };

        Assert.IsType<DoneReply>(Change(remove));
        Assert.IsType<DoneReply>(Change(remove));

        Assert.Empty(Names());
    }

    [Fact]
    public void Remove_SomebodyElseChangedIt_IsRefused()
    {
        string file = Make("haagent.conf", "<theirs/>\n");

        Assert.IsType<RefusedReply>(Change(new RemoveFile(file, Fingerprint("ours\n"))));

        Assert.True(File.Exists(file));
    }

    [Fact]
    public void MakeDirectory_NothingIsMountedThere_IsRefused()
    {
        Assert.IsType<RefusedReply>(Change(new MakeDirectory(Path.Combine(_folder, "lockd"), _folder)));
        Assert.Empty(Names());
    }

    [Theory]
    [InlineData("/mnt/shared", true)]
    [InlineData("/mnt/shared/", true)]
    [InlineData("/mnt", false)]
    [InlineData("/mnt/two words", true)]
    public void IsMountPoint_LineOfMountinfo_IsThatPathAlone(string path, bool expected) =>
        Assert.Equal(expected, HostMounts.IsMountPoint(path, Core.Locking.MountTable.Parse("36 35 98:0 / /mnt/shared rw - ocfs2 /dev/sdc rw\n37 35 98:1 / /mnt/two\\040words rw - nfs srv:/ rw\n")));

    [Fact]
    public void MarkDirectory_Twice_KeepsItsMarkWhichIsSeen()
    {
        string inside = Path.Combine(_folder, "haagent");
        Change(new MarkDirectory(inside, ".haagent"));
        string mark = File.ReadAllText(Path.Combine(inside, ".haagent"));
        Change(new MarkDirectory(inside, ".haagent"));

        Assert.Equal(mark, File.ReadAllText(Path.Combine(inside, ".haagent")));
        Assert.IsType<DoneReply>(Change(new SeeMark(inside, ".haagent")));
    }

    [Fact]
    public void SeeFile_ItsContentOrAnother_IsSeenOrRefused()
    {
        string path = Make("VM1.xml", "<domain/>");

        Assert.IsType<DoneReply>(Change(new SeeFile(path, Fingerprint("<domain/>"))));
        NodeReply other = NodeChanges.Make(new SeeFile(path, Fingerprint("<domain>")), Deadline.In(TimeSpan.Zero), Path.Combine(_folder, "lock"));
        Assert.Contains("has another content here", Assert.IsType<RefusedReply>(other).Why, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static WriteFile Write(string path, string? before, string after) =>
        new(path, Fingerprint(after), Encoding.ASCII.GetBytes(after)) { Before = before is null ? null : Fingerprint(before) };

    private static string Fingerprint(string text) => NodeChange.Fingerprint(Encoding.ASCII.GetBytes(text));

    private string Make(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private string[] Names() => [.. Directory.GetFileSystemEntries(_folder).Select(path => Path.GetFileName(path)!).Where(name => name != "lock").Order(StringComparer.Ordinal)];

    /// <summary>Beyond <see cref="ChangeRules"/>, which name the files where they lie on a node.</summary>
    private static NodeReply Change(NodeChange change)
    {
        Deadline deadline = Deadline.In(TimeSpan.FromSeconds(10));
        try
        {
            return change switch
            {
                MakeDirectory c => FileChanges.Make(c),
                MarkDirectory c => FileChanges.Make(c),
                SeeMark c => FileChanges.See(c, deadline),
                SeeFile c => FileChanges.See(c, deadline),
                WriteFile c => FileChanges.Write(c, deadline),
                RemoveFile c => FileChanges.Remove(c, deadline),
                _ => throw new NotSupportedException(),
            };
        }
        catch (IOException e)
        {
            return new RefusedReply(e.Message);
        }
    }
}
