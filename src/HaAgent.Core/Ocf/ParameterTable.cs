namespace HaAgent.Core.Ocf;

/// <summary>
/// The one table of parameters: the 27 of ocf:heartbeat:VirtualDomain with their names and meanings, and <see cref="OwnParameters"/>. No
/// other place knows a parameter's name or default.
/// </summary>
public static class ParameterTable
{
    public static readonly Parameter Config = new(
        "config",
        ParameterKind.Text,
        "",
        "Virtual domain configuration file",
        "Absolute path to the libvirt configuration file (domain XML) of this virtual domain. It must be readable on every node, so it "
            + "belongs on the shared volume."
    )
    {
        Required = true,
        Unique = true,
        Reloadable = false,
        Check = ParameterChecks.AbsolutePath,
    };

    public static readonly Parameter Hypervisor = new(
        "hypervisor",
        ParameterKind.Text,
        "",
        "Hypervisor URI",
        "Hypervisor URI to connect to, for example qemu:///system. Without it libvirt chooses its default, as 'virsh uri' shows."
    )
    {
        Reloadable = false,
        Check = ParameterChecks.HypervisorUri,
    };

    public static readonly Parameter ForceStop = new(
        "force_stop",
        ParameterKind.Boolean,
        "0",
        "Always force shutdown on stop",
        "Stop the domain by destroying it, without asking the guest to shut down. Set it only if the guest cannot shut down gracefully."
    );

    public static readonly Parameter MigrationTransport = new(
        "migration_transport",
        ParameterKind.Text,
        "",
        "Remote hypervisor transport",
        "Transport of the connection to the target's hypervisor while migrating, for example ssh, tcp or tls. It carries libvirt's "
            + "commands only: the guest's memory goes directly from QEMU to QEMU unless migrate_options says --tunnelled. Ignored when "
            + "remoteuri is set."
    )
    {
        Check = ParameterChecks.Transport,
    };

    public static readonly Parameter MigrationUser = new(
        "migration_user",
        ParameterKind.Text,
        "",
        "Remote user name for the remote URI",
        "User name in the URI of the target's hypervisor. Without it, none is given, which means root. Ignored when remoteuri is set."
    )
    {
        Check = ParameterChecks.UserName,
    };

    public static readonly Parameter MigrationDowntime = new(
        "migration_downtime",
        ParameterKind.Integer,
        "0",
        "Live migration downtime",
        "The longest time in milliseconds that the guest may stand still at the end of a live migration. 0 leaves the hypervisor's default."
    )
    {
        Maximum = 2_000_000,
    };

    public static readonly Parameter MigrationSpeed = new(
        "migration_speed",
        ParameterKind.Integer,
        "0",
        "Live migration speed",
        "Limit of a live migration's bandwidth in MiB/s. 0 sets no limit of ours."
    )
    {
        Maximum = 8_796_093_022_207,
    };

    public static readonly Parameter MigrationNetworkSuffix = new(
        "migration_network_suffix",
        ParameterKind.Text,
        "",
        "Migration network host name suffix",
        "Use a dedicated migration network: the suffix is added to the target's node name, before the first dot where the name has one. "
            + "The composed name must resolve on every node. It applies to the remote URI and to the migration URI. Ignored when "
            + "remoteuri is set."
    )
    {
        Check = ParameterChecks.HostNamePart,
    };

    public static readonly Parameter MigrateUri = new(
        "migrateuri",
        ParameterKind.Text,
        "",
        "Custom migration URI for the transfer of the guest's state",
        "Where QEMU on the target listens for the guest's state, for example tcp://%n-mig:49152. %n stands for the target's node name. "
            + "With it migration_network_suffix, migrateport and a --migrateuri in migrate_options are ignored."
    );

    public static readonly Parameter MigrateOptions = new(
        "migrate_options",
        ParameterKind.Text,
        "",
        "Options of the live migration",
        "Further options of the live migration by the names that 'virsh migrate' gives them, for example '--auto-converge --parallel "
            + "--parallel-connections 4'. Each is mapped to libvirt's flag or typed parameter; an unknown one is a configuration error. "
            + "%n in --migrateuri stands for the target's node name."
    )
    {
        Check = Migration.MigrateOptionTable.Problem,
    };

    public static readonly Parameter MonitorScripts = new(
        "monitor_scripts",
        ParameterKind.Text,
        "",
        "Space-separated list of monitor scripts",
        "Commands that check services inside the guest, separated by spaces. Each must exit with 0. start and migrate_from complete only "
            + "when all of them have succeeded, so their timeouts must allow for it. A script still running near the end of the "
            + "operation's timeout is ended and counts as failed."
    );

    public static readonly Parameter AutosetUtilizationCpu = Autoset("autoset_utilization_cpu", "cpu", "number of virtual CPUs");
    public static readonly Parameter AutosetUtilizationHostMemory = Autoset(
        "autoset_utilization_host_memory",
        "host_memory",
        "maximum memory in MiB"
    );
    public static readonly Parameter AutosetUtilizationHvMemory = Autoset(
        "autoset_utilization_hv_memory",
        "hv_memory",
        "maximum memory in MiB"
    );
    public static readonly Parameter UnsetUtilizationCpu = Unset("unset_utilization_cpu", "cpu", "autoset_utilization_cpu");
    public static readonly Parameter UnsetUtilizationHostMemory = Unset(
        "unset_utilization_host_memory",
        "host_memory",
        "autoset_utilization_host_memory"
    );
    public static readonly Parameter UnsetUtilizationHvMemory = Unset(
        "unset_utilization_hv_memory",
        "hv_memory",
        "autoset_utilization_hv_memory"
    );

