#include "api/flows/stored_dossier.h"

#include "api/codec/dossier_encode.h"
#include "api/flows/payer_prior.h"
#include "base/uscc.h"

#include <string.h>

/* Of an organisation abroad, SCHEME:ID, it is said why; a code that fails its check is nobody's. */
static enum zcd_code refuse_key(const char *key, struct zcd_error *err)
{
    return strchr(key, ':') == NULL
               ? zcd_fail(err, ZCD_NOT_FOUND, "nothing is known of this organisation")
               : zcd_fail(err, ZCD_NOT_FOUND, "organisations without a unified social credit code are not scored: they have no dossier");
}

enum zcd_code stored_dossier_load(struct db *db, const struct loaded_policy *policy, const struct stored_dossier_key *key,
                                  struct arena *arena, struct dossier **dossier, struct zcd_error *err)
{
    const struct payer_prior prior = payer_prior_of(policy->policy);
    struct uscc uscc;

    if (uscc_parse(key->facts.uscc, &uscc, err) != ZCD_OK)
        return refuse_key(key->facts.uscc, err);
    return facts_store_load_dossier(db, &key->facts, key->as_of, key->known_at_us, &prior, key->application, arena, dossier,
                                    err);
}

enum zcd_code stored_dossier_write(struct db *db, const struct loaded_policy *policy, const struct stored_dossier_key *key,
                                   struct arena *arena, struct buffer *json, struct zcd_error *err)
{
    struct dossier *dossier = NULL;
    enum zcd_code code = stored_dossier_load(db, policy, key, arena, &dossier, err);

    return code == ZCD_OK ? dossier_encode(dossier, json, err) : code;
}
