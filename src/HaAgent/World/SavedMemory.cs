namespace HaAgent.World;

/// <summary>The file for a guest's saved memory, as the bash agent names it.</summary>
internal static class SavedMemory
{
    /// <summary>DIRECTORY/DOMAIN.state; empty when the parameter snapshot is not set.</summary>
    public static string File(AgentContext context) =>
        context.Settings.Snapshot.Length == 0 ? "" : Path.Combine(context.Settings.Snapshot, context.Domain + ".state");

    /// <summary>
    /// Where the file is moved before it is restored. A memory belongs to the disks as they were when it was saved: once its guest has run,
    /// or may have, it must never be restored again, whoever is killed in between and whatever cannot be deleted.
    /// </summary>
    public static string Moved(AgentContext context) => File(context) + ".restoring";
}
