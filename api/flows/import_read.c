#include "api/flows/import_read.h"

#include "api/codec/dossier_decode.h"
#include "base/cleanup.h"
#include "contracts/bank_statement_store.h"
#include "contracts/contract_store.h"
#include "contracts/receivable_store.h"

#include <string.h>

enum { DOSSIER_SIZE_MAX = 16 << 20 };

static const char *const KINDS[] = {[IMPORT_KIND_OCDS] = "ocds", [IMPORT_KIND_DOSSIER] = "dossier",
                                    [IMPORT_KIND_STATEMENT] = "statement", [IMPORT_KIND_NOTICE] = "notice"};

enum import_kind import_kind_find(const char *name)
{
    for (size_t kind = 1; kind < sizeof KINDS / sizeof *KINDS; kind++)
        if (strcmp(KINDS[kind], name) == 0)
            return (enum import_kind)kind;
    return IMPORT_KIND_NONE;
}

const char *import_kind_name(enum import_kind kind)
{
    return kind == IMPORT_KIND_NONE ? "" : KINDS[kind];
}

enum zcd_code import_digest(FILE *file, struct sha256 *digest, struct zcd_error *err)
{
    struct sha256 read;

    if (fseek(file, 0, SEEK_SET) != 0 || !sha256_of_stream(file, &read) || fseek(file, 0, SEEK_SET) != 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "the file cannot be read");
    *digest = read;
    return ZCD_OK;
}

static enum zcd_code read_bytes(FILE *file, struct buffer *content, struct zcd_error *err)
{
    char chunk[1 << 16];
    size_t got;

    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0) {
        if (content->size + got > DOSSIER_SIZE_MAX)
            return zcd_fail(err, ZCD_INVALID, "a dossier has more than %d bytes", DOSSIER_SIZE_MAX);
        buffer_append(content, chunk, got);
    }
    return ferror(file) != 0 ? zcd_fail(err, ZCD_NOT_FOUND, "the file cannot be read") : ZCD_OK;
}

/* ------------------------------------------------------------- a dossier as facts */

/* Where the facts of a dossier go. */
struct dossier_walk {
    const struct dossier *dossier;
    const struct import_sink *sink;
    struct zcd_error *err;
};

static enum zcd_code take(const struct dossier_walk *walk, struct fact fact)
{
    fact.organisation = walk->dossier->organisation.uscc.text;
    fact.line = 1;
    fact.place = "";
    return walk->sink->take_fact(walk->sink->context, &fact, walk->err);
}

static struct fact_money yuan(int64_t amount_fen)
{
    return (struct fact_money){amount_fen, FACT_CURRENCY_SCORED};
}

static enum zcd_code take_milestone(const struct dossier_walk *walk, const struct contract *contract,
                                    const struct milestone *milestone)
{
    enum zcd_code code = take(walk, (struct fact){.kind = FACT_MILESTONE,
                                                  .milestone = {.contract = contract->id,
                                                                .id = milestone->id,
                                                                .title = milestone->title,
                                                                .due_on = milestone->due_on,
                                                                .accepted_on = milestone->accepted_on,
                                                                .invoiced_on = milestone->invoiced_on,
                                                                .amount = yuan(milestone->amount_fen),
                                                                .deducted = yuan(milestone->deducted_fen)}});

    for (size_t i = 0; code == ZCD_OK && i < milestone->payment_count; i++) {
        const struct payment *payment = &milestone->payments[i];
        code = take(walk, (struct fact){.kind = FACT_PAYMENT,
                                        .payment = {.contract = contract->id,
                                                    .milestone = milestone->id,
                                                    .id = payment->id,
                                                    .paid_on = payment->paid_on,
                                                    .amount = yuan(payment->amount_fen),
                                                    .payer_name = ""}});
    }
    return code;
}

static enum zcd_code take_contract(const struct dossier_walk *walk, const struct contract *contract)
{
    enum zcd_code code = take(walk, (struct fact){.kind = FACT_CONTRACT,
                                                  .contract = {.id = contract->id,
                                                               .number = "",
                                                               .title = contract->title,
                                                               .payer = contract->payer,
                                                               .stage = contract->stage,
                                                               .value = yuan(contract->value_fen),
                                                               .holds_from = DATE_NONE}});

