using System.Reflection;
using System.Runtime.InteropServices;
using HaAgent.Libvirt.Native;
using Xunit;

namespace HaAgent.Libvirt.Tests.Native;

/// <summary>Every imported function against libvirt-api.xml: that it exists, its arity, and the type of each argument and of the result.</summary>
public sealed class SignatureTests
{
    /// <summary>Which of our types may stand for which C type.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["int"] = ["Int32"],
        ["unsigned int"] = ["UInt32"],
        ["unsigned long"] = ["CULong"],
        ["unsigned long long"] = ["UInt64"],
        ["void"] = ["Void"],
        ["void *"] = ["Void*"],
        ["char *"] = ["Byte*"],
        ["const char *"] = ["String", "Byte*"],
        ["int *"] = ["Int32*"],
        ["long long *"] = ["Int64*"],
        ["unsigned long long *"] = ["UInt64*"],
        ["unsigned int *"] = ["UInt32*"],
        ["virConnectPtr"] = ["ConnectHandle", "IntPtr"],
        ["virDomainPtr"] = ["DomainHandle", "IntPtr"],
        ["virDomainPtr **"] = ["IntPtr**"],
        ["virNetworkPtr"] = ["NetworkHandle", "IntPtr"],
        ["virStoragePoolPtr"] = ["PoolHandle", "IntPtr"],
        ["virStorageVolPtr"] = ["VolumeHandle", "IntPtr"],
        ["virDomainInfoPtr"] = ["VirDomainInfo*"],
        ["virDomainDiskErrorPtr"] = ["VirDomainDiskError*"],
        ["virTypedParameterPtr"] = ["Void*"],
        ["virTypedParameterPtr *"] = ["Void**"],
        ["virErrorPtr"] = ["VirError*"],
        ["virErrorFunc"] = ["Void(Void*, VirError*)"],
    };

    public static TheoryData<string> Functions => new(Imports().Select(m => m.Name));

    [Theory]
    [MemberData(nameof(Functions))]
    public void Import_AgainstLibvirtsDescription_Agrees(string name)
    {
        MethodInfo import = Imports().Single(m => m.Name == name);
        string[]? native = LibvirtApi.Signature(name);
        Assert.True(native is not null, $"libvirt has no function {name}");

        string[] ours = [TypeName(import.ReturnType), .. import.GetParameters().Select(p => TypeName(p.ParameterType))];

        Assert.Equal(native.Length, ours.Length);
        for (int i = 0; i < ours.Length; i++)
            Assert.True(Allowed.TryGetValue(native[i], out string[]? fitting) && fitting.Contains(ours[i]), $"{name}, position {i}: libvirt has '{native[i]}', we have '{ours[i]}'");
    }

    [Fact]
    public void Imports_FromOneLibraryByItsExactName()
    {
        Assert.True(Imports().Count() > 30);
        Assert.All(Imports(), import => Assert.Equal("libvirt.so.0", import.GetCustomAttribute<LibraryImportAttribute>()?.LibraryName ?? Library.Libvirt));
    }

    private static IEnumerable<MethodInfo> Imports() => typeof(Interop)
        .GetNestedTypes(BindingFlags.NonPublic | BindingFlags.Public)
        .SelectMany(topic => topic.GetMethods(BindingFlags.Static | BindingFlags.Public))
        .Where(method => method.Name.StartsWith("vir", StringComparison.Ordinal));

    private static string TypeName(Type type) =>
        type.IsFunctionPointer || type.IsUnmanagedFunctionPointer ? $"{TypeName(type.GetFunctionPointerReturnType())}({string.Join(", ", type.GetFunctionPointerParameterTypes().Select(TypeName))})"
        : type.IsPointer ? TypeName(type.GetElementType()!) + "*"
        : type.Name;
}
