using System.Text;
using HaAgent.Core.Node;
using HaAgent.Host.Child;
using HaAgent.Host.Node;

namespace HaAgent.Host.Tests.Child;

/// <summary>A call on a volume that stands still until somebody writes into a FIFO: nothing of ours waits for one.</summary>
internal static class Still
{
    private const string Kind = "still";

    /// <summary>Has a child do it where the FIFO lies.</summary>
    public static Fact<byte[]> Stand(ChildCall calls, string fifo, Deadline deadline)
    {
        (string key, string what) = ChildCall.Of(fifo);
        return calls.Exchange(Kind, key, what, fifo, Encoding.UTF8.GetBytes(fifo), deadline);
    }

    /// <summary>The child's side.</summary>
    public static void Serve(string kind, FileStream socket)
    {
        if (kind != Kind)
        {
            NodeVolume.Serve(kind, socket);
            return;
        }

        using var fifo = new MemoryStream();
        socket.CopyTo(fifo);
        socket.Write(File.ReadAllBytes(Encoding.UTF8.GetString(fifo.ToArray())));
    }
}
