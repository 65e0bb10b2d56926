using HaAgent.Cluster.Files;
using Xunit;

namespace HaAgent.Cluster.Tests.Files;

public sealed class LibvirtConfTests
{
    [Theory]
    [InlineData("", "key = \"v\"\n")]
    [InlineData("other = 1", "other = 1\nkey = \"v\"\n")]
    [InlineData("other = 1\r\n", "other = 1\r\nkey = \"v\"\r\n")]
    [InlineData("#key = \"old\"\nother = 1\n", "key = \"v\"\nother = 1\n")]
    [InlineData("# key = prose\n#\n#key = \"old\"\n", "# key = prose\n#\nkey = \"v\"\n")]
    [InlineData("# key = \"old\" # why\n", "key = \"v\" # why\n")]
    [InlineData("#key = \"old\"\r\n", "key = \"v\"\r\n")]
    [InlineData("key = \"old\"\n", "key = \"v\"\n")]
    [InlineData("  key\t=   'old'   # because\n", "  key\t=   \"v\"   # because\n")]
    [InlineData("key = 1\n", "key = \"v\"\n")]
    [InlineData("key=\"old\"\nkey=\"older\"\n", "key=\"v\"\nkey=\"v\"\n")]
    [InlineData("#key = \"old\"\nkey = \"other\"\n", "#key = \"old\"\nkey = \"v\"\n")]
    [InlineData("#keys = \"old\"\n", "#keys = \"old\"\nkey = \"v\"\n")]
    [InlineData("list = [ \"a\", # key = \"x\"\n  \"key = 1\" ]\n#key = 2\n", "list = [ \"a\", # key = \"x\"\n  \"key = 1\" ]\nkey = \"v\"\n")]
    [InlineData("text = \"\"\"\nkey = \"x\"\n\"\"\"\n", "text = \"\"\"\nkey = \"x\"\n\"\"\"\nkey = \"v\"\n")]
    [InlineData("key = [ \"a\",\n \"b\" ]\nrest\n", "key = \"v\"\nrest\n")]
    public void SetString_AnyFile_ChangesTheValueAlone(string before, string after)
    {
        Assert.Equal(after, LibvirtConf.SetString(before, "key", "v"));
        Assert.Equal(after, LibvirtConf.SetString(after, "key", "v"));
        Assert.Equal("v", LibvirtConf.GetString(after, "key"));
    }

    [Fact]
    public void SetString_BytesOfNoEncoding_AreKept()
    {
        const string before = "# \u00ff\u00fe\u0080\n#key = \"old\"\n";

        Assert.Equal("# \u00ff\u00fe\u0080\nkey = \"v\"\n", LibvirtConf.SetString(before, "key", "v"));
    }

    [Fact]
    public void SetString_ValueOutsideAscii_ComesBack()
    {
        string after = LibvirtConf.SetString("", "key", "/mnt/größe");

        Assert.Equal("/mnt/größe", LibvirtConf.GetString(after, "key"));
        Assert.All(after, c => Assert.True(c <= 0xff));
    }

    [Theory]
    [InlineData("a\"b")]
    [InlineData("a\nb")]
    public void SetString_ValueThatCannotBeQuoted_IsRefused(string value) =>
        Assert.Throws<ArgumentException>(() => LibvirtConf.SetString("", "key", value));

    [Theory]
    [InlineData("#key = \"v\"\n")]
    [InlineData("key = 1\n")]
    [InlineData("key = [ \"v\" ]\n")]
    [InlineData("key = \"unfinished\n")]
    public void GetString_NoStringInForce_IsNull(string text) => Assert.Null(LibvirtConf.GetString(text, "key"));

    [Theory]
    [InlineData("key = \"v\"\nother = 1\n", "#key = \"v\"\nother = 1\n")]
    [InlineData("key = [ 1,\n2 ]\nother = 1\n", "#key = [ 1,\n#2 ]\nother = 1\n")]
    [InlineData("#key = \"v\"\n", "#key = \"v\"\n")]
    public void CommentOut_AnyFile_TakesTheKeyOutOfForce(string before, string after) =>
        Assert.Equal(after, LibvirtConf.CommentOut(before, "key"));

    [Theory]
    [InlineData("/etc/libvirt/qemu.conf", "lock_manager", "lockd")]
    [InlineData("/etc/libvirt/qemu-lockd.conf", "file_lockspace_dir", "/mnt/shared/lockd")]
    public void SetString_FileAsLibvirtShipsIt_ChangesOneLineInPlace(string path, string key, string value)
    {
        string before = File.ReadAllText(path, System.Text.Encoding.Latin1);

        string after = LibvirtConf.SetString(before, key, value);

        string[] old = before.Split('\n');
        string[] now = after.Split('\n');
        Assert.Equal(old.Length, now.Length);
        int[] changed = [.. Enumerable.Range(0, old.Length).Where(i => old[i] != now[i])];
        Assert.Equal($"{key} = \"{value}\"", now[Assert.Single(changed)]);
        Assert.StartsWith("#" + key, old[changed[0]], StringComparison.Ordinal);
    }
}
