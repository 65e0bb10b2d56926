using HaAgent.Core.Guest;
using HaAgent.Core.Locking;
using HaAgent.Core.Ocf;
using Xunit;

namespace HaAgent.Core.Tests.Locking;

public sealed class LockGuardTests
{
    private static readonly LockSetup Lockd = new("lockd", "/mnt/shared/lockd", true, false);
    private static readonly LockspaceSight Ocfs2 = new(true, null, false, "ocfs2");

    [Theory]
    [InlineData("auto")]
    [InlineData("true")]
    public void Judge_LockspaceOnASharedMount_IsFine(string require) =>
        Assert.Equal(OperationResult.Done, LockGuard.Judge(require, Lockd, _ => Ocfs2));

    [Theory]
    [InlineData("auto")]
    [InlineData("true")]
    public void Judge_ShadowDirectory_IsRefused(string require)
    {
        OperationResult result = LockGuard.Judge(require, Lockd, _ => new LockspaceSight(true, null, OnRootFilesystem: true, "ext4"));

        Assert.Equal(ExitCode.Installed, result.Code);
        Assert.Contains("/mnt/shared/lockd", result.Message, StringComparison.Ordinal);
        Assert.Contains("root filesystem", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_MissingDirectory_IsRefused()
    {
        OperationResult result = LockGuard.Judge("auto", Lockd, _ => new LockspaceSight(false, "cannot be opened (No such file or directory)", false, ""));

        Assert.Equal(ExitCode.Installed, result.Code);
        Assert.Contains("No such file or directory", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_UnknownFilesystem_IsAWarningOnly()
    {
        OperationResult result = LockGuard.Judge("auto", Lockd, _ => new LockspaceSight(true, null, false, "xfs"));

        Assert.True(result.Succeeded);
        Assert.Contains("xfs", result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auto", true)]
    [InlineData("true", false)]
    [InlineData("false", true)]
    public void Judge_NoLockManager_OnlyTrueRefuses(string require, bool succeeds) =>
        Assert.Equal(succeeds, LockGuard.Judge(require, LockSetup.None, _ => throw new InvalidOperationException()).Succeeded);

    [Fact]
    public void Judge_RequireLockFalse_LooksAtNothing() =>
        Assert.True(LockGuard.Judge("false", Lockd, _ => throw new InvalidOperationException()).Succeeded);
}
