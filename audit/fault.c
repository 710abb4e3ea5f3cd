#include "audit/fault.h"

#ifdef ZCD_FAULT_POINTS

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PAUSE_NS = 1000000 };

static void wait_until_removed(const char *path)
{
    static atomic_flag has_waited = ATOMIC_FLAG_INIT;
    const struct timespec pause = {.tv_nsec = PAUSE_NS};

    if (atomic_flag_test_and_set(&has_waited))
        return;
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0)
        (void)close(file);
    while (access(path, F_OK) == 0)
        (void)nanosleep(&pause, NULL);
}

void fault_point(const char *name)
{
    const char *wanted = getenv("FAULT_POINT");
    size_t size = strlen(name);

    if (wanted == NULL || strncmp(wanted, name, size) != 0 || wanted[size] != ':')
        return;
    const char *action = wanted + size + 1;
    if (strcmp(action, "kill") == 0)
        (void)raise(SIGKILL);
    if (strncmp(action, "wait:", strlen("wait:")) == 0)
        wait_until_removed(action + strlen("wait:"));
}

#endif
