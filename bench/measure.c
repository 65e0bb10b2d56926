/* measure ROUNDS NAME [VAR=VALUE…] COMMAND [ARG…] [-- NAME …]… — runs the commands in turn, ROUNDS times each, and prints for each
 *   NAME <tab> median CPU in microseconds <tab> median elapsed microseconds
 * CPU is user + system of the process and of every descendant that was waited for. A command that does not exit with 0 ends the run. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_COMMANDS = 16 };
struct command { char **words; long *cpu, *elapsed; };

static long microseconds(struct timeval t) { return t.tv_sec * 1000000L + t.tv_usec; }

static long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

static void execute(char **words)
{
    int quiet = open("/dev/null", O_RDWR);
    dup2(quiet, 0);
    dup2(quiet, 1);
    for (words++; *words && strchr(*words, '='); words++)
        putenv(*words);
    execvp(*words, words);
    perror(*words);
    _exit(127);
}

static int by_value(const void *a, const void *b)
{
    long x = *(const long *)a, y = *(const long *)b;
    return (x > y) - (x < y);
}

static long median(long *values, int count)
{
    qsort(values, count, sizeof *values, by_value);
    return values[count / 2];
}

int main(int argc, char **argv)
{
    struct command commands[MAX_COMMANDS];
    int count = 0, rounds = argc > 2 ? atoi(argv[1]) : 0;
    if (rounds < 1)
        return 2;

    for (int i = 2; i < argc && count < MAX_COMMANDS; i++) {
        commands[count++] = (struct command){ argv + i, calloc(rounds, sizeof(long)), calloc(rounds, sizeof(long)) };
        while (i < argc && strcmp(argv[i], "--") != 0)
            i++;
        argv[i] = NULL;
    }

    for (int round = 0; round < rounds; round++)
        for (struct command *c = commands; c < commands + count; c++) {
            long start = now();
            pid_t child = fork();
            if (child == 0)
                execute(c->words);
            int status;
            struct rusage usage;
            wait4(child, &status, 0, &usage);
            if (status != 0) {
                fprintf(stderr, "measure: %s ended with status %#x in round %d\n", c->words[0], status, round + 1);
                return 1;
            }
            c->elapsed[round] = now() - start;
            c->cpu[round] = microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
        }

    for (struct command *c = commands; c < commands + count; c++)
        printf("%s\t%ld\t%ld\n", c->words[0], median(c->cpu, rounds), median(c->elapsed, rounds));
    return 0;
}
