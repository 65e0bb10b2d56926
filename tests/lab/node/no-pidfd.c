// Preloaded into the agent: pidfd_open(2) fails with the error number in NO_PIDFD, as where no descriptor is left (EMFILE), in a sandbox
// (EPERM) or on a kernel that has no such call (ENOSYS). Every other system call passes.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>

#define PIDFD_OPEN 434

long syscall(long number, long a, long b, long c, long d, long e, long f)
{
	static long (*real)(long, long, long, long, long, long, long);

	if (number == PIDFD_OPEN) {
		errno = atoi(getenv("NO_PIDFD"));
		return -1;
	}
	if (!real)
		real = (long (*)(long, long, long, long, long, long, long)) dlsym(RTLD_NEXT, "syscall");
	return real(number, a, b, c, d, e, f);
}
