using System.Globalization;
using HaAgent.Core.Guest;
using HaAgent.Core.Ocf;
using HaAgent.Core.Text;
using HaAgent.Host;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
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
    public void Write(LogMessage message)
    {
        if (message.Severity == Severity.Debug && environment("HA_debug") is null or "" or "0")
            return;
        _logger ??= Build();
        LogLevel level = message.Severity switch
        {
            Severity.Debug => LogLevel.Debug,
            Severity.Info => LogLevel.Information,
            Severity.Warning => LogLevel.Warning,
            Severity.Error => LogLevel.Error,
        };
        _logger.Log(level, message.ToStderr ? default : FilesOnly, message.Text, null, static (text, _) => text);
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
            LogFile? file = environment("HA_LOGFILE") is { Length: > 0 } path
                ? new LogFile(path, state.VolatileDirectory, invocation.Resource)
                : null;
            _provider = new OcfLoggerProvider(_tag, environment("HA_LOGFACILITY"), file);
            logging.AddProvider(_provider);
        });
        return _factory.CreateLogger("VirtualDomain");
    }
}

/// <summary>syslog and HA_LOGFILE. A log that cannot be written never fails an action.</summary>
internal sealed class OcfLoggerProvider(string tag, string? facility, LogFile? logFile) : ILoggerProvider
{
    private readonly Syslog? _syslog = facility == "none" ? null : new Syslog(facility);

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void Dispose()
    {
        logFile?.Dispose();
        _syslog?.Dispose();
    }

    private void Write(LogLevel level, string text)
    {
        string line = $"{OcfWords.Of(level)}: {text}";
        DateTime now = DateTime.Now;
        _syslog?.Send(level, now, $"{tag}: {line}");
        logFile?.Append(string.Create(CultureInfo.InvariantCulture, $"{now:MMM dd HH:mm:ss}  {tag}:    {line}"));
    }

    private sealed class Logger(OcfLoggerProvider provider) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => provider.Write(logLevel, formatter(state, exception));
    }
}

/// <summary>One line of stderr, as other agents write it.</summary>
internal sealed class OcfConsoleFormatter(string tag) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "ocf";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        if (logEntry.EventId != OcfLog.FilesOnly)
            textWriter.Write($"{tag}: {OcfWords.Of(logEntry.LogLevel)}: {logEntry.Formatter(logEntry.State, logEntry.Exception)}\n");
    }
}

/// <summary>The words of ocf_log for a level.</summary>
internal static class OcfWords
{
    public static string Of(LogLevel level) =>
        level switch
        {
            LogLevel.Critical or LogLevel.Error => "ERROR",
            LogLevel.Warning => "WARNING",
            LogLevel.Information => "INFO",
            LogLevel.Debug or LogLevel.Trace => "DEBUG",
            LogLevel.None => "",
        };
}
