/*
 * dossier_id.h - ids of publishers, as a dossier can hold them: 1 to 64 printable ASCII characters. Pure. Thread: any.
 */
#ifndef CONTRACTS_DOSSIER_ID_H
#define CONTRACTS_DOSSIER_ID_H

#include "base/arena.h"

/*
 * The id itself where it can stand; "" stays "". Otherwise "~" and 32 hexadecimal digits that follow from its bytes (FNV-1a of
 * 64 bits over it forwards and backwards): the same id always gives the same, and two that differ do not meet by chance. Where
 * somebody makes them meet, dossier_link refuses the dossier for an id that stands twice.
 */
const char *dossier_id(const char *id, struct arena *arena);

#endif
