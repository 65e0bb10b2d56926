using System.Globalization;

namespace HaAgent.EndToEnd.Tests.Cluster;

/// <summary>What a guest says of itself, see tests/lab/guest/answer.</summary>
/// <param name="Boot">How often it has booted from its disk.</param>
/// <param name="BootId">The kernel's own name of this boot: the same one means the same instance, however it moved.</param>
/// <param name="Uptime">Seconds.</param>
internal sealed record GuestAnswer(string Name, int Boot, string BootId, double Uptime, string Echo)
{
    public static GuestAnswer Parse(string line)
    {
        Dictionary<string, string> facts = line.Split(' ').Select(word => word.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        return new GuestAnswer(facts["name"], int.Parse(facts["boot"], CultureInfo.InvariantCulture), facts["boot_id"],
            double.Parse(facts["uptime"], CultureInfo.InvariantCulture), facts["echo"]);
    }
}
