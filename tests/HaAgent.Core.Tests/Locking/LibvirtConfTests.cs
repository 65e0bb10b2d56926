using HaAgent.Core.Locking;
using Xunit;

namespace HaAgent.Core.Tests.Locking;

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
    [InlineData("key = 1; other = 1\n", "#key = 1;\n other = 1\n")]
    [InlineData("other = 1; key = 1\n", "other = 1;\n# key = 1\n")]
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

    [Theory]
    [InlineData("key = 0\nkey = 1\n", 0L)]
    [InlineData("key = -17 # why\n", -17L)]
    [InlineData("key = \"1\"\n", null)]
    [InlineData("#key = 1\n", null)]
    public void GetInteger_AnyFile_TheNumberInForce(string text, long? expected) => Assert.Equal(expected, LibvirtConf.GetInteger(text, "key"));

    [Theory]
    [InlineData("key = [ \"a\", 'b' ]\n", "a|b")]
    [InlineData("key = [\n  \"a, ]\", # \"c\"\n  \"\"\"b\n\"\"\",\n]\n", "a, ]|b\n")]
    [InlineData("key = \"a\"\n", "a")]
    [InlineData("key = []\n", "")]
    [InlineData("key = [ 1 ]\n", null)]
    [InlineData("key = 1\n", null)]
    [InlineData("", null)]
    public void GetList_AnyFile_TheStringsInForce(string text, string? expected)
    {
        IReadOnlyList<string>? list = LibvirtConf.GetList(text, "key");

        Assert.Equal(expected, list is null ? null : string.Join('|', list));
    }

    /// <summary>Files put together from statements of every form: what is set is read back, the first of equal keys counts, no other byte changes.</summary>
    [Fact]
    public void SetString_TenThousandRandomFiles_ChangesTheValuesOfTheKeyAlone()
    {
        var random = new Random(20261125);
        string[] values = ["1", "-7", "\"a\"", "'b'", "\"# no comment\"", "\"x; y\"", "\"\"\"key = 1\nother\n\"\"\"", "[ \"a\", \"b\" ]", "[\n \"key = 2\", # ]\n 'c' ]", "\"\u00ff\u0080\"", "[]"];
        string[] others = ["# prose\n", "\n", "#other = \"x\"\n", "  # key of nothing\n", "\t\r\n", "#\n"];
        string[] keys = ["key", "keys", "a_key", "other"];
        string[] ends = ["\n", " # why; key = 3\n", "\r\n", "; ", " ;\n"];
        for (int round = 0; round < 10_000; round++)
        {
            var before = new System.Text.StringBuilder();
            var after = new System.Text.StringBuilder();
            string? first = null;
            bool isLineStart = true;
            for (int i = random.Next(8); i >= 0; i--)
            {
                if (isLineStart && random.Next(2) == 0)
                {
                    string other = others[random.Next(others.Length)];
                    before.Append(other);
                    after.Append(other);
                    continue;
                }

                string key = keys[random.Next(keys.Length)];
                string value = values[random.Next(values.Length)];
                string end = ends[random.Next(ends.Length)];
                string start = (random.Next(3) == 0 ? " " : "") + key + (random.Next(2) == 0 ? " = " : "=");
                before.Append(start).Append(value).Append(end);
                after.Append(start).Append(key == "key" ? "\"set\"" : value).Append(end);
                isLineStart = end.EndsWith('\n');
                if (key == "key")
                    first ??= value;
            }

            string text = before.ToString();
            Assert.Equal(first, LibvirtConf.GetWord(text, "key"));
            string changed = LibvirtConf.SetString(text, "key", "set");
            Assert.Equal("set", LibvirtConf.GetString(changed, "key"));
            if (first is not null)
                Assert.Equal(after.ToString(), changed);
            else
                Assert.StartsWith(text.TrimEnd(), changed, StringComparison.Ordinal);
            Assert.Null(LibvirtConf.GetWord(LibvirtConf.CommentOut(text, "key"), "key"));
            Assert.Equal(LibvirtConf.GetWord(text, "other"), LibvirtConf.GetWord(LibvirtConf.CommentOut(text, "key"), "other"));
        }
    }
}
