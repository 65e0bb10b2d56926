using System.Globalization;
using System.Text;
using HaAgent.Core.Node;
using HaAgent.Host.Child;
using HaAgent.Host.Node;

namespace HaAgent.Host.Tests.Child;

/// <summary>A call on a volume that stands still until somebody writes into a FIFO: nothing of ours waits for one.</summary>
internal static class Still
{
    private const string Kind = "still";
    private const string SlowKind = "slow-to-begin";

    /// <summary>Has a child do it where the FIFO lies.</summary>
    public static Fact<byte[]> Stand(ChildCall calls, string fifo, Deadline deadline, TimeSpan? longest = null)
    {
        (string key, string what) = ChildCall.Of(fifo);
        return calls.Exchange(Kind, key, what, fifo, Encoding.UTF8.GetBytes(fifo), deadline, longest);
    }

    /// <summary>Has a child answer at once on a node whose processor is so slow that the child takes that long to begin.</summary>
    public static Fact<byte[]> Begin(ChildCall calls, TimeSpan after, Deadline deadline, TimeSpan longest) =>
        calls.Exchange(SlowKind, "slow", "the volume /mnt", "slow", Encoding.UTF8.GetBytes(after.ToString()), deadline, longest);

    /// <summary>The child's side.</summary>
    public static void Serve(string kind, FileStream socket)
    {
        if (kind == SlowKind)
        {
            using var time = new MemoryStream();
            socket.CopyTo(time);
            Thread.Sleep(TimeSpan.Parse(Encoding.UTF8.GetString(time.ToArray()), CultureInfo.InvariantCulture));
            ChildWork.Begin(socket);
            socket.Write("answer"u8);
            return;
        }

        if (kind != Kind)
        {
            NodeVolume.Serve(kind, socket);
            return;
        }

        using var fifo = new MemoryStream();
        socket.CopyTo(fifo);
        ChildWork.Begin(socket);
        socket.Write(File.ReadAllBytes(Encoding.UTF8.GetString(fifo.ToArray())));
    }
}
