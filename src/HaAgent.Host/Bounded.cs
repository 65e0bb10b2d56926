namespace HaAgent.Host;

/// <summary>
/// Runs calls that may never come back (libvirt, a shared volume while a fence is pending) on a thread of its own, and gives up on them in time.
/// An abandoned thread is in the background: it does not keep the process alive.
/// </summary>
internal sealed class Bounded
{
    private readonly object _gate = new();
    private Worker? _worker;

    /// <summary>Runs a call.</summary>
    /// <returns>False: it did not come back within the time; its effect may still come.</returns>
    /// <exception cref="Exception">Whatever the call threw.</exception>
    public bool Run<T>(TimeSpan within, Func<T> call, out T? result)
    {
        var job = new Job<T>(call);
        lock (_gate)
        {
            _worker ??= new Worker();
            if (!_worker.Do(job, within))
            {
                _worker = null;
                result = default;
                return false;
            }
        }

        if (job.Error is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(job.Error);
        result = job.Result;
        return true;
    }

    private abstract class Job
    {
        public Exception? Error { get; protected set; }

        public bool IsDone { get; set; }

        public abstract void Run();
    }

    private sealed class Job<T>(Func<T> call) : Job
    {
        public T? Result { get; private set; }

        public override void Run()
        {
            try
            {
                Result = call();
            }
            catch (Exception e)
            {
                Error = e;
            }
        }
    }

    private sealed class Worker
    {
        private readonly object _gate = new();
        private Job? _job;
        private bool _started;

        public bool Do(Job job, TimeSpan within)
        {
            long end = Environment.TickCount64 + (long)Math.Max(1, within.TotalMilliseconds);
            lock (_gate)
            {
                _job = job;
                if (_started)
                {
                    Monitor.PulseAll(_gate);
                }
                else
                {
                    _started = true;
                    new Thread(Loop) { IsBackground = true, Name = "bounded" }.Start();
                }

                while (!job.IsDone)
                {
                    long left = end - Environment.TickCount64;
                    if (left <= 0 || !Monitor.Wait(_gate, (int)Math.Min(left, int.MaxValue)))
                        return job.IsDone;
                }

                return true;
            }
        }

        private void Loop()
        {
            while (true)
            {
                Job job;
                lock (_gate)
                {
                    while (_job is null)
                        Monitor.Wait(_gate);
                    job = _job;
                    _job = null;
                }

                job.Run();
                lock (_gate)
                {
                    job.IsDone = true;
                    Monitor.PulseAll(_gate);
                }
            }
        }
    }
}
