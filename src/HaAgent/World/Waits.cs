using System.Globalization;
using HaAgent.Core.Ocf;

namespace HaAgent.World;

/// <summary>What the action is doing, for the sentence of the watchdog that ends it.</summary>
internal sealed class Waits
{
    private volatile string _current = "its beginning";

    /// <summary>Notes what is begun.</summary>
    /// <param name="what">What is waited for, as the object of "waiting for".</param>
    public void On(string what) => _current = what;

    /// <summary>The sentence.</summary>
    public string Overrun(Invocation invocation) => string.Create(CultureInfo.InvariantCulture,
        $"{invocation.ActionName} of {invocation.Resource} was not done within its timeout of {invocation.Timeout.TotalSeconds:0.#} s; it ended itself while waiting for {_current}");
}
