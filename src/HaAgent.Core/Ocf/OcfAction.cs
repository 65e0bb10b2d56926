namespace HaAgent.Core.Ocf;

/// <summary>The actions of this agent. Which names they have on the command line stands in <see cref="ActionTable"/>.</summary>
public enum OcfAction
{
    Start,
    Stop,
    Monitor,
    MigrateTo,
    MigrateFrom,
    ReloadAgent,
    ValidateAll,
    MetaData,
    Usage,
}
