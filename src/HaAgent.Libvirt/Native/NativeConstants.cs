namespace HaAgent.Libvirt.Native;

/// <summary>virErrorNumber, as far as we decide by it. A test compares every value here with libvirt-api.xml.</summary>
internal enum ErrorCode
{
    VIR_ERR_INTERNAL_ERROR = 1,
    VIR_ERR_SYSTEM_ERROR = 38,
    VIR_ERR_NO_DOMAIN = 42,
    VIR_ERR_OPERATION_INVALID = 55,
    VIR_ERR_CONFIG_UNSUPPORTED = 67,
    VIR_ERR_XML_ERROR = 27,
    VIR_ERR_RESOURCE_BUSY = 87,
}

/// <summary>virErrorDomain, as far as we decide by it.</summary>
internal enum ErrorDomain
{
    VIR_FROM_RPC = 7,
    VIR_FROM_QEMU = 10,
    VIR_FROM_REMOTE = 13,
    VIR_FROM_LOCKSPACE = 51,
}

/// <summary>Flags of the calls we make.</summary>
internal static class CallFlags
{
    public const uint VIR_CONNECT_LIST_DOMAINS_ACTIVE = 1;
    public const uint VIR_DOMAIN_START_AUTODESTROY = 2;
    public const uint VIR_DOMAIN_XML_SECURE = 1;
    public const uint VIR_DOMAIN_XML_INACTIVE = 2;
    public const uint VIR_DOMAIN_XML_MIGRATABLE = 8;
    public const uint VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN = 1;
    public const uint VIR_DOMAIN_SHUTDOWN_GUEST_AGENT = 2;
    public const uint VIR_DOMAIN_SHUTDOWN_INITCTL = 4;
    public const uint VIR_DOMAIN_SHUTDOWN_SIGNAL = 8;
    public const uint VIR_DOMAIN_SHUTDOWN_PARAVIRT = 16;
    public const uint VIR_DOMAIN_JOB_STATS_COMPLETED = 1;
}

/// <summary>virDomainJobType.</summary>
internal enum JobType
{
    VIR_DOMAIN_JOB_NONE = 0,
    VIR_DOMAIN_JOB_BOUNDED = 1,
    VIR_DOMAIN_JOB_UNBOUNDED = 2,
    VIR_DOMAIN_JOB_COMPLETED = 3,
    VIR_DOMAIN_JOB_FAILED = 4,
    VIR_DOMAIN_JOB_CANCELLED = 5,
}

/// <summary>virCPUCompareResult.</summary>
internal enum CpuCompareResult
{
    VIR_CPU_COMPARE_ERROR = -1,
    VIR_CPU_COMPARE_INCOMPATIBLE = 0,
    VIR_CPU_COMPARE_IDENTICAL = 1,
    VIR_CPU_COMPARE_SUPERSET = 2,
}
