using HaAgent.Core.Guest;
using HaAgent.Core.Node;
using HaAgent.Core.Ocf;
using HaAgent.Host;

namespace HaAgent.World;

/// <summary>Finds out which domain the resource is about: from memory where the guest was last seen active here, else from its
/// configuration, else from memory.</summary>
internal sealed class GuestIdentityResolver(Invocation invocation, Settings settings, StateDirectory state, Volume volume)
{
    /// <summary>What was remembered of this resource under this configuration path.</summary>
    public GuestRecord? Record { get; private set; } = OwnOrRenamed(settings, state);

    /// <summary>The configuration, once it was read and is good.</summary>
    public DomainXml? Configuration { get; private set; }

    /// <summary>The configuration as text for libvirt.</summary>
    public string ConfigurationText { get; private set; } = "";

    /// <summary>What is wrong with the configuration, once it was read.</summary>
    public OperationResult ConfigurationResult { get; private set; } = OperationResult.Done;

    /// <summary>
    /// Which domain; null when it cannot be known. Where the guest was seen active and not stopped since, memory is nearer to the truth
    /// than a file that somebody may have edited meanwhile, and it does not wait for a shared volume.
    /// </summary>
    public GuestIdentity? Resolve(Deadline deadline) =>
        Record is { IsActive: true } or { Pending: not null } ? Record.Identity : FromFile(deadline);

    /// <summary>
    /// Another domain than the one that memory named and that is not active here: what the file says to those who ask for more than the
    /// guest's end. A guest that left by a migration and came back under another UUID (its file had none) is found this way. One that bears
    /// the guest's name here is nobody else's when it is the one that the file names.
    /// </summary>
    /// <returns>Null: there is none.</returns>
    public GuestIdentity? Reconsider(GuestIdentity resolved, Observation seen, Deadline deadline)
    {
        bool fileCounts = invocation.Action is OcfAction.Start or OcfAction.MigrateFrom || invocation.IsProbe;
        bool isNamesake = seen is Observation.Foreign { SharesName: true } or Observation.Unknown;
        return
            (fileCounts || isNamesake)
            && FromFile(deadline) is GuestIdentity other
            && other != resolved
            && (fileCounts || other.Name == resolved.Name)
            ? other
            : null;
    }

    /// <summary>Reads the configuration, until it is good: a volume may answer the next time, or be mounted by then.</summary>
    public void ReadConfiguration(Deadline deadline)
    {
        if (Configuration is not null)
            return;
        string path = settings.Config;
        Fact<ConfigContent> read = volume.ReadConfiguration(path, deadline);
        if (!read.IsKnown(out ConfigContent content))
        {
            ConfigurationResult = OperationResult.Failed(
                $"The configuration file {path} could not be read: {read.Why}. Is its volume well, or a fencing pending?",
                FailureKind.TimedOut
            );
            return;
        }

        ConfigurationResult = OperationResult.Done;
        string problem = content.Problem;
        ExitCode code = content.Code;
        if (content.Bytes is byte[] bytes)
        {
            Configuration = DomainXml.Parse(bytes, out problem);
            code = ExitCode.Configured;
            if (Configuration is not null)
                ConfigurationText = DomainText.Decode(bytes);
        }

        if (Configuration is null)
            ConfigurationResult = OperationResult.Failed($"The configuration file {path} {problem}", code: code);
        else
            RememberAcrossReboots(Configuration);
    }

    /// <summary>Writes the record, if it says anything new.</summary>
    /// <returns>Done, with a message where it could not be written: that never fails an action.</returns>
    public OperationResult Save(GuestRecord record)
    {
        if (record == Record)
            return OperationResult.Done;
        Record = record;
        try
        {
            state.Save(record);
            return OperationResult.Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return OperationResult.DoneWith(
                $"The state of {record.Identity.Name} cannot be remembered ({e.Message}). Without it, stop and monitor need the "
                    + "configuration file to be readable"
            );
        }
    }

    /// <summary>
    /// Writes down that libvirt is about to be asked to start the guest: whatever becomes of this process, the next one must not take the
    /// guest for absent before that call is over.
    /// </summary>
    /// <returns>Done, with a message where it could not be written: a full disk must not keep a guest from being started.</returns>
    public OperationResult Expect(PendingKind kind, GuestIdentity identity)
    {
        GuestRecord known =
            Record ?? new GuestRecord(settings.Config, identity, IsActive: false) { DomainType = Configuration?.Type ?? "" };
        OperationResult saved = Save(
            known with
            {
                Identity = identity,
                Pending = new PendingCall(kind, HostClock.Boot, HostClock.SecondsSinceBoot),
            }
        );
        return saved.Message is string message
            ? OperationResult.DoneWith(
                $"{message}. Should this start run out of its time, a later stop could take {identity.Name} for stopped while libvirt "
                    + "still starts it"
            )
            : saved;
    }

    /// <summary>Writes that no start is pending any more.</summary>
    public void Settle()
    {
        if (Record is { Pending: not null } record)
            Save(record with { Pending = null });
    }

    /// <summary>Where the state directory outlives a boot, a start does not.</summary>
    private static GuestRecord OfThisBoot(GuestRecord record) =>
        record.Pending is PendingCall pending && pending.Boot != HostClock.Boot ? record with { Pending = null } : record;

    /// <summary>
    /// What was remembered under another resource's name of the same configuration: the resource was renamed, and its guest, or the start
    /// that is still under way, is this one's.
    /// </summary>
    private static GuestRecord? OwnOrRenamed(Settings settings, StateDirectory state)
    {
        GuestRecord? own = state.Load() is GuestRecord record && record.Config == settings.Config ? OfThisBoot(record) : null;
        return own is { IsActive: true } or { Pending: not null }
            ? own
            : Adopt(state, other => other.Config == settings.Config, other => other) ?? own;
    }

    /// <summary>The same, when the configuration lies elsewhere now and names the same domain.</summary>
    private void AdoptSameDomain(GuestIdentity identity)
    {
        if (Record is { IsActive: true } or { Pending: not null })
            return;

        // The resource's own, whose parameter config was changed.
        if (state.Load() is { } own && OfThisBoot(own) is { IsActive: true } or { Pending: not null } && own.Identity == identity)
        {
            Save(OfThisBoot(own) with { Config = settings.Config });
            return;
        }

        Record = Adopt(state, record => record.Identity == identity, record => record with { Config = settings.Config }) ?? Record;
    }

    private static GuestRecord? Adopt(StateDirectory state, Func<GuestRecord, bool> isOurs, Func<GuestRecord, GuestRecord> change)
    {
        if (state.Others().FirstOrDefault(other => isOurs(other.Record)) is not { } other)
            return null;
        GuestRecord record = change(OfThisBoot(other.Record));
        try
        {
            state.TakeOver(other, record);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then it stays where it is, and is found there again.
        }

        return record;
    }

    private GuestIdentity? FromFile(Deadline deadline)
    {
        ReadConfiguration(deadline);
        if (Configuration is not null)
            AdoptSameDomain(Configuration.Identity);
        return Configuration?.Identity ?? Record?.Identity;
    }

    private void RememberAcrossReboots(DomainXml configuration)
    {
        GuestRecord? persistent = state.LoadPersistent();
        if (persistent is not null && persistent.Config == settings.Config && persistent.Identity == configuration.Identity)
            return;
        try
        {
            state.SavePersistent(
                new GuestRecord(settings.Config, configuration.Identity, IsActive: false) { DomainType = configuration.Type }
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Only a convenience for a later probe; the record itself tells of a full disk.
        }
    }
}
