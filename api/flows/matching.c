#include "api/flows/matching.h"

#include "base/cleanup.h"
#include "contracts/bank_statement_store.h"
#include "contracts/receivable_store.h"

#include <string.h>

/* While other facts of the organisation come in; and while what one statement takes leaves less open for another. */
enum { ATTEMPTS = 5, PASSES_MAX = 4 };

struct run {
    struct db *db;
    const struct log_config *log;
    const struct import_actor *actor;
    struct matching_result *result;
    bool is_changed; /* in this pass */
};

static void count(struct run *run, const struct receipt_change *changes, size_t change_count)
{
    run->is_changed = true;
    run->result->statements++;
    for (size_t i = 0; i < change_count; i++) {
        run->result->matched += changes[i].reason == MATCH_NONE;
        run->result->paid_before += changes[i].reason == MATCH_PAYMENT_KNOWN;
    }
}

static enum zcd_code keep(struct run *run, const struct old_statement *statement, const struct receivables *known,
                          const struct receipt_change *changes, size_t change_count, struct zcd_error *err)
{
    struct import_matching matching = {.organisation = statement->uscc,
                                       .statement = statement->import,
                                       .last_import = known->last_import,
                                       .receivables = known->list,
                                       .changes = changes,
                                       .change_count = change_count};
    struct import_result kept;

    memcpy(matching.file_sha256.bytes, statement->file_sha256, sizeof matching.file_sha256.bytes);
    enum zcd_code code = import_write_matching(run->log, run->actor, &matching, &kept, err);
    if (code != ZCD_OK)
        return code;
    if (!kept.is_changed)
        return bank_statement_store_mark(run->db, &(struct facts_of){statement->uscc, run->actor->lender}, statement->import,
                                         known->last_import, err);
    count(run, changes, change_count);
    return ZCD_OK;
}

static enum zcd_code match(struct run *run, const struct old_statement *statement, struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    const struct facts_of facts = {statement->uscc, run->actor->lender};
    const struct receipt_change *changes;
    struct kept_receipt *receipts;
    struct receivables known;
    size_t receipt_count;

    enum zcd_code code = receivable_store_load(run->db, &facts, &arena, &known, err);
    if (code == ZCD_OK)
        code = bank_statement_store_load(run->db, &facts, statement->import, known.known_ids, known.known_count, &arena, &receipts,
                                         &receipt_count, err);
    if (code != ZCD_OK)
        return code;
    size_t change_count = receipt_rematch(known.list, known.count, receipts, receipt_count, &arena, &changes);
    if (change_count == 0)
        return bank_statement_store_mark(run->db, &facts, statement->import, known.last_import, err);
    return keep(run, statement, &known, changes, change_count, err);
}

static enum zcd_code pass(struct run *run, struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct old_statement *statements;
    size_t statement_count;
    enum zcd_code code =
        bank_statement_store_find_old(run->db, run->actor->lender, &arena, &statements, &statement_count, err);

    for (size_t i = 0; code == ZCD_OK && i < statement_count; i++) {
        code = match(run, &statements[i], err);
        for (int attempt = 1; attempt < ATTEMPTS && code == ZCD_CONFLICT; attempt++)
            code = match(run, &statements[i], err);
        if (code == ZCD_CONFLICT)
            code = ZCD_OK; /* others bring facts all the time: the last of them finds it again */
    }
    return code;
}

enum zcd_code matching_run(struct db *db, const struct log_config *log, const struct import_actor *actor,
                           struct matching_result *result, struct zcd_error *err)
{
    struct matching_result made = {0};
    struct run run = {.db = db, .log = log, .actor = actor, .result = &made, .is_changed = true};
    enum zcd_code code = ZCD_OK;

    for (int i = 0; code == ZCD_OK && run.is_changed && i < PASSES_MAX; i++) {
        run.is_changed = false;
        code = pass(&run, err);
    }
    if (code == ZCD_OK)
        *result = made;
    return code;
}
