using System.Text.Json;
using HaAgent.EndToEnd.Tests.Node;

namespace HaAgent.EndToEnd.Tests.Haagent;

/// <summary>The doctor on a cluster in which much was broken: each finding says what is wrong, and what it says mends it is typed as it stands.</summary>
[Collection(nameof(SetUpCluster))]
public sealed class CheckTests
{
    private const string Vm = "VM1";
    private readonly SetUpCluster _cluster;

    public CheckTests(SetUpCluster cluster)
    {
        _cluster = cluster;
        cluster.OnlyGuest(Vm, BareCluster.Alice);
    }

    [Fact]
    public void Check_MuchIsBroken_EachMendMendsIt()
    {
        _cluster.Script(BareCluster.Alice, $"""
            virsh -q autostart {Vm}
            crm configure property stonith-enabled=false no-quorum-policy=ignore
            crm resource meta cl-virt-lock delete interleave
            cibadmin --delete --xpath "//rsc_order[@id='o-fs-virt']"
            cibadmin --delete-all --force --xpath "//primitive[@id='{Vm}']//op[@name='monitor']"
            """);
        _cluster.Script(BareCluster.Bob, """
            sed -i 's/^lock_manager/#&/' /etc/libvirt/qemu.conf
            kill $(cat /run/virtlockd.pid)
            """);

        Dictionary<string, string> found = Errors();

        Type(found, $"{Vm}: libvirt on alice starts it at boot, beside the cluster", $"virsh autostart --disable {Vm}, on alice");
        Type(found, "fencing is switched off", "crm configure property stonith-enabled=true");
        Type(found, "no-quorum-policy=ignore lets each half", "crm configure property no-quorum-policy=freeze");
        Type(found, "cl-virt-lock lacks interleave=true", "crm resource meta cl-virt-lock set interleave true");
        Type(found, "virtlockd does not run on bob", "virtlockd -d on bob");
        Type(found, "lock_manager in /etc/libvirt/qemu.conf on bob is not set", "haagent setup --existing-mount /srv/shared");
        Type(found, $"{Vm} has no order with cl-virt-lock", $"haagent add {Vm}");
        Type(found, $"{Vm} is not monitored", $"haagent add {Vm}");
        Assert.Empty(Errors());
        _cluster.Script(BareCluster.Alice, "crm_attribute --type crm_config --name no-quorum-policy --delete");
    }

    /// <summary>Types what a finding says mends it, on the node that it names.</summary>
    private void Type(Dictionary<string, string> found, string sentence, string mend)
    {
        string? key = found.Keys.SingleOrDefault(k => k.Contains(sentence, StringComparison.Ordinal));
        Assert.True(key is not null, $"'{sentence}' is not among what was found:\n{string.Join('\n', found.Keys)}");
        Assert.Equal(mend, found[key]);
        string[] parts = mend.Split([", on ", " on "], StringSplitOptions.None);
        string command = parts[0].StartsWith("haagent", StringComparison.Ordinal) ? parts[0] + " --yes" : parts[0];
        _cluster.Script(parts.ElementAtOrDefault(1) ?? BareCluster.Alice, command);
    }

    private Dictionary<string, string> Errors()
    {
        Finished check = _cluster.Haagent("check", "--json");
        using var answer = JsonDocument.Parse(check.Output);
        Dictionary<string, string> errors = answer.RootElement.GetProperty("findings").EnumerateArray()
            .Where(finding => finding.GetProperty("severity").GetString() == "error")
            .ToDictionary(finding => finding.GetProperty("sentence").GetString()!, finding => finding.GetProperty("mend").GetString()!);
        Assert.Equal(errors.Count == 0 ? 0 : 1, check.ExitCode);
        return errors;
    }
}
