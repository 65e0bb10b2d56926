using HaAgent.Core.Node;

namespace HaAgent.Host.Node;

/// <summary>Storage-based fencing and its watchdog.</summary>
internal static class FencingQuestions
{
    private static readonly string[] Files = ["/etc/sysconfig/sbd", "/etc/default/sbd"];

    /// <summary>What is configured, and whether it runs.</summary>
    public static SbdAnswer Answer()
    {
        string configuration = Files.FirstOrDefault(File.Exists) is { } file ? File.ReadAllText(file) : "";
        bool running = ProcFiles.Processes("sbd").Any();
        return new SbdAnswer(Read(configuration, running, RealPath, IsCharacterDevice));
    }

    /// <summary>Reads sbd's configuration. The file comes with the package; what counts is that a device is named or the daemon runs.</summary>
    internal static Fact<SbdFact> Read(string configuration, bool running, Func<string, string> realPath, Func<string, bool> isCharacterDevice)
    {
        IReadOnlyDictionary<string, string> values = KeyValueText.Parse(configuration);
        string[] devices = [.. values.GetValueOrDefault("SBD_DEVICE", "").Split((char[])[';', ' '], StringSplitOptions.RemoveEmptyEntries).Distinct()];
        if (devices.Length == 0 && !running)
            return Fact.Absent<SbdFact>();
        string watchdog = values.GetValueOrDefault("SBD_WATCHDOG_DEV") is { Length: > 0 } named ? named : "/dev/watchdog";
        return Fact.Known(new SbdFact(devices.ToDictionary(device => device, realPath), running, configuration.Length > 0 && isCharacterDevice(watchdog)));
    }

    private static string RealPath(string path)
    {
        using PathHandle? handle = PathHandle.Open(path);
        return handle?.RealPath ?? path;
    }

    private static bool IsCharacterDevice(string path)
    {
        using PathHandle? handle = PathHandle.Open(path);
        return handle is { IsCharacterDevice: true };
    }
}
