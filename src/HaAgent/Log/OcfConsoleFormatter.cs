using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace HaAgent.Log;

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
