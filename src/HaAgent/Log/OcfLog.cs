using HaAgent.Core.Guest;
using HaAgent.Core.Ocf;
using HaAgent.Core.Text;
using HaAgent.Host;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace HaAgent.Log;

/// <summary>
/// Where agents log (ocf_log of the resource-agents package): syslog, HA_LOGFILE, and stderr for warnings and above. Built on the first
/// message: the successful recurring monitor has none.
/// </summary>
internal sealed class OcfLog(Invocation invocation, StateDirectory state, Func<string, string?> environment) : IDisposable
{
    /// <summary>Marks a line that is on stderr already, as ocf-exit-reason.</summary>
    internal static readonly EventId FilesOnly = new(1);

    private readonly string _tag = $"VirtualDomain({Printable.Line(invocation.Resource)})[{Environment.ProcessId}]";
    private ILoggerFactory? _factory;
    private ILogger? _logger;
    private OcfLoggerProvider? _provider;

    /// <summary>Writes a line.</summary>
    public void Say(Remark remark)
    {
        if (remark.Severity == Severity.Debug && environment("HA_debug") is null or "" or "0")
            return;
        _logger ??= Build();
        LogLevel level = remark.Severity switch
        {
            Severity.Debug => LogLevel.Debug,
            Severity.Info => LogLevel.Information,
            Severity.Warning => LogLevel.Warning,
            Severity.Error => LogLevel.Error,
        };
        _logger.Log(level, remark.ToStderr ? default : FilesOnly, remark.Text, null, static (text, _) => text);
    }

    /// <summary>Writes what is still queued.</summary>
    public void Dispose()
    {
        _factory?.Dispose();

        // The factory leaves alone what it did not make.
        _provider?.Dispose();
    }

    private ILogger Build()
    {
        _factory = LoggerFactory.Create(logging =>
        {
            logging.SetMinimumLevel(LogLevel.Debug);
            logging.AddFilter<ConsoleLoggerProvider>(null, LogLevel.Warning);
            logging.AddConsole(console =>
            {
                console.FormatterName = OcfConsoleFormatter.FormatterName;
                console.LogToStandardErrorThreshold = LogLevel.Trace;
            });
            logging.Services.AddSingleton<ConsoleFormatter>(new OcfConsoleFormatter(_tag));
            LogFile? file = environment("HA_LOGFILE") is { Length: > 0 } path ? new LogFile(path, state.VolatileDirectory, invocation.Resource) : null;
            _provider = new OcfLoggerProvider(_tag, environment("HA_LOGFACILITY"), file);
            logging.AddProvider(_provider);
        });
        return _factory.CreateLogger("VirtualDomain");
    }
}
