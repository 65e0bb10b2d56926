using System.Diagnostics.CodeAnalysis;
using HaAgent.Core.Guest;
using HaAgent.Libvirt.Native;

namespace HaAgent.Libvirt;

/// <summary>A call of libvirt failed. Decisions are made by <see cref="Kind"/>, which comes from numbers; the message is for people and may
/// be in any language.</summary>
[SuppressMessage(
    "Design",
    "CA1032:Implement standard exception constructors",
    Justification = "It is thrown in one place only, with the error of libvirt."
)]
public sealed class LibvirtException : Exception
{
    internal LibvirtException(int code, int domain, string message)
        : base($"{message} (libvirt error {code}/{domain})")
    {
        Code = code;
        Domain = domain;
        Text = message;
        Kind = Classify(code, domain);
    }

    /// <summary>What it means for us; where <see cref="MayBeHangUp"/> is set, only on a connection that still answers.</summary>
    public FailureKind Kind { get; private init; }

    /// <summary>
    /// It comes from a socket: of ours to the daemon, of virtproxyd's to the daemon behind it, or of the daemon's to virtlockd. The codes
    /// are the same (1/7, 38/7); <see cref="LibvirtConnection.Answers"/> tells which.
    /// </summary>
    public bool MayBeHangUp => (ErrorDomain)Domain is ErrorDomain.VIR_FROM_RPC or ErrorDomain.VIR_FROM_REMOTE;

    /// <summary>libvirt knows no such domain: the only thing that means "not defined".</summary>
    public bool IsNoDomain => Code == (int)ErrorCode.VIR_ERR_NO_DOMAIN;

    /// <summary>The XML is not a domain libvirt can make: VIR_ERR_XML_ERROR, VIR_ERR_CONFIG_UNSUPPORTED.</summary>
    public bool IsBadConfiguration => Code is (int)ErrorCode.VIR_ERR_XML_ERROR or (int)ErrorCode.VIR_ERR_CONFIG_UNSUPPORTED;

    /// <summary>QEMU itself failed: an internal error of the QEMU driver, which is also how QEMU's own image lock shows.</summary>
    public bool IsFromQemu { get; private init; }

    private int Code { get; }

    private int Domain { get; }

    private string Text { get; }

    /// <summary>The same, where it came instead of a connection: whatever the code, libvirt could not be reached.</summary>
    internal LibvirtException Unreached() => new(Code, Domain, Text) { Kind = FailureKind.Unreachable };

    /// <summary>The last error of this thread.</summary>
    internal static unsafe LibvirtException Last()
    {
        Interop.Error.VirError* error = Interop.Error.virGetLastError();
        if (error == null)
            return new LibvirtException(0, 0, "libvirt gave no reason");
        return new LibvirtException(error->Code, error->Domain, NativeText.Borrowed(error->Message) ?? "libvirt gave no message")
        {
            IsFromQemu = error->Code == (int)ErrorCode.VIR_ERR_INTERNAL_ERROR && error->Domain == (int)ErrorDomain.VIR_FROM_QEMU,
        };
    }

    private static FailureKind Classify(int code, int domain) =>
        ((ErrorCode)code, (ErrorDomain)domain) switch
        {
            (ErrorCode.VIR_ERR_RESOURCE_BUSY, ErrorDomain.VIR_FROM_LOCKSPACE) => FailureKind.LockConflict,
            (ErrorCode.VIR_ERR_INTERNAL_ERROR, ErrorDomain.VIR_FROM_RPC) => FailureKind.LockspaceLost,
            (ErrorCode.VIR_ERR_SYSTEM_ERROR, ErrorDomain.VIR_FROM_RPC) => FailureKind.VirtlockdUnreachable,
            _ => FailureKind.Other,
        };
}
