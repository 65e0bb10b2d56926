using HaAgent.Core.Locking;
using Xunit;

namespace HaAgent.Core.Tests.Locking;

public sealed class KernelLocksTests
{
    private const string Table = """
        1: POSIX  ADVISORY  READ 1234 fd:0a:131114 0 0
        2: POSIX  ADVISORY  READ 77 fd:0a:131114 0 0
        2: -> POSIX  ADVISORY  WRITE 78 fd:0a:131114 0 0
        3: POSIX  ADVISORY  READ 79 fd:0a:131114 100 101
        4: POSIX  ADVISORY  WRITE 80 fd:0a:131115 0 0
        5: FLOCK  ADVISORY  READ 81 fd:0a:131114 0 EOF
        6: OFDLCK ADVISORY  READ -1 fd:0a:131114 0 0
        7: POSIX  ADVISORY  READ 82 00:0a:131114 0 0

        """;

    [Fact]
    public void Readers_OfAFile_AreThoseThatHoldItsFirstByteTogether() => Assert.Equal([1234, 77], KernelLocks.Readers(Table, 0xfd, 0x0a, 131114));

    [Fact]
    public void Readers_NoSuchFileOrNoTable_AreNobody()
    {
        Assert.Empty(KernelLocks.Readers(Table, 0xfd, 0x0a, 13));
        Assert.Empty(KernelLocks.Readers("", 0xfd, 0x0a, 131114));
    }
}
