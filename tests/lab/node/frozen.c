/*
 * frozen DIRECTORY — inside a node: mounts over DIRECTORY a file system that takes every request and never answers, as a cluster file
 * system does while a node is lost and its fencing is not confirmed: who touches it waits in state D, and not even SIGKILL ends the wait.
 * "-f FILE" mounts it over a file: one whose content never comes.
 *
 * Goes to the background when it is mounted, and prints its pid. When it is killed, the requests fail and the waits end.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static char request[1 << 20];

int main(int argc, char **argv)
{
    int over_file = argc == 3 && strcmp(argv[1], "-f") == 0;
    if (argc != 2 + over_file) {
        fprintf(stderr, "usage: frozen [-f] PATH\n");
        return 2;
    }
    const char *path = argv[1 + over_file];
    int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (fuse < 0) {
        perror("/dev/fuse");
        return 1;
    }
    char options[200];
    snprintf(options, sizeof options, "fd=%d,rootmode=%o,user_id=0,group_id=0,allow_other", fuse, over_file ? S_IFREG : S_IFDIR);
    if (mount("frozen", path, "fuse.frozen", MS_NOSUID | MS_NODEV, options) != 0) {
        perror(path);
        return 1;
    }

    pid_t child = fork();
    if (child != 0) {
        printf("%d\n", child);
        return child < 0;
    }
    setsid();
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3; fd++)
        dup2(null, fd);

    for (;;) {
        ssize_t size = read(fuse, request, sizeof request);
        if (size < 0 && errno != EINTR && errno != EAGAIN)
            return 0; /* unmounted */
        struct fuse_in_header *in = (struct fuse_in_header *)request;
        if (size < (ssize_t)sizeof *in || in->opcode != FUSE_INIT)
            continue;
        struct fuse_init_in *asked = (struct fuse_init_in *)(in + 1);
        struct {
            struct fuse_out_header header;
            struct fuse_init_out init;
        } answer = {
            .header = { .len = sizeof answer, .unique = in->unique },
            .init = { .major = FUSE_KERNEL_VERSION, .minor = asked->minor < FUSE_KERNEL_MINOR_VERSION ? asked->minor : FUSE_KERNEL_MINOR_VERSION, .max_write = 4096, .max_readahead = 4096 },
        };
        if (write(fuse, &answer, sizeof answer) < 0)
            return 1;
    }
}
