using System.CommandLine;
using System.CommandLine.Parsing;
using HaAgent.Cli.Apply;
using HaAgent.Cli.CommandLine;
using HaAgent.Cli.Probe;
using HaAgent.Cluster.Setup;

namespace HaAgent.Cli.Verbs;

/// <summary>haagent setup: the guide's 18.3 and 18.4.</summary>
internal static class SetupVerb
{
    private static readonly Option<string> Device = new Option<string>("--device", "-d")
    {
        Description = "The shared block device for lock files and XML, by a name that is the same on every node (/dev/disk/by-id/…)",
        HelpName = "DEVICE",
    }.Checked();

    private static readonly Option<string> ExistingMount = new Option<string>("--existing-mount")
    {
        Description = "Use a shared filesystem (NFS, CephFS, …) that is already mounted here on every node, instead of a device",
        HelpName = "DIRECTORY",
    }.Checked();

    private static readonly Option<string> Mount = new Option<string>("--mount", "-m")
    {
        Description = "Where the cluster mounts it",
        HelpName = "DIRECTORY",
        DefaultValueFactory = _ => SetupIntent.DefaultMount,
    }.Checked();

    private static readonly Option<string> Fs = new Option<string>("--fs")
    {
        Description = "The cluster filesystem to make",
        DefaultValueFactory = _ => "ocfs2",
    }.AcceptOnlyFromAmong("ocfs2", "gfs2");

    private static readonly Option<string> ForceFormat = new Option<string>("--force-format")
    {
        Description = "Destroy what lies on the device; name the device once more",
        HelpName = "DEVICE",
    }.Checked();

    private static readonly Option<bool> NoPackages = new("--no-packages") { Description = "Do not install missing packages" };
    private static readonly Option<string> Dlm = Name("--dlm", "DLM", "dlm");
    private static readonly Option<string> Filesystem = Name("--filesystem", "the mount", "ocfs2, gfs2 or shared");
    private static readonly Option<string> Group = Name("--group", "the group of both", "g-virt-lock");
    private static readonly Option<string> CloneName = Name("--clone", "the clone of the group", "cl-virt-lock");

    public static Command Create()
    {
        var command = new Command("setup", "Set up the lock storage, the cluster's resources for it, and libvirt's locking on every node")
        {
            Device,
            ExistingMount,
            Mount,
            Fs,
            ForceFormat,
            NoPackages,
            Dlm,
            Filesystem,
            Group,
            CloneName,
        };
        command.AddRule(Check);
        command.Plans(RunAsync);
        return command;
    }

    private static async Task<ExitCode> RunAsync(Session session, PlanRunner runner, ParseResult parsed)
    {
        SetupIntent intent = Intent(parsed);
        var probe = new ClusterProbe(session);
        return await runner.RunAsync(
            async () => SetupPlanner.PlanFor(intent, await probe.LookAsync(SetupQuestions.For(intent))),
            $"{intent.Names.GroupClone} runs on every node, and libvirt keeps its locks in {intent.LockDirectory}"
        );
    }

    private static SetupIntent Intent(ParseResult parsed)
    {
        VolumeType type = parsed.GetValue(Fs) == "gfs2" ? VolumeType.Gfs2 : VolumeType.Ocfs2;
        Storage storage = parsed.GetValue(Device) is { } device
            ? new Storage.Device(device, type, parsed.GetValue(ForceFormat) is not null)
            : new Storage.ExistingMount(parsed.GetValue(ExistingMount)!.TrimEnd('/'));
        LockNames names = LockNames.Default(storage);
        return new SetupIntent(
            storage,
            parsed.GetValue(Mount)!.TrimEnd('/'),
            new LockNames(
                parsed.GetValue(Dlm) ?? names.Dlm,
                parsed.GetValue(Filesystem) ?? names.Filesystem,
                parsed.GetValue(Group) ?? names.Group,
                parsed.GetValue(CloneName) ?? names.GroupClone
            )
        )
        {
            InstallPackages = !parsed.GetValue(NoPackages),
        };
    }

    private static void Check(CommandResult result)
    {
        string? device = result.GetValue(Device);
        string? existing = result.GetValue(ExistingMount);
        if (device is null == existing is null)
            result.AddError("Name the shared storage: either --device DEVICE or --existing-mount DIRECTORY.");
        if (device is not null && !device.StartsWith("/dev/", StringComparison.Ordinal))
            result.AddError($"--device {device}: a device's name begins with /dev/.");
        if (result.GetValue(ForceFormat) is { } force && force != device)
            result.AddError($"--force-format {force} does not name the device again that --device names: nothing is formatted.");

        // Defaults are filled in after the validation.
        string mount = (result.GetValue(Mount) ?? SetupIntent.DefaultMount).TrimEnd('/');
        if (
            existing is not null
            && (mount == existing.TrimEnd('/') || mount.StartsWith(existing.TrimEnd('/') + "/", StringComparison.Ordinal))
        )
            result.AddError(
                $"--mount {mount} must lie outside of {existing}: the cluster binds a directory of the one to the other, so that it never "
                    + "takes an empty local directory for the shared one."
            );
        if (mount.Length == 0)
            result.AddError("--mount / is the root filesystem.");
    }

    private static Option<string> Name(string option, string what, string otherwise) =>
        CommonOptions.ResourceName(option, $"The name of the resource for {what} (otherwise {otherwise})", null);
}
