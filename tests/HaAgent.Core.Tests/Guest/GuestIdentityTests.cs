using HaAgent.Core.Guest;
using Xunit;

namespace HaAgent.Core.Tests.Guest;

public sealed class GuestIdentityTests
{
    [Theory]
    [InlineData("4DEA22B3-1d52-d8f3-2516-782e98ab3fa0")]
    [InlineData(" 4dea22b31d52d8f32516782e98ab3fa0\n")]
    public void NormaliseUuid_AnySpellingOfLibvirt_IsOne(string text) =>
        Assert.Equal("4dea22b3-1d52-d8f3-2516-782e98ab3fa0", GuestIdentity.NormaliseUuid(text));

    [Theory]
    [InlineData("")]
    [InlineData("4dea22b3-1d52-d8f3-2516-782e98ab3fa")]
    [InlineData("4dea22b3-1d52-d8f3-2516-782e98ab3fa00")]
    [InlineData("xdea22b3-1d52-d8f3-2516-782e98ab3fa0")]
    public void NormaliseUuid_AnythingElse_IsNone(string text) => Assert.Null(GuestIdentity.NormaliseUuid(text));
}
