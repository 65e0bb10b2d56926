using HaAgent.Core.Guest;
using HaAgent.Core.Ocf;
using HaAgent.Libvirt;

namespace HaAgent.Host;

/// <summary>A connection to one hypervisor on which no call takes longer than it may.</summary>
/// <param name="uri">Empty: libvirt's default.</param>
/// <param name="who">For sentences: "libvirt", or "libvirt on bob".</param>
/// <param name="whenSlow">Called when an answer is late.</param>
internal sealed class HypervisorSession(string uri, string who, Action? whenSlow = null) : IDisposable
{
    /// <summary>A hypervisor that did not answer in time is asked only briefly from then on.</summary>
    private static readonly TimeSpan TimeForHung = TimeSpan.FromMilliseconds(500);

    private readonly Bounded _bounded = new(whenSlow);
    private LibvirtConnection? _connection;
    private bool _hung;
    private string? _resolvedUri;

    /// <summary>The URI as libvirt resolved it, once a call went well; until then as configured.</summary>
    public string Uri => _resolvedUri ?? uri;

    /// <summary>The open connection, for a call that another thread bounds.</summary>
    public LibvirtConnection? Connection => _connection;

    /// <summary>Performs a call on the open connection, opening it first where need be.</summary>
    /// <returns>The result, or with a failure the default.</returns>
    public T? Ask<T>(Deadline deadline, Func<LibvirtConnection, T> call, out OperationResult failure, bool needsUri = false)
    {
        Deadline until = _hung ? deadline.OrIn(TimeForHung) : deadline;
        TimeSpan time = until.Left;
        try
        {
            if (_bounded.Run(until, () => Open(call, needsUri), out T? result))
            {
                _hung = false;
                failure = OperationResult.Done;
                return result;
            }

            // The thread may still be in the call: the connection is left to it.
            _hung = true;
            _connection = null;
            failure = OperationResult.Failed($"{who} did not answer within {time.TotalSeconds:0.#} s", FailureKind.TimedOut);
        }
        catch (LibvirtException e)
        {
            FailureKind kind = e.MayBeHangUp && !StillAnswers() ? FailureKind.Unreachable : e.Kind;
            if (kind == FailureKind.Unreachable)
                _connection = null;
            ExitCode code = e.IsBadConfiguration ? ExitCode.Configured : ExitCode.Generic;
            failure = OperationResult.Failed($"{who} says: {e.Message}", kind, code) with { IsFromQemu = e.IsFromQemu };
        }
        catch (DllNotFoundException)
        {
            failure = OperationResult.Failed(
                "the libvirt client library libvirt.so.0 is not installed on this node; install libvirt-libs (libvirt0)",
                FailureKind.Unreachable,
                ExitCode.Installed
            );
        }

        return default;
    }

    /// <summary>Performs a call that gives nothing back.</summary>
    public OperationResult Do(Deadline deadline, Action<LibvirtConnection> call)
    {
        Ask(
            deadline,
            connection =>
            {
                call(connection);
                return true;
            },
            out OperationResult failure
        );
        return failure;
    }

    /// <summary>Says good-bye to the daemon, which otherwise logs an error for each monitor.</summary>
    public void Dispose()
    {
        if (_connection is LibvirtConnection open && !_hung)
            _bounded.Run(
                Deadline.In(TimeForHung),
                () =>
                {
                    open.Dispose();
                    return true;
                },
                out _
            );
    }

    /// <summary>Whether an error that may be the end of the connection is not, because the connection still answers.</summary>
    private bool StillAnswers()
    {
        if (_connection is not LibvirtConnection connection)
            return false;
        if (_bounded.Run(Deadline.In(TimeForHung), connection.Answers, out bool answers))
            return answers;
        _hung = true;
        return false;
    }

    private T Open<T>(Func<LibvirtConnection, T> call, bool needsUri)
    {
        LibvirtConnection connection = _connection ??= LibvirtConnection.Open(uri);
        if (needsUri)
            _resolvedUri = connection.Uri;
        return call(connection);
    }
}
