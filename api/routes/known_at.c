#include "api/routes/known_at.h"

#include "api/clock.h"
#include "api/codec/instant.h"
#include "api/routes/answer.h"
#include "contracts/facts_store.h"
#include "contracts/import_store.h"

enum zcd_code known_at_read(const char *text, int64_t *known_at_us, struct zcd_error *err)
{
    int64_t read = FACTS_KNOWN_NOW;

    if (text != NULL && text[0] != '\0' && instant_parse(text, &read, err) != ZCD_OK)
        return zcd_fail_within(err, "known_at");
    if (read != FACTS_KNOWN_NOW && read > clock_now_us()) {
        (void)zcd_fail(err, ZCD_INVALID, "the instant has not come yet");
        return zcd_fail_within(err, "known_at");
    }
    *known_at_us = read;
    return ZCD_OK;
}

bool known_at_is_settled(struct http_exchange *exchange, struct db *db, const char *lender, int64_t known_at_us)
{
    struct zcd_error err;
    enum zcd_code code =
        known_at_us == FACTS_KNOWN_NOW ? ZCD_OK : import_store_check_settled(db, lender, known_at_us, &err);

    if (code == ZCD_CONFLICT)
        answer_busy(exchange, &err);
    else if (code != ZCD_OK)
        answer_error(exchange, &err);
    return code == ZCD_OK;
}
