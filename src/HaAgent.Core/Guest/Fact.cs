namespace HaAgent.Core.Guest;

/// <summary>
/// Something that was looked for: a closed choice, so that "could not be found out" can never be taken for "is not there".
/// </summary>
public abstract record Fact<T>
{
    private Fact()
    {
    }

    /// <summary>It is there.</summary>
    public sealed record Known(T Value) : Fact<T>;

    /// <summary>It was looked for everywhere, and is not there.</summary>
    public sealed record Absent : Fact<T>;

    /// <summary>It could not be found out.</summary>
    /// <param name="Why">As the end of a sentence.</param>
    public sealed record NotLearned(string Why) : Fact<T>;

    /// <summary>The same of something that follows from it.</summary>
    public Fact<TOther> Select<TOther>(Func<T, TOther> of) => this switch
    {
        Known known => new Fact<TOther>.Known(of(known.Value)),
        NotLearned unknown => new Fact<TOther>.NotLearned(unknown.Why),
        _ => new Fact<TOther>.Absent(),
    };
}
