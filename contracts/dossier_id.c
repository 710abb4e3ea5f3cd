#include "contracts/dossier_id.h"

#include "contracts/dossier.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Fowler, Noll, Vo: offset basis and prime of 64 bits (RFC 9923) */
#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

static bool can_stand(const char *id)
{
    size_t size = 0;

    for (; id[size] != '\0'; size++) {
        if (size == DOSSIER_ID_SIZE_MAX || id[size] <= ' ' || id[size] > '~')
            return false;
    }
    return true;
}

const char *dossier_id(const char *id, struct arena *arena)
{
    uint64_t forwards = FNV_BASIS, backwards = FNV_BASIS;
    size_t size = strlen(id);
    char text[34];

    if (can_stand(id))
        return id;
    for (size_t i = 0; i < size; i++) {
        forwards = (forwards ^ (unsigned char)id[i]) * FNV_PRIME;
        backwards = (backwards ^ (unsigned char)id[size - 1 - i]) * FNV_PRIME;
    }
    (void)snprintf(text, sizeof text, "~%016" PRIx64 "%016" PRIx64, forwards, backwards);
    return arena_copy_text(arena, text);
}
