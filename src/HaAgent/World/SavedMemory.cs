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

    /// <summary>Moves a file out of the way of a new one of that name, without losing one that is there already.</summary>
    /// <exception cref="IOException">It could not be moved.</exception>
    /// <exception cref="UnauthorizedAccessException">It could not be moved.</exception>
    public static string MoveAside(string file, string to)
    {
        for (int number = 2; System.IO.File.Exists(to); number++)
            to = $"{to.TrimEnd("0123456789-".ToCharArray())}-{number}";
        System.IO.File.Move(file, to);
        return to;
    }

    /// <summary>Comes back when the volume on which it lies answers.</summary>
    public static bool Answers(AgentContext context)
    {
        try
        {
            using FileStream file = System.IO.File.OpenRead(Moved(context));
            _ = file.ReadByte();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // That is an answer.
        }

        return true;
    }
}
