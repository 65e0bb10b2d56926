using HaAgent.Core.Guest;
using Xunit;

namespace HaAgent.Libvirt.Tests;

/// <summary>The safe layer against libvirt's own test driver, which lives in this process: real libvirt, no daemon, no guest.</summary>
public sealed class TestDriverTests : IDisposable
{
    private const string Uuid = "4dea22b3-1d52-d8f3-2516-782e98ab3fa0";

    private const string Xml = $"<domain type='test'><name>vm1</name><uuid>{Uuid}</uuid><memory unit='MiB'>64</memory><vcpu>3</vcpu><os><type>hvm</type></os></domain>";

    private readonly LibvirtConnection _connection = LibvirtConnection.Open("test:///default");

    public void Dispose() => _connection.Dispose();

    [Fact]
    public void Uri_OfTheTestDriver_IsAsAsked() => Assert.Equal("test:///default", _connection.Uri);

    [Fact]
    public void Open_UnknownHost_IsAnErrorAndNotACrash() =>
        Assert.Throws<LibvirtException>(() => LibvirtConnection.Open("qemu+unix:///system?socket=/nonexistent"));

    [Fact]
    public void Open_DaemonNotThere_IsUnreachable() =>
        Assert.Equal(FailureKind.Unreachable, Assert.Throws<LibvirtException>(() => LibvirtConnection.Open("qemu+unix:///system?socket=/nonexistent")).Kind);

    [Fact]
    public void Open_NoConnectionWhateverTheCode_IsUnreachable() =>
        Assert.Equal(FailureKind.Unreachable, Assert.Throws<LibvirtException>(() => LibvirtConnection.Open("nosuchdriver:///system")).Kind);

    [Fact]
    public void Answers_OpenConnection_Does() => Assert.True(_connection.Answers());

    [Theory]
    [InlineData(1, 7, FailureKind.LockspaceLost, true)]
    [InlineData(38, 7, FailureKind.VirtlockdUnreachable, true)]
    [InlineData(84, 13, FailureKind.Other, true)]
    [InlineData(87, 51, FailureKind.LockConflict, false)]
    [InlineData(1, 10, FailureKind.Other, false)]
    public void Kind_CodeOfAnError_IsAsOnAConnectionThatAnswers(int code, int domain, FailureKind kind, bool mayBeHangUp)
    {
        var error = new LibvirtException(code, domain, "");

        Assert.Equal((kind, mayBeHangUp), (error.Kind, error.MayBeHangUp));
    }

    [Fact]
    public void PassQueue_OpenConnection_ComesBack() => _connection.PassQueue();

    [Fact]
    public void Find_NoSuchDomain_IsNullAndOnlyThat()
    {
        Assert.Null(_connection.FindByUuid(Uuid));
        Assert.Null(_connection.FindByName("vm1"));
    }

    [Fact]
    public void Create_Domain_IsFoundByNameAndUuidAndRuns()
    {
        using LibvirtDomain created = _connection.Create(Xml);
        using LibvirtDomain? byUuid = _connection.FindByUuid(Uuid);
        using LibvirtDomain? byName = _connection.FindByName("vm1");

        Assert.Equal(("vm1", Uuid), (byUuid!.Name, byName!.Uuid));
        Assert.Equal(new DomainInfo(DomainState.Running, 64 * 1024, 3), byUuid.Info());
        Assert.True(byUuid.IsActive);
        Assert.Contains(new GuestIdentity("vm1", Uuid), _connection.ActiveDomains());
    }

    [Fact]
    public void Create_BadXml_IsBadConfiguration() =>
        Assert.True(Assert.Throws<LibvirtException>(() => _connection.Create("<domain type='test'><name>x</name></domain>")).IsBadConfiguration);

    [Fact]
    public void Suspend_RunningDomain_IsPausedByAnAdministratorUntilResumed()
    {
        using LibvirtDomain domain = _connection.Create(Xml);

        domain.Suspend();
        Assert.Equal((DomainState.Paused, (int)PausedReason.User), domain.StateAndReason());
        domain.Resume();
        Assert.Equal(DomainState.Running, domain.Info().State);
    }

    [Fact]
    public void Destroy_TransientDomain_IsGone()
    {
        using LibvirtDomain domain = _connection.Create(Xml);

        domain.Destroy();

        Assert.Null(_connection.FindByUuid(Uuid));
        Assert.True(Assert.Throws<LibvirtException>(() => domain.Info()).IsNoDomain);
    }

    [Fact]
    public void ConfigurationXml_OfADomain_IsReadByOurParser()
    {
        using LibvirtDomain domain = _connection.Create(Xml);

        Assert.Equal(new GuestIdentity("vm1", Uuid), DomainXml.Parse(domain.ConfigurationXml(), out _)!.Identity);
        Assert.Equal("test", DomainXml.Parse(domain.LiveXml(), out _)!.Type);
    }

    [Fact]
    public void EnsureNetworkAndPool_ActiveOnes_StayActive()
    {
        _connection.EnsureNetwork("default");
        _connection.EnsurePool("default-pool");

        Assert.Throws<LibvirtException>(() => _connection.EnsureNetwork("nonexistent"));
        Assert.Throws<LibvirtException>(() => _connection.EnsurePool("nonexistent"));
    }
}
