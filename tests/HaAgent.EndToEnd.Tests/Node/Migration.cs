namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>The two operations of a live migration as Pacemaker runs them: migrate_to on the source, then migrate_from on the target.</summary>
internal static class Migration
{
    public static AgentCall To(this TestGuest guest, string target, int timeout = 60, params (string Name, string Value)[] parameters) =>
        guest.Call("migrate_to", timeout, parameters: [("remoteuri", "qemu+tcp://%n/system"), .. parameters]) with { Variables = Ends("alice", target) };

    public static AgentCall From(this TestGuest guest, string source, string target, int timeout = 30) =>
        guest.Call("migrate_from", timeout, parameters: [("remoteuri", "qemu+tcp://%n/system")]) with { Variables = Ends(source, target) };

    private static Dictionary<string, string> Ends(string source, string target) => new()
    {
        ["OCF_RESKEY_CRM_meta_migrate_source"] = source,
        ["OCF_RESKEY_CRM_meta_migrate_target"] = target,
    };
}
