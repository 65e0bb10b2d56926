/* gone NAME PID — asks libvirt to shut the domain NAME down by its power button, waits for the end of its process PID, and exits as soon as
 * libvirt itself says that the domain is gone: what any stop must wait for, because only then is the lease given back. */
#define _GNU_SOURCE
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static void quiet(void *data, virErrorPtr error) { (void)data, (void)error; }

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    virSetErrorFunc(NULL, quiet);
    struct pollfd end = { syscall(SYS_pidfd_open, atoi(argv[2]), 0), POLLIN, 0 };
    virConnectPtr connection = virConnectOpen("qemu:///system");
    virDomainPtr domain = connection ? virDomainLookupByName(connection, argv[1]) : NULL;
    if (!domain || virDomainShutdownFlags(domain, VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN) < 0)
        return 1;
    if (poll(&end, 1, 60000) <= 0)
        return 1;
    while ((domain = virDomainLookupByName(connection, argv[1])) && virDomainIsActive(domain) == 1)
        virDomainFree(domain);
    return 0;
}
