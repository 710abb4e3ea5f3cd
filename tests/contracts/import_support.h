/* import_support.h - a sink that keeps what a reader hands on, as lines of text that a test can write down. */
#ifndef TESTS_CONTRACTS_IMPORT_SUPPORT_H
#define TESTS_CONTRACTS_IMPORT_SUPPORT_H

#include "base/bytes.h"
#include "contracts/import/import_sink.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct kept {
    struct buffer facts, report;
};

static inline const char *kept_day(struct date date, char text[DATE_TEXT_SIZE])
{
    return date_is_none(date) ? "-" : date_format(date, text);
}

static inline void keep_fact_text(struct buffer *to, const struct fact *fact)
{
    char a[DATE_TEXT_SIZE], b[DATE_TEXT_SIZE];

    switch (fact->kind) {
    case FACT_ORGANISATION:
        buffer_append_format(to, "organisation %s %s\n", fact->organisation, fact->organisation_fact.name);
        return;
    case FACT_PAYER:
        buffer_append_format(to, "payer %s %s\n", fact->payer.id, fact->payer.name);
        return;
    case FACT_CONTRACT:
        buffer_append_format(to, "contract %s number=%s title=%s payer=%s stage=%d value=%" PRId64 " awarded=%s", fact->contract.id,
                             fact->contract.number, fact->contract.title, fact->contract.payer, (int)fact->contract.stage,
                             fact->contract.value.minor == FACT_MONEY_NONE ? -1 : fact->contract.value.minor,
                             kept_day(fact->contract.awarded_on, a));
        buffer_append_format(to, " signed=%s", kept_day(fact->contract.signed_on, a));
        buffer_append_format(to, " published=%s starts=%s", kept_day(fact->contract.published_on, a), kept_day(fact->contract.starts_on, b));
        buffer_append_format(to, " ends=%s", kept_day(fact->contract.ends_on, a));
        if (!date_is_none(fact->contract.holds_from))
            buffer_append_format(to, " from=%s", kept_day(fact->contract.holds_from, a));
        buffer_append_text(to, "\n");
        return;
    case FACT_SECURITY:
        buffer_append_format(to, "security %s on=%s locked=%d account=%s\n", fact->security.contract, kept_day(fact->security.on, a),
                             (int)fact->security.account_locked, fact->security.account);
        return;
    case FACT_MILESTONE:
        buffer_append_format(to, "milestone %s/%s %s accepted=%s", fact->milestone.contract, fact->milestone.id, fact->milestone.title,
                             kept_day(fact->milestone.accepted_on, a));
        if (fact->milestone.is_amendment)
            buffer_append_format(to, " from=%s", kept_day(fact->milestone.holds_from, b));
        if (fact->milestone.amount.minor != FACT_MONEY_NONE)
            buffer_append_format(to, " due=%s amount=%" PRId64, kept_day(fact->milestone.due_on, b), fact->milestone.amount.minor);
        buffer_append_text(to, "\n");
        return;
    case FACT_PAYMENT:
        buffer_append_format(to, "payment %s/%s %s %s %" PRId64 " %s\n", fact->payment.contract, fact->payment.milestone,
                             kept_day(fact->payment.paid_on, a), fact->payment.id, fact->payment.amount.minor, fact->payment.payer_name);
        return;
    case FACT_RECEIPT:
        buffer_append_format(to, "receipt %" PRIu64 " %s %s %" PRId64 "%s %s|%s -> %s/%s %" PRId64 " %s\n", fact->line,
                             fact->receipt.account, kept_day(fact->receipt.on, a), fact->receipt.amount.minor,
                             fact->receipt.amount.currency, fact->receipt.payer_name, fact->receipt.note, fact->receipt.contract,
                             fact->receipt.milestone, fact->receipt.matched.minor, fact->receipt.reason);
        return;
    case FACT_OFFER:
        buffer_append_format(to, "offer %s/%s %d %s\n", fact->offer.contract, fact->offer.milestone, (int)fact->offer.confidence_ppm,
                             fact->offer.reason);
        return;
    }
}

static inline enum zcd_code keep_fact(void *context, const struct fact *fact, struct zcd_error *err)
{
    (void)err;
    keep_fact_text(&((struct kept *)context)->facts, fact);
    return ZCD_OK;
}

static inline enum zcd_code keep_line(void *context, const struct import_line *line, struct zcd_error *err)
{
    static const char *const SEVERITIES[] = {"", "note", "doubt", "refused"};

    (void)err;
    buffer_append_format(&((struct kept *)context)->report, "%s %" PRIu64 " %s [%s] %s\n", SEVERITIES[line->severity], line->line,
                         line->field, line->value, line->rule);
    return ZCD_OK;
}

static inline struct import_sink kept_sink(struct kept *kept)
{
    return (struct import_sink){.take_fact = keep_fact, .take_line = keep_line, .context = kept};
}

static inline const char *kept_text(const struct buffer *buffer)
{
    return buffer->size == 0 ? "" : (const char *)buffer->data;
}

static inline void kept_done(struct kept *kept)
{
    buffer_done(&kept->facts);
    buffer_done(&kept->report);
}

#endif
