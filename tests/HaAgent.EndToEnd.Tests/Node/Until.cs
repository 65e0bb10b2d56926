using System.Diagnostics;

namespace HaAgent.EndToEnd.Tests.Node;

/// <summary>Waits for what another process brings about. The bound is generous: it only turns a hang into a failure.</summary>
internal static class Until
{
    public static void True(Func<bool> condition, string what, int boundSeconds = 30)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed.TotalSeconds > boundSeconds) Assert.Fail($"not within {boundSeconds} s: {what}");
            Thread.Sleep(10);
        }
    }
}