    for (size_t i = 0; code == ZCD_OK && i < contract->milestone_count; i++)
        code = take_milestone(walk, contract, &contract->milestones[i]);
    return code;
}

static enum zcd_code walk_dossier(const struct dossier_walk *walk)
{
    const struct dossier *dossier = walk->dossier;
    enum zcd_code code = take(walk, (struct fact){.kind = FACT_ORGANISATION,
                                                  .organisation_fact = {.name = dossier->organisation.name, .region = ""}});

    for (size_t i = 0; code == ZCD_OK && i < dossier->payer_count; i++)
        code = take(walk, (struct fact){.kind = FACT_PAYER,
                                        .payer = {.id = dossier->payers[i].id,
                                                  .uscc = dossier->payers[i].uscc.text,
                                                  .name = dossier->payers[i].name,
                                                  .level = dossier->payers[i].level,
                                                  .region = ""}});
    for (size_t i = 0; code == ZCD_OK && i < dossier->contract_count; i++)
        code = take_contract(walk, &dossier->contracts[i]);
    return code;
}

enum zcd_code import_read_dossier(const struct import_source *source, struct arena *arena, const struct dossier **dossier,
                                  struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer content = {0};
    const struct dossier *read;

    if (fseek(source->file, 0, SEEK_SET) != 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "the file cannot be read");
    if (read_bytes(source->file, &content, err) != ZCD_OK
        || dossier_decode(buffer_bytes(&content), arena, &read, err) != ZCD_OK)
        return err->code;
    if (source->organisation != NULL && strcmp(source->organisation, read->organisation.uscc.text) != 0)
        return zcd_fail(err, ZCD_INVALID, "the dossier is another organisation's");
    *dossier = read;
    return ZCD_OK;
}

static enum zcd_code read_dossier(const struct import_source *source, const struct import_sink *sink, struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    const struct dossier *dossier;
    enum zcd_code code = import_read_dossier(source, &arena, &dossier, err);

    if (code == ZCD_OK)
        return walk_dossier(&(struct dossier_walk){dossier, sink, err});
    zcd_error_keep_first(err); /* the others are in the arena */
    return code;
}

static enum zcd_code read_statement(const struct import_source *source, const struct import_sink *sink, struct import_told *told,
                                    struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    struct statement_import import = {.organisation = source->organisation,
                                      .receivables = source->receivables,
                                      .receivable_count = source->receivable_count,
                                      .known_ids = source->known_ids,
                                      .known_count = source->known_count,
                                      .paid = source->paid,
                                      .paid_count = source->paid_count,
                                      .sink = sink};

    told->has_statement = true;
    enum zcd_code code = statement_profile_load(NULL, &arena, &import.profiles, &import.profile_count, err);
    return code == ZCD_OK ? statement_import_read(source->file, &import, &arena, &told->statement, err) : code;
}

static enum zcd_code read_notices(const struct import_source *source, const struct import_sink *sink, struct zcd_error *err)
{
    const struct notice_import import = {.organisation = source->organisation, .organisation_name = source->organisation_name == NULL ? "" : source->organisation_name,
                                         .known = source->notices,
                                         .sink = sink};
    struct notice_summary summary;

    return notice_read(source->file, &import, &summary, err);
}

/* A code that was mistyped would keep a statement or a notice for nobody, and nothing of any other file. */
static enum zcd_code check_organisation(const struct import_source *source, struct zcd_error *err)
{
    struct uscc uscc;

    if (source->organisation == NULL)
        return zcd_fail(err, ZCD_INVALID, "a statement or a notice does not say whose it is: name the organisation");
    if (strchr(source->organisation, ':') == NULL && uscc_parse(source->organisation, &uscc, err) != ZCD_OK)
        return zcd_fail(err, ZCD_INVALID, "the organisation is neither a unified social credit code nor SCHEME:ID");
    return ZCD_OK;
}

static enum zcd_code load_paid(struct db *db, const struct facts_of *facts, struct import_source *source, struct arena *arena,
                               struct zcd_error *err)
{
    struct kept_receipt *kept;
    enum zcd_code code = bank_statement_store_load_paid(db, facts, arena, &kept, &source->paid_count, err);

