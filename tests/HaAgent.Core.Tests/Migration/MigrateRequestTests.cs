using HaAgent.Core.Migration;
using Xunit;

namespace HaAgent.Core.Tests.Migration;

public sealed class MigrateRequestTests
{
    [Fact]
    public void Parse_FlagsAndValues_BecomeLibvirtsOwn()
    {
        Assert.Null(MigrateRequest.Parse("--auto-converge --parallel --parallel-connections 4 --migrateuri=tcp://%n-mig --comp-methods xbzrle,mt", out MigrateRequest request));

        Assert.Equal(MigrateFlags.Live | MigrateFlags.AutoConverge | MigrateFlags.Parallel, request.Flags);
        Assert.Equal(
            [
                new TypedValue("parallel.connections", TypedKind.Int, "4"),
                new TypedValue("migrate_uri", TypedKind.Text, "tcp://%n-mig"),
                new TypedValue("compression", TypedKind.TextList, "xbzrle,mt"),
            ],
            request.Values);
    }

    [Fact]
    public void Parse_Nothing_IsLiveAndManaged()
    {
        Assert.Null(MigrateRequest.Parse("", out MigrateRequest request));

        Assert.Equal(MigrateFlags.Live, request.Flags);
        Assert.False(request.IsPeerToPeer);
    }

    [Theory]
    [InlineData("--p2p")]
    [InlineData("--tunnelled")]
    public void Parse_PeerToPeer_OnlyWhenAsked(string options)
    {
        Assert.Null(MigrateRequest.Parse(options, out MigrateRequest request));

        Assert.True(request.IsPeerToPeer);
    }

    [Theory]
    [InlineData("--no-such-option", "--no-such-option")]
    [InlineData("--parallel-connections", "--parallel-connections")]
    [InlineData("--parallel-connections many", "--parallel-connections")]
    [InlineData("--parallel=yes", "--parallel")]
    [InlineData("--dname other", "--dname")]
    [InlineData("--suspend", "--suspend")]
    [InlineData("--timeout 5", "--timeout")]
    [InlineData("garbage", "garbage")]
    public void Parse_UnusableOption_IsNamed(string options, string named) =>
        Assert.Contains($"'{named}'", MigrateRequest.Parse(options, out _), StringComparison.Ordinal);

    [Fact]
    public void With_FieldThatIsSet_ReplacesIt()
    {
        MigrateRequest.Parse("--migrateuri tcp://a", out MigrateRequest request);

        Assert.Equal("tcp://b", request.With("migrate_uri", TypedKind.Text, "tcp://b").ValueOf("migrate_uri"));
        Assert.Single(request.With("migrate_uri", TypedKind.Text, "tcp://b").Values);
    }

    /// <summary>Every option that this machine's virsh lists is known here, taken or refused with a reason.</summary>
    [Fact]
    public void Rows_OptionsOfVirshMigrate_AreAllKnown()
    {
        // `virsh help migrate` of libvirt 9.0.0, less the two positional arguments.
        string[] virsh = ("--live --offline --p2p --direct --tunnelled --persistent --undefinesource --suspend --copy-storage-all --copy-storage-inc "
            + "--copy-storage-synchronous-writes --change-protection --unsafe --verbose --compressed --auto-converge --rdma-pin-all --abort-on-error --postcopy "
            + "--postcopy-after-precopy --postcopy-resume --zerocopy --migrateuri --graphicsuri --listen-address --dname --timeout --timeout-suspend "
            + "--timeout-postcopy --xml --migrate-disks --disks-port --disks-uri --comp-methods --comp-mt-level --comp-mt-threads --comp-mt-dthreads "
            + "--comp-xbzrle-cache --auto-converge-initial --auto-converge-increment --persistent-xml --tls --postcopy-bandwidth --parallel "
            + "--parallel-connections --bandwidth --tls-destination").Split(' ');

        Assert.Empty(virsh.Except(MigrateOptionTable.Rows.Select(row => row.Name)));
    }
}