    public static readonly Parameter MigratePort = new(
        "migrateport",
        ParameterKind.Integer,
        "",
        "Port for the migration URI",
        "The port in the migration URI that migration_network_suffix composes. Without it, a random one between 49152 and 49215."
    )
    {
        Minimum = 1,
        Maximum = 65535,
    };

    public static readonly Parameter RemoteUri = new(
        "remoteuri",
        ParameterKind.Text,
        "",
        "Custom URI of the target's hypervisor",
        "URI of the hypervisor on another node, for example qemu+ssh://%n/system. %n stands for the node's name. With it "
            + "migration_transport, migration_user and migration_network_suffix do not shape this URI."
    )
    {
        Check = ParameterChecks.HypervisorUri,
    };

    public static readonly Parameter SaveConfigOnStop = new(
        "save_config_on_stop",
        ParameterKind.Boolean,
        "false",
        "Save the running domain's configuration back to its file",
        "Changes to a running domain's configuration are normally lost when it stops. With this they are written back to the file named "
            + "in config, atomically, on monitor, stop and migration."
    );

    public static readonly Parameter SyncConfigOnStop = new(
        "sync_config_on_stop",
        ParameterKind.Boolean,
        "false",
        "Distribute the saved configuration with csync2",
        "Implies save_config_on_stop, and calls 'csync2 -x' on the file after it changed. csync2 must be set up for it."
    );

    public static readonly Parameter Snapshot = new(
        "snapshot",
        ParameterKind.Text,
        "",
        "Save and restore the guest's memory on stop and start",
        "Directory for the guest's memory. When set, stop saves the guest's memory to DOMAIN.state in it instead of shutting the guest "
            + "down, and start restores it and removes the file. Incompatible with force_stop."
    )
    {
        Check = ParameterChecks.AbsolutePath,
    };

    public static readonly Parameter BackingFile = new(
        "backingfile",
        ParameterKind.Text,
        "",
        "Backing image of a copy-on-write disk",
        "Absolute path of a disk image that never changes. The domain's image, named as config up to its first dot with .qcow2, is "
            + "created on top of it. The backing image's format is detected and written into the new image."
    )
    {
        Reloadable = false,
        Check = ParameterChecks.AbsolutePath,
    };

    public static readonly Parameter Stateless = new(
        "stateless",
        ParameterKind.Boolean,
        "false",
        "Recreate the copy-on-write image at each start",
        "If true, each start creates the copy-on-write image anew, so the guest forgets everything. If false, it is created only when it "
            + "is missing. Needs backingfile."
    )
    {
        Reloadable = false,
    };

    public static readonly Parameter CopyInDirs = new(
        "copyindirs",
        ParameterKind.Text,
        "",
        "Directories copied into a new copy-on-write image",
        "Space-separated list of files and directories that virt-copy-in puts into the root of a newly created copy-on-write image."
    )
    {
        Reloadable = false,
    };

    public static readonly Parameter ShutdownMode = new(
        "shutdown_mode",
        ParameterKind.Choice,
        "",
        "How the guest is asked to shut down",
        "acpi: the power button; agent: the QEMU guest agent; initctl, signal, paravirt: as 'virsh shutdown --mode' has them. Without it: "
            + "the guest agent where the domain has its channel, then the power button."
    )
    {
        Choices = ["acpi", "agent", "initctl", "signal", "paravirt"],
    };

    public static readonly Parameter StartResources = new(
        "start_resources",
        ParameterKind.Boolean,
        "false",
        "Start the storage pools and networks the domain needs",
        "Start (or refresh) the storage pools and start the networks that the domain's configuration names, before it is started here or "
            + "migrated to another node."
    );

    /// <summary>Every row, in the order in which meta-data lists them.</summary>
    public static Parameter[] Rows { get; } =
    [
        Config,
        Hypervisor,
        ForceStop,
        MigrationTransport,
        MigrationUser,
        MigrationDowntime,
        MigrationSpeed,
        MigrationNetworkSuffix,
        MigrateUri,
        MigrateOptions,
        MonitorScripts,
        AutosetUtilizationCpu,
        AutosetUtilizationHostMemory,
        AutosetUtilizationHvMemory,
        UnsetUtilizationCpu,
        UnsetUtilizationHostMemory,
        UnsetUtilizationHvMemory,
        MigratePort,
        RemoteUri,
        SaveConfigOnStop,
        SyncConfigOnStop,
        Snapshot,
        BackingFile,
        Stateless,
        CopyInDirs,
        ShutdownMode,
        StartResources,
        .. OwnParameters.Rows,
    ];

    private static Parameter Autoset(string name, string attribute, string fact) =>
        new(
            name,
            ParameterKind.Boolean,
            "true",
            $"Set the {attribute} utilization of the resource",
            $"Write the domain's {fact} into the resource's utilization attribute {attribute}, when it differs from what was last written."
        );

    private static Parameter Unset(string name, string attribute, string autoset) =>
        new(
            name,
            ParameterKind.Boolean,
            "false",
            $"Remove the {attribute} utilization of the resource",
            $"Remove the resource's utilization attribute {attribute}. Takes effect only when {autoset} is false."
        );
}
