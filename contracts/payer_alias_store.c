#include "contracts/payer_alias_store.h"

#include "contracts/facts_store.h"
#include "contracts/organisation.h"

#include <string.h>

#define SINCE_EVER ((struct date){DOSSIER_AS_OF_MIN_DAYS})
#define EVERY_DAY ((struct date){84005}) /* 2199-12-31 */

enum zcd_code payer_alias_store_load(struct db *db, const struct facts_of *facts, struct arena *arena,
                                     struct payer_alias_row **aliases, size_t *count, struct zcd_error *err)
{
    void *rows;
    enum zcd_code code =
        fact_table_load(db, &PAYER_ALIAS_FACTS, facts, EVERY_DAY, FACTS_KNOWN_NOW, arena, &rows, count, err);

    if (code == ZCD_OK)
        *aliases = rows;
    return code;
}

enum zcd_code payer_alias_store_find_payer(struct db *db, const struct facts_of *facts, const char *payer_id,
                                           struct arena *arena, const struct payer **payer, struct zcd_error *err)
{
    void *rows;
    size_t count;
    enum zcd_code code = fact_table_load(db, &PAYER_FACTS, facts, EVERY_DAY, FACTS_KNOWN_NOW, arena, &rows, &count, err);

    for (size_t i = 0; code == ZCD_OK && i < count; i++) {
        const struct payer_row *row = (const struct payer_row *)rows + i;
        if (strcmp(row->payer.id, payer_id) != 0)
            continue;
        *payer = &row->payer;
        return ZCD_OK;
    }
    return code == ZCD_OK ? zcd_fail(err, ZCD_NOT_FOUND, "the organisation has no such payer") : code;
}

enum zcd_code payer_alias_store_write(struct db *db, struct fact_import *import, const char *uscc, const char *payer_id,
                                      const char *alias, bool is_removed, struct zcd_error *err)
{
    const struct payer_alias_row row = {
        .row = {.valid_from = SINCE_EVER, .removed = is_removed}, .payer_id = payer_id, .alias = alias};

    return fact_table_write_row(db, &PAYER_ALIAS_FACTS, import, uscc, &row, err);
}
