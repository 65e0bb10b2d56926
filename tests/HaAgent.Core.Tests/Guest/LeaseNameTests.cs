using HaAgent.Core.Guest;
using Xunit;

namespace HaAgent.Core.Tests.Guest;

public sealed class LeaseNameTests
{
    // printf %s /dev/disk/by-id/a | sha256sum
    [Fact]
    public void Of_Path_IsItsSha256() =>
        Assert.Equal(Sha256SumOfTheTool, LeaseName.Of("/dev/disk/by-id/a"));

    private const string Sha256SumOfTheTool = "e8f349108627ed445c5a7c1fd4db6d04ea1027cd3a5a3c14d21345ee7810cf03";
}
