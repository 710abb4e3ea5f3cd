/* ocds_internal.h - what the parts of the reader of one release share. */
#ifndef CONTRACTS_IMPORT_OCDS_INTERNAL_H
#define CONTRACTS_IMPORT_OCDS_INTERNAL_H

#include "contracts/import/ocds_release.h"

#include <stdbool.h>

/* One release being read. The first failure of the sink is kept and ends everything. */
struct ocds_reading {
    const struct ocds_context *context;
    json_t *release;
    json_t *parties; /* by their ids; borrowed elements */
    json_t *awards;  /* by their ids */
    struct date on;  /* the release's own day */
    enum zcd_code code;
    struct zcd_error *err;
};

/* Where in the release: a JSON Pointer. */
struct ocds_pointer {
    char text[200];
};
struct ocds_pointer ocds_pointer(const char *format, ...) ZCD_PRINTF(1, 2);

/* Report; see ocds_report. */
void ocds_say(struct ocds_reading *reading, enum ocds_rule rule, const char *value, const char *pointer);

void ocds_count(struct ocds_reading *reading, enum ocds_told told);

/* The member as text, cut to size_max bytes at a character's end, and reported then. */
const char *ocds_member_text(struct ocds_reading *reading, const json_t *object, const char *name, size_t size_max,
                             const char *pointer);

/* How many elements: those of an array, or 1 for the single object that some publishers put there, which is reported. */
size_t ocds_list_size(struct ocds_reading *reading, json_t *list, const char *pointer);
/* NULL for what is no object, which is reported. */
json_t *ocds_list_at(struct ocds_reading *reading, json_t *list, size_t i, const char *pointer);

/* The day as the publisher writes it, in its own offset; DATE_NONE when missing, or unreadable, which is reported. */
struct date ocds_date(struct ocds_reading *reading, const json_t *value, const char *pointer);

/* An OCDS value {amount, currency}. Nothing when it is missing; reported when it cannot be kept. */
struct fact_money ocds_money(struct ocds_reading *reading, const json_t *value, const char *pointer);

/* An id of facts from up to three texts: they themselves with '/' between where that is short and plain ASCII, else a digest. */
const char *ocds_fact_id(struct arena *arena, const char *first, const char *second, const char *third);

/* Who a reference in the release is. */
struct ocds_organisation {
    const char *key; /* of facts: a USCC, SCHEME:ID or publisher:ID; "" when there is no id */
    const char *name;
    const char *region;
    bool is_uscc;
    enum payer_level level; /* of the extension */
};

/* Resolve {id, name, identifier} through the parties. False when its key must not be kept (a USCC that fails its check): reported. */
bool ocds_resolve(struct ocds_reading *reading, json_t *reference, const char *pointer,
                  struct ocds_organisation *organisation);

/* One that is known by its key alone. */
struct ocds_organisation ocds_organisation_of(const char *key);

/* The extension's object of `object`, NULL when it has none. */
json_t *ocds_extension(const json_t *object);
/* A code of the extension; 0 when not given, or in no list, which is reported. */
int ocds_extension_code(struct ocds_reading *reading, const json_t *object, const char *name,
                        const struct codelist *codes, const char *pointer);
/* A count of the extension, 0 to 1,000; DOSSIER_COUNT_NONE. */
int32_t ocds_extension_count(struct ocds_reading *reading, const json_t *object, const char *name, const char *pointer);

/* Those who were awarded a contract together, each once; more are no consortium, but a list of whom a framework lets deliver. */
#define OCDS_SUPPLIERS_MAX 20

struct ocds_suppliers {
    struct ocds_organisation list[OCDS_SUPPLIERS_MAX]; /* key "": named, but not to be told apart */
    size_t count;
    bool is_known; /* not by the file: what that leaves out of the contract is known too */
};

/* Of several suppliers nobody says who gets how much: amounts of the whole are no one's. */
bool ocds_is_shared(const struct ocds_suppliers *suppliers);

/* The one of them that an organisation is: by key, or by name where one has no key. NULL when it is none. */
struct ocds_organisation *ocds_find_supplier(struct ocds_suppliers *suppliers, const struct ocds_organisation *organisation);

/* Milestones and payments of a contract. */
struct ocds_contract {
    json_t *json;
    struct ocds_suppliers *suppliers;
    const char *id;
    struct fact_money value;
    struct ocds_pointer pointer;
};
void ocds_read_schedule(struct ocds_reading *reading, const struct ocds_contract *contract);

/* Are this one's facts kept? It has a key, and is the one that was asked for where one was. */
bool ocds_is_wanted(const struct ocds_reading *reading, const struct ocds_organisation *organisation);

/* Put a fact into the sink; its kind and what belongs to the kind are filled in. */
void ocds_take(struct ocds_reading *reading, const struct fact *fact, const char *organisation, const char *pointer);

/* The same for each of the suppliers whose facts are kept. */
void ocds_take_for_all(struct ocds_reading *reading, const struct fact *fact, const struct ocds_suppliers *suppliers,
                       const char *pointer);

#endif
