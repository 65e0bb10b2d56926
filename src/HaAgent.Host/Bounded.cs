namespace HaAgent.Host;

/// <summary>
/// Runs calls that may never come back (libvirt, a shared volume while a fence is pending) on a thread of its own, and gives up on them in
/// time.
/// An abandoned thread is in the background: it does not keep the process alive.
/// </summary>
/// <param name="whenSlow">Called when an answer is late, and once again for each late one; null: nobody cares.</param>
internal sealed class Bounded(Action? whenSlow = null)
{
    /// <summary>What answers by then is well.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(250);

    private readonly object _gate = new();
    private Worker? _worker;

    /// <summary>Runs a call.</summary>
    /// <returns>False: it did not come back within the time; its effect may still come.</returns>
    /// <exception cref="Exception">Whatever the call threw.</exception>
    public bool Run<T>(Deadline deadline, Func<T> call, out T? result)
    {
        var job = new Job<T>(call);
        lock (_gate)
        {
            _worker ??= new Worker();
            if (!_worker.Do(job, deadline, whenSlow))
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

    /// <summary>Runs one call for somebody who awaits it.</summary>
    /// <exception cref="TimeoutException">It did not come back within the time; its effect may still come.</exception>
    public static Task<T> RunAsync<T>(Deadline deadline, Func<T> call) =>
        Task.Run(() => new Bounded().Run(deadline, call, out T? result) ? result! : throw new TimeoutException());

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

        public bool Do(Job job, Deadline deadline, Action? whenSlow)
        {
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

                if (Await(job, whenSlow is null ? deadline : deadline.OrIn(Late)))
                    return true;
                whenSlow?.Invoke();
                return Await(job, deadline);
            }
        }

        private bool Await(Job job, Deadline deadline)
        {
            // Once even when no time is left: what is asked may be done already.
            do
            {
                if (job.IsDone)
                    return true;
                Monitor.Wait(_gate, (int)Math.Min(Math.Ceiling(deadline.Left.TotalMilliseconds), int.MaxValue));
            } while (!deadline.HasPassed);
            return job.IsDone;
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
