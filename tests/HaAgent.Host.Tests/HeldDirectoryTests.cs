using Xunit;

namespace HaAgent.Host.Tests;

/// <summary>What is written or removed by root meets the directory that was walked to, and no other that somebody puts in its place.</summary>
public sealed class HeldDirectoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("haagent-held-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Held_AnotherDirectoryInItsPlace_IsNotTouched()
    {
        Make("mine/old", "mine");
        Make("victim/old", "victim's");
        Make("victim/new", "victim's");
        using HeldDirectory held = HeldDirectory.Of(Path.Combine(_folder, "mine", "new"), follow: true, out string name);
        Directory.Move(Path.Combine(_folder, "mine"), Path.Combine(_folder, "away"));
        File.CreateSymbolicLink(Path.Combine(_folder, "mine"), Path.Combine(_folder, "victim"));

        held.Replace("old", name);

        Assert.Equal("mine", Read("away/new"));
        Assert.True(held.Delete(name));
        Assert.False(held.Delete(name));
        Assert.Equal(("victim's", "victim's"), (Read("victim/old"), Read("victim/new")));
    }

    [Theory]
    [InlineData("plain/a")]
    [InlineData("plain//./a")]
    [InlineData("plain/../plain/a")]
    [InlineData("link/a")]
    [InlineData("plain/further/../a")]
    public void Of_PathThatRootAloneMade_LeadsThere(string path)
    {
        Make("plain/a", "text");
        Directory.CreateDirectory(Path.Combine(_folder, "plain/further"));
        File.CreateSymbolicLink(Path.Combine(_folder, "link"), "plain");

        using HeldDirectory held = HeldDirectory.Of(Path.Combine(_folder, path), follow: true, out string name);

        Assert.Equal("text", File.ReadAllText(held[name]));
    }

    [Fact]
    public void Make_PartsThatAreNotThere_AreMadeAndThroughAForeignLinkNone()
    {
        using (HeldDirectory made = HeldDirectory.Make(Path.Combine(_folder, "a/b/c"), 0x1C0))
            Assert.True(Directory.Exists(made["."]));
        Assert.Equal((UnixFileMode)0x1C0, File.GetUnixFileMode(Path.Combine(_folder, "a/b")));

        string open = Directory.CreateDirectory(Path.Combine(_folder, "open")).FullName;
        File.SetUnixFileMode(open, (UnixFileMode)0x1FF);
        File.CreateSymbolicLink(open + "/link", Path.Combine(_folder, "a"));
        Assert.Contains("is not followed", Assert.Throws<IOException>(() => HeldDirectory.Make(open + "/link/d")).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "a/d")));
    }

    [Fact]
    public void Of_LinksWithoutAnEnd_AreNotFollowedForEver()
    {
        File.CreateSymbolicLink(Path.Combine(_folder, "one"), "two");
        File.CreateSymbolicLink(Path.Combine(_folder, "two"), "one");

        foreach (string path in (string[])["one", "one/a"])
            Assert.Throws<IOException>(() => HeldDirectory.Of(Path.Combine(_folder, path), follow: true, out _));
    }

    private void Make(string path, string text)
    {
        string full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    private string Read(string path) => File.ReadAllText(Path.Combine(_folder, path));
}
