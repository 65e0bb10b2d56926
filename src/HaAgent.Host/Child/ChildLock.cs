using System.Globalization;
using System.Text;
using HaAgent.Host.Native;
using static Tmds.Linux.LibC;

namespace HaAgent.Host.Child;

/// <summary>
/// What keeps children from piling up on a volume that stands still: a lock (flock(2)) that belongs to an open file which the child
/// inherits. It is held as long as the child is there, also when it was killed and the kernel has not let go of it, and whatever became of
/// whoever started it.
/// </summary>
internal sealed class ChildLock : IDisposable
{
    /// <summary>Behind the time: the child has not begun yet.</summary>
    private const byte Waits = (byte)' ';

    private const byte Begins = (byte)'!';

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    private readonly Microsoft.Win32.SafeHandles.SafeFileHandle _file;

    private ChildLock(Microsoft.Win32.SafeHandles.SafeFileHandle file) => _file = file;

    /// <summary>For the child to inherit.</summary>
    public int Descriptor => (int)_file.DangerousGetHandle();

    /// <summary>Takes it.</summary>
    /// <param name="path">On a local filesystem.</param>
    /// <param name="deadline">How long to wait for who has it.</param>
    /// <param name="heldSince">When who has it took it; null: nobody has it.</param>
    /// <param name="hasBegun">Whether its child has begun what it is for, as far as that is known.</param>
    /// <returns>Null: somebody has it, or (with no <paramref name="heldSince"/>) there is no lock to be had here, for want of space
    /// say.</returns>
    public static ChildLock? Take(string path, Deadline deadline, out DateTime? heldSince, out bool hasBegun)
    {
        heldSince = null;
        hasBegun = true;
        if (!TryCreateDirectory(Path.GetDirectoryName(path)!))
            return null;
        const int ownerReads = 0x180;
        int fd = Posix.Open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, out _, ownerReads);
        if (fd < 0)
            return null;
        var file = new Microsoft.Win32.SafeHandles.SafeFileHandle(fd, ownsHandle: true);
        while (!Posix.TryLock(fd, out int error))
        {
            if (error == EWOULDBLOCK && !deadline.HasPassed)
            {
                Thread.Sleep(deadline.Left < Glance ? deadline.Left : Glance);
                continue;
            }

            if (error == EWOULDBLOCK)
                heldSince = Since(file, out hasBegun);
            file.Dispose();
            return null;
        }

        Date(file, Waits);
        return new ChildLock(file);
    }

    /// <summary>Writes down, for whoever finds it held, that the child has begun.</summary>
    public void Begin() => Date(_file, Begins);

    /// <summary>Our hold of it; the child's goes on.</summary>
    public void Dispose() => _file.Dispose();

    // A time in this form has the same length always.
    private static void Date(Microsoft.Win32.SafeHandles.SafeFileHandle file, byte state)
    {
        try
        {
            RandomAccess.Write(file, [.. Encoding.ASCII.GetBytes(DateTime.Now.ToString("O", CultureInfo.InvariantCulture)), state], 0);
        }
        catch (IOException)
        {
            // A full disk: it is held all the same.
        }
    }

    private static DateTime Since(Microsoft.Win32.SafeHandles.SafeFileHandle file, out bool hasBegun)
    {
        byte[] text = new byte[64];
        int length = RandomAccess.Read(file, text, 0);
        hasBegun = length == 0 || text[length - 1] != Waits;
        if (length > 0 && text[length - 1] is Waits or Begins)
            length--;
        return DateTime.TryParse(
            Encoding.ASCII.GetString(text, 0, length),
            CultureInfo.InvariantCulture,
            DateTimeStyles.RoundtripKind,
            out DateTime since
        )
            ? since
            : DateTime.Now;
    }

    private static bool TryCreateDirectory(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
