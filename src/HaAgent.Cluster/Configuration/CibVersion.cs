using System.Globalization;

namespace HaAgent.Cluster.Configuration;

/// <summary>
/// The version of a CIB. Pacemaker raises <c>epoch</c> with each change of the configuration and <c>num_updates</c> with each change of the
/// status, and refuses a patch whose source version is not the one in force.
/// </summary>
/// <param name="AdminEpoch">Raised by hand only.</param>
/// <param name="Epoch">Raised with each change of the configuration.</param>
/// <param name="Updates">Raised with each change of the status; starts at 0 with each epoch.</param>
public readonly record struct CibVersion(long AdminEpoch, long Epoch, long Updates)
{
    /// <summary>The version after one change of the configuration.</summary>
    public CibVersion Next() => new(AdminEpoch, Epoch + 1, 0);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{AdminEpoch}.{Epoch}.{Updates}");
}
