/* Preloaded into libvirtd: the shared directory looks like the OCFS2 volume that it stands for.
 * libvirt refuses to migrate a guest whose disks lie on a file system that it does not know as shared. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

#define OCFS2_SUPER_MAGIC 0x7461636f

static int shared(const char *path)
{
    return strncmp(path, "/mnt/shared", strlen("/mnt/shared")) == 0;
}

int statfs(const char *path, struct statfs *answer)
{
    int (*real)(const char *, struct statfs *) = (int (*)(const char *, struct statfs *))dlsym(RTLD_NEXT, "statfs");
    int result = real(path, answer);
    if (result == 0 && shared(path))
        answer->f_type = OCFS2_SUPER_MAGIC;
    return result;
}

int statfs64(const char *path, struct statfs64 *answer)
{
    int (*real)(const char *, struct statfs64 *) = (int (*)(const char *, struct statfs64 *))dlsym(RTLD_NEXT, "statfs64");
    int result = real(path, answer);
    if (result == 0 && shared(path))
        answer->f_type = OCFS2_SUPER_MAGIC;
    return result;
}
