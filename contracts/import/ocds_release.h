/*
 * ocds_release.h - the facts of one compiled release of OCDS 1.1: contracts joined to suppliers by their awards, the schedule
 * from milestones, payments from transactions.
 *
 * What a publisher wrote otherwise than the standard has it is taken where it is clear, and reported either way; the rules
 * are in ocds_rules.def, the mapping in docs/imports.md. Thread: the reader's.
 */
#ifndef CONTRACTS_IMPORT_OCDS_RELEASE_H
#define CONTRACTS_IMPORT_OCDS_RELEASE_H

#include "base/arena.h"
#include "contracts/import/import_sink.h"

#include <jansson.h>

enum ocds_rule {
#define OCDS_RULE(name, code, severity, zh, en) OCDS_##name,
#include "contracts/import/ocds_rules.def"
#undef OCDS_RULE
};

enum ocds_told {
#define OCDS_COVERAGE(name, code, of, zh, en) OCDS_TOLD_##name,
#include "contracts/import/ocds_coverage.def"
#undef OCDS_COVERAGE
    OCDS_TOLD_COUNT
};

/* What the file tells, counted. */
struct ocds_coverage {
    uint64_t counts[OCDS_TOLD_COUNT];
};

struct ocds_coverage_row {
    const char *code;
    enum ocds_told of; /* itself: a total */
    const char *zh, *en;
};
extern const struct ocds_coverage_row OCDS_COVERAGE_ROWS[OCDS_TOLD_COUNT];

/* Whose facts are wanted. */
struct ocds_wanted {
    const char *organisation;     /* key of the only one: a USCC, or SCHEME:ID; NULL for all */
    const char *const *contracts; /* ids of contracts that are known as that one's alone, ascending by strcmp */
    size_t contract_count;
};

/* Where facts and lines go, and where in the file the reader is. */
struct ocds_context {
    const struct import_sink *sink;
    const struct ocds_wanted *wanted;
    struct ocds_coverage *coverage;
    struct arena *arena;      /* may be reset after each release */
    uint64_t line;
    const char *place;        /* JSON Pointer of the release within its document; "" */
};

/*
 * Put a line of the report into the sink.
 *
 *   value   in  what stands there; cut to 80 bytes; NULL for nothing
 *   format  in  JSON Pointer within the release, as printf has it
 *
 * The sink's codes.
 */
enum zcd_code ocds_report(const struct ocds_context *context, enum ocds_rule rule, const char *value,
                          struct zcd_error *err, const char *format, ...) ZCD_PRINTF(5, 6) ZCD_MUST_USE;

/* Text of a string or an integer, without JSON_PIECES_NUMBER; "" for anything else, and for a text with control characters. In the arena. */
const char *ocds_text(struct arena *arena, const json_t *value);

/* Put the facts of a compiled release (or of a single one) into the sink. The sink's codes. */
enum zcd_code ocds_release_read(json_t *release, const struct ocds_context *context,
                                struct zcd_error *err) ZCD_MUST_USE;

/*
 * Report elements of a single release whose id stood before them with other contents, and take them out: the first counts, as in
 * a compiled one. Merging would take of both what comes last, without a word.
 */
enum zcd_code ocds_release_check_ids(json_t *release, const struct ocds_context *context,
                                     struct zcd_error *err) ZCD_MUST_USE;

/* Report a single release whose tags do not fit what it holds. */
enum zcd_code ocds_release_check_tag(json_t *release, const struct ocds_context *context,
                                     struct zcd_error *err) ZCD_MUST_USE;

#endif
