/* ending PID COMMAND [ARG…] — runs COMMAND, which is to end the process PID, and prints the microseconds from PID's end to COMMAND's
 * return (negative: it returned before). Fails when COMMAND fails. */
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    struct pollfd ends[2] = { { syscall(SYS_pidfd_open, atoi(argv[1]), 0), POLLIN, 0 }, { -1, POLLIN, 0 } };
    if (ends[0].fd < 0) {
        perror("ending: pidfd_open");
        return 1;
    }
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    ends[1].fd = syscall(SYS_pidfd_open, child, 0);

    long ended[2] = { 0, 0 };
    while (ended[0] == 0 || ended[1] == 0) {
        if (poll(ends, 2, 120000) <= 0) {
            fprintf(stderr, "ending: gave up after 120 s\n");
            return 1;
        }
        for (int i = 0; i < 2; i++)
            if (ends[i].revents) {
                ended[i] = now();
                ends[i].fd = -1; /* poll ignores it from now on */
                ends[i].revents = 0;
            }
    }
    int status;
    waitpid(child, &status, 0);
    if (status != 0)
        return 1;
    printf("%ld\n", ended[1] - ended[0]);
    return 0;
}
