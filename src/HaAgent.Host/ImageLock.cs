using System.Text;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace HaAgent.Host;

/// <summary>Asks the kernel whether a running QEMU holds its own lock of an image file (fcntl(2), F_GETLK). It takes and changes nothing.</summary>
internal static unsafe class ImageLock
{
    /// <summary>QEMU marks an image in use by locks on these bytes (block/file-posix.c, RAW_LOCK_PERM_BASE and RAW_LOCK_SHARED_BASE).</summary>
    private const int QemuLockStart = 100;
    private const int QemuLockLength = 200;

    /// <summary>Whether the image is in use; false also when it cannot be opened.</summary>
    public static bool IsHeld(string file)
    {
        int fd;
        fixed (byte* name = Encoding.UTF8.GetBytes(file + '\0'))
        {
            fd = open(name, O_RDWR | O_NONBLOCK | O_CLOEXEC);
        }

        if (fd < 0)
            return false;
        var query = new flock { l_type = (short)F_WRLCK, l_whence = (short)SEEK_SET, l_start = QemuLockStart, l_len = QemuLockLength };
        int result = fcntl(fd, F_GETLK, &query);
        _ = close(fd);
        return result == 0 && query.l_type != F_UNLCK;
    }
}
