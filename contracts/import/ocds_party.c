#include "base/region.h"
#include "base/uscc.h"
#include "contracts/import/ocds_internal.h"

#include <string.h>

enum { NAME_SIZE_MAX = 200 };

/* org-id.guide's code of the unified social credit code. */
#define SCHEME_USCC "CN-USCI"
/* For identifiers that name no scheme: unique with one publisher alone. */
#define SCHEME_PUBLISHER "publisher"

static bool is_uscc(const char *text)
{
    struct uscc uscc;
    struct zcd_error unwanted;

    return uscc_parse(text, &uscc, &unwanted) == ZCD_OK;
}

static const char *with_scheme(struct arena *arena, const char *scheme, const char *id)
{
    char *key = ARENA_NEW(arena, char, strlen(scheme) + strlen(id) + 2);

    strcpy(key, scheme);
    strcat(key, ":");
    strcat(key, id);
    return ocds_fact_id(arena, key, "", "");
}

/* False: a USCC that fails its check. */
static bool find_key(struct ocds_reading *reading, const json_t *party, const json_t *reference, const char *pointer,
                     struct ocds_organisation *organisation)
{
    struct arena *arena = reading->context->arena;
    json_t *identifier = json_object_get(party, "identifier");
    if (!json_is_object(identifier))
        identifier = json_object_get(reference, "identifier");
    const char *scheme = ocds_text(arena, json_object_get(identifier, "scheme"));
    const char *id = ocds_text(arena, json_object_get(identifier, "id"));

    if (*id == '\0') {
        id = ocds_text(arena, json_object_get(reference, "id"));
        if (strncmp(id, SCHEME_USCC "-", sizeof SCHEME_USCC) == 0) { /* as the standard forms ids of parties */
            scheme = SCHEME_USCC;
            id += sizeof SCHEME_USCC;
        }
    }
    organisation->is_uscc = is_uscc(id);
    if (!organisation->is_uscc && strcmp(scheme, SCHEME_USCC) == 0) {
        ocds_say(reading, OCDS_USCC_CHECK, id, pointer);
        return false;
    }
    if (organisation->is_uscc)
        organisation->key = id;
    else if (*id != '\0')
        organisation->key = with_scheme(arena, *scheme == '\0' ? SCHEME_PUBLISHER : scheme, id);
    if (*id != '\0' && *scheme == '\0' && !organisation->is_uscc)
        ocds_say(reading, OCDS_WITHOUT_SCHEME, id, pointer);
    return true;
}

static const char *find_name(struct ocds_reading *reading, const json_t *party, const json_t *reference, const char *pointer)
{
    const json_t *const holders[] = {party, reference, json_object_get(party, "identifier"),
                                     json_object_get(reference, "identifier")};
    static const char *const NAMES[] = {"name", "legalName"};

    for (size_t holder = 0; holder < sizeof holders / sizeof *holders; holder++)
        for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
            const char *name = ocds_member_text(reading, holders[holder], NAMES[i], NAME_SIZE_MAX, pointer);
            if (*name != '\0')
                return name;
        }
    return "";
}

/* A code of GB/T 2260 from the extension or, where a publisher writes it there, the address. */
static const char *find_region(struct ocds_reading *reading, const json_t *party)
{
    struct arena *arena = reading->context->arena;
    const char *text = ocds_text(arena, json_object_get(ocds_extension(party), "region"));
    struct region region;
    struct zcd_error unwanted;

    if (*text == '\0')
        text = ocds_text(arena, json_object_get(json_object_get(party, "address"), "region"));
    return region_parse(text, &region, &unwanted) == ZCD_OK ? text : "";
}

bool ocds_resolve(struct ocds_reading *reading, json_t *reference, const char *pointer,
                  struct ocds_organisation *organisation)
{
    const char *id = ocds_text(reading->context->arena, json_object_get(reference, "id"));
    json_t *party = *id == '\0' ? NULL : json_object_get(reading->parties, id);

    *organisation = (struct ocds_organisation){.key = "", .name = "", .region = ""};
    if (party == NULL)
        party = reference; /* publishers of 1.0 write the whole organisation in place */
    bool is_sound = find_key(reading, party, reference, pointer, organisation);
    organisation->name = find_name(reading, party, reference, pointer);
    organisation->region = find_region(reading, party);
    organisation->level =
        (enum payer_level)ocds_extension_code(reading, party, "payerLevel", &CODELIST_PAYER_LEVEL, pointer);
    return is_sound;
}

struct ocds_organisation ocds_organisation_of(const char *key)
{
    return (struct ocds_organisation){.key = key, .name = "", .region = "", .is_uscc = is_uscc(key)};
}

bool ocds_is_shared(const struct ocds_suppliers *suppliers)
{
    return suppliers->count > 1;
}

static bool is_same(const struct ocds_organisation *a, const struct ocds_organisation *b)
{
    if (*a->key != '\0' && *b->key != '\0')
        return strcmp(a->key, b->key) == 0;
    return *a->name != '\0' && strcmp(a->name, b->name) == 0;
}

struct ocds_organisation *ocds_find_supplier(struct ocds_suppliers *suppliers, const struct ocds_organisation *organisation)
{
    for (size_t i = 0; i < suppliers->count; i++)
        if (is_same(&suppliers->list[i], organisation))
            return &suppliers->list[i];
    return NULL;
}
