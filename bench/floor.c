/* floor NAME — the least that a monitor of this design can cost: open libvirt, look the domain up, ask its state, close.
 * Exits 0 when the domain runs, 7 when it does not, 1 when it cannot tell. */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stddef.h>

static void quiet(void *data, virErrorPtr error) { (void)data; (void)error; }

int main(int argc, char **argv)
{
    virSetErrorFunc(NULL, quiet);
    virConnectPtr connection = argc == 2 ? virConnectOpen("qemu:///system") : NULL;
    if (!connection)
        return 1;

    int result = 1, state, reason;
    virDomainPtr domain = virDomainLookupByName(connection, argv[1]);
    if (!domain)
        result = virGetLastErrorCode() == VIR_ERR_NO_DOMAIN ? 7 : 1;
    else if (virDomainGetState(domain, &state, &reason, 0) == 0)
        result = state == VIR_DOMAIN_RUNNING ? 0 : 7;

    if (domain)
        virDomainFree(domain);
    virConnectClose(connection);
    return result;
}
