using HaAgent.Cluster.Configuration;
using HaAgent.Cluster.Planning;
using HaAgent.Cluster.Setup;

namespace HaAgent.Cluster.Check;

/// <summary>The commands of haagent that mend what checks find, as they must be typed in this cluster.</summary>
internal static class Mending
{
    /// <summary>Sets up what is missing, on the storage that is configured.</summary>
    public static string Setup(CheckScope scope) =>
        scope.Storage is { } storage ? $"haagent setup {string.Join(' ', Words(storage).Select(ShellWord.Quote))}"
        : scope.Devices is [var device] ? $"haagent setup --device {ShellWord.Quote(device)}"
        : "haagent setup --device DEVICE (or --existing-mount DIRECTORY)";

    /// <summary>Completes what a guest of the cluster lacks.</summary>
    public static string Add(Primitive guest) =>
        guest.Agent == AgentName.Theirs ? $"haagent adopt {guest.Id}, then haagent add {guest.Id}" : $"haagent add {guest.Id}";

    private static IEnumerable<string> Words(LockStorage storage)
    {
        Primitive filesystem = storage.Filesystem;
        string device = filesystem.Parameter("device") ?? "DEVICE";
        string type = filesystem.Parameter("fstype") ?? "";
        Storage kind = type == "none"
            ? new Storage.ExistingMount(device.EndsWith(Storage.ExistingMount.Directory, StringComparison.Ordinal) ? device[..^Storage.ExistingMount.Directory.Length] : device)
            : new Storage.Device(device, type == "gfs2" ? VolumeType.Gfs2 : VolumeType.Ocfs2, ForceFormat: false);
        string[] words = kind switch
        {
            Storage.ExistingMount mount => ["--existing-mount", mount.Path],
            Storage.Device { Type: VolumeType.Gfs2 } => ["--device", device, "--fs", "gfs2"],
            _ => ["--device", device],
        };
        LockNames names = LockNames.Default(kind);
        string? dlm = storage.Members.FirstOrDefault(member => member.Agent == AgentName.Controld)?.Id;
        return
        [
            .. words,
            .. Unless(SetupIntent.DefaultMount, "--mount", storage.Mount),
            .. Unless(names.Dlm, "--dlm", dlm ?? names.Dlm),
            .. Unless(names.Filesystem, "--filesystem", filesystem.Id),
            .. Unless(names.Group, "--group", storage.GroupClone.Child),
            .. Unless(names.GroupClone, "--clone", storage.GroupClone.Id),
        ];
    }

    private static string[] Unless(string usual, string option, string value) => value == usual ? [] : [option, value];
}
