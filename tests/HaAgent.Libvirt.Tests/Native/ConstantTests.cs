using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using HaAgent.Core.Guest;
using HaAgent.Core.Migration;
using HaAgent.Libvirt.Native;
using Xunit;

namespace HaAgent.Libvirt.Tests.Native;

/// <summary>Every enum value and field name that we wrote down, against libvirt-api.xml.</summary>
public sealed partial class ConstantTests
{
    /// <summary>Came after libvirt 9.0, the oldest that is supported (Debian 12).</summary>
    private static readonly string[] NewerThanOldestSupported = ["VIR_DOMAIN_PAUSED_API_ERROR"];

    public static TheoryData<string, long> Constants
    {
        get
        {
            var data = new TheoryData<string, long>();
            foreach (Type type in new[] { typeof(ErrorCode), typeof(ErrorDomain), typeof(JobType), typeof(CpuCompareResult) })
            {
                foreach (object value in Enum.GetValues(type))
                    data.Add(value.ToString()!, Convert.ToInt64(value, CultureInfo.InvariantCulture));
            }

            foreach (FieldInfo flag in typeof(CallFlags).GetFields(BindingFlags.Static | BindingFlags.Public))
                data.Add(flag.Name, (uint)flag.GetRawConstantValue()!);
            Add<DomainState>(data, "VIR_DOMAIN_", name => name == "ShutOff" ? "SHUTOFF" : name == "NoState" ? "NOSTATE" : Upper(name), except: "Unknown");
            Add<PausedReason>(data, "VIR_DOMAIN_PAUSED_", name => name switch
            {
                "IoError" => "IOERROR",
                "PostCopy" => "POSTCOPY",
                "PostCopyFailed" => "POSTCOPY_FAILED",
                _ => Upper(name),
            });
            Add<MigrateFlags>(data, "VIR_MIGRATE_", name => name switch
            {
                "Peer2Peer" => "PEER2PEER",
                "AutoConverge" => "AUTO_CONVERGE",
                "PostCopy" => "POSTCOPY",
                "PostCopyResume" => "POSTCOPY_RESUME",
                "ZeroCopy" => "ZEROCOPY",
                _ => Upper(name),
            }, except: "None");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Constants))]
    public void Constant_AgainstLibvirtsDescription_IsTheSame(string name, long value)
    {
        if (LibvirtApi.EnumValue(name) is long native)
            Assert.Equal(native, value);
        else
            Assert.Contains(name, NewerThanOldestSupported);
    }

    [Fact]
    public void MigrateFields_AgainstLibvirtsDescription_AllExist()
    {
        string[] fields = LibvirtApi.MacroTexts("VIR_MIGRATE_PARAM_");

        Assert.NotEmpty(fields);
        Assert.All(MigrateOptionTable.Rows.Where(row => row.Field is not null), row => Assert.Contains(row.Field, fields));
    }

    private static void Add<T>(TheoryData<string, long> data, string prefix, Func<string, string> nativeName, string except = "")
        where T : struct, Enum
    {
        foreach (T value in Enum.GetValues<T>())
        {
            if (value.ToString() != except)
                data.Add(prefix + nativeName(value.ToString()), Convert.ToInt64(value, CultureInfo.InvariantCulture));
        }
    }

    /// <summary>PmSuspended → PMSUSPENDED for states, NonSharedDisk → NON_SHARED_DISK for the rest.</summary>
    private static string Upper(string name) => name == "PmSuspended" ? "PMSUSPENDED" : WordEnd().Replace(name, "$1_$2").ToUpperInvariant();

    [GeneratedRegex("([a-z])([A-Z])")]
    private static partial Regex WordEnd();
}