    if (code != ZCD_OK)
        return code;
    struct receipt *paid = ARENA_NEW(arena, struct receipt, source->paid_count + 1);
    for (size_t i = 0; i < source->paid_count; i++)
        paid[i] = kept_receipt_judged(&kept[i]);
    source->paid = paid;
    return ZCD_OK;
}

enum zcd_code import_load_known(struct db *db, const char *lender, struct import_source *source, struct arena *arena,
                                struct zcd_error *err)
{
    struct receivables known;

    if (source->kind == IMPORT_KIND_OCDS && source->organisation != NULL)
        return contract_store_load_ids(db, &(struct facts_of){source->organisation, lender}, arena, &source->contracts,
                                       &source->contract_count, err);
    if (source->kind != IMPORT_KIND_STATEMENT && source->kind != IMPORT_KIND_NOTICE)
        return ZCD_OK;
    if (check_organisation(source, err) != ZCD_OK)
        return err->code;
    const struct facts_of facts = {source->organisation, lender};
    enum zcd_code code = receivable_store_load(db, &facts, arena, &known, err);
    if (code == ZCD_OK && source->kind == IMPORT_KIND_STATEMENT)
        code = load_paid(db, &facts, source, arena, err);
    if (code == ZCD_OK && source->kind == IMPORT_KIND_STATEMENT)
        code = bank_statement_store_load_ids(db, &facts, known.known_ids, known.known_count, arena, &known.known_ids,
                                             &known.known_count, err);
    if (code != ZCD_OK)
        return code;
    struct notice_known *notices = ARENA_NEW(arena, struct notice_known, 1);
    *notices = known.notices;
    source->notices = notices;
    source->organisation_name = known.organisation_name;
    source->receivables = known.list;
    source->receivable_count = known.count;
    source->known_ids = known.known_ids;
    source->known_count = known.known_count;
    source->last_import = known.last_import;
    return ZCD_OK;
}

/* How files begin that are not what they hold. Nothing is ever unpacked: what comes of a small file may be without end. */
static const struct {
    const char *begin, *name;
} PACKED[] = {{"\x1f\x8b", "a gzip file"},      {"PK\x03\x04", "a zip or xlsx file"}, {"PK\x05\x06", "a zip or xlsx file"},
              {"BZh", "a bzip2 file"},          {"\xfd" "7zXZ", "an xz file"},         {"\x28\xb5\x2f\xfd", "a zstd file"},
              {"7z\xbc\xaf", "a 7z file"},      {"Rar!", "a rar file"},               {"\xd0\xcf\x11\xe0", "an xls file"},
              {"%PDF", "a pdf file"}};

static enum zcd_code refuse_packed(FILE *file, struct zcd_error *err)
{
    char begin[8] = "";
    size_t size = fread(begin, 1, sizeof begin - 1, file);

    if (fseek(file, 0, SEEK_SET) != 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "the file cannot be read");
    for (size_t i = 0; i < sizeof PACKED / sizeof *PACKED; i++) {
        size_t wanted = strlen(PACKED[i].begin);
        if (size >= wanted && memcmp(begin, PACKED[i].begin, wanted) == 0)
            return zcd_fail(err, ZCD_INVALID, "%s: bring what is in it, as text", PACKED[i].name);
    }
    return ZCD_OK;
}

enum zcd_code import_read(const struct import_source *source, const struct import_sink *sink, struct import_told *told,
                          struct zcd_error *err)
{
    bool must_be_named = source->kind == IMPORT_KIND_STATEMENT || source->kind == IMPORT_KIND_NOTICE;

    if (refuse_packed(source->file, err) != ZCD_OK
        || ((must_be_named || source->organisation != NULL) && check_organisation(source, err) != ZCD_OK))
        return err->code;
    *told = (struct import_told){.has_coverage = source->kind == IMPORT_KIND_OCDS};
    if (source->kind == IMPORT_KIND_OCDS)
        return ocds_read(source->file, &(struct ocds_wanted){source->organisation, source->contracts, source->contract_count}, sink,
                         &told->coverage, err);
    if (source->kind == IMPORT_KIND_DOSSIER)
        return read_dossier(source, sink, err);
    return source->kind == IMPORT_KIND_STATEMENT ? read_statement(source, sink, told, err) : read_notices(source, sink, err);
}
