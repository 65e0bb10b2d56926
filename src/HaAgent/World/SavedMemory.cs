namespace HaAgent.World;

/// <summary>The file for a guest's saved memory, as the bash agent names it.</summary>
internal static class SavedMemory
{
    /// <summary>DIRECTORY/DOMAIN.state; empty when the parameter snapshot is not set.</summary>
    public static string File(AgentContext context) =>
        context.Settings.Snapshot.Length == 0 ? "" : Path.Combine(context.Settings.Snapshot, context.Domain + ".state");

    /// <summary>Comes back when the volume on which it lies answers.</summary>
    public static bool Answers(AgentContext context)
    {
        try
        {
            using FileStream file = System.IO.File.OpenRead(File(context));
            _ = file.ReadByte();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // That is an answer.
        }

        return true;
    }
}
