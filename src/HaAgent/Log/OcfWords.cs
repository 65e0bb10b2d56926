using Microsoft.Extensions.Logging;

namespace HaAgent.Log;

/// <summary>The words of ocf_log for a level.</summary>
internal static class OcfWords
{
    public static string Of(LogLevel level) => level switch
    {
        LogLevel.Critical or LogLevel.Error => "ERROR",
        LogLevel.Warning => "WARNING",
        LogLevel.Information => "INFO",
        LogLevel.Debug or LogLevel.Trace => "DEBUG",
        LogLevel.None => "",
    };
}
