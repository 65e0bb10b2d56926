namespace HaAgent.Cli.Nodes;

/// <summary>Runs a call that may never come back (libvirt) on a thread of its own, and gives up on it in time. An abandoned thread keeps nothing alive.</summary>
internal static class BoundedCall
{
    /// <summary>Runs the call.</summary>
    /// <exception cref="TimeoutException">It did not come back within the time; its effect may still come.</exception>
    public static Task<T> RunAsync<T>(TimeSpan limit, Func<T> call)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                done.SetResult(call());
            }
#pragma warning disable CA1031 // Whatever it is, it is thrown where the call is awaited.
            catch (Exception e)
#pragma warning restore CA1031
            {
                done.SetException(e);
            }
        })
        { IsBackground = true, Name = "bounded call" }.Start();
        return done.Task.WaitAsync(limit);
    }
}
