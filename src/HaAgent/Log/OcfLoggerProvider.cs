using System.Globalization;
using HaAgent.Host;
using Microsoft.Extensions.Logging;

namespace HaAgent.Log;

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

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            provider.Write(logLevel, formatter(state, exception));
    }
}
