#include "contracts/import/notice_reader.h"

#include "base/cleanup.h"
#include "base/working_day.h"
#include "contracts/dossier.h"
#include "contracts/folded_text.h"
#include "contracts/import/notice_item_internal.h"
#include "contracts/import/statement_value.h"
#include "contracts/import/text_lines.h"

#include <assert.h>
#include <jansson.h>
#include <string.h>

enum { TITLE_LINES_MAX = 10, JSON_DEPTH_MAX = 6, CONTEXT_SIZE_MAX = 100, PUBLISH_WORKING_DAYS = 2 };

static const char KIND_MEMBER[] = "公告类型";

/* A contract of a notice before, in the same file. */
struct remembered {
    struct notice_contract contract;
    const struct fact_contract *said; /* by notices of this file; NULL: nothing */
    const char *number, *id; /* folded once: a file may have thousands of notices */
    struct remembered *next;
};

struct reader {
    const struct notice_import *import;
    struct remembered *remembered; /* of this file, the latest first, then of the facts */
    const char **payer_names; /* folded, of the facts */
    struct notice_summary *summary;
    struct arena arena;
    struct notice notice;
    struct buffer context, number_free;
};

/* ---------------------------------------------------------------- a notice into facts */

static const char *value_of(const struct reader *reader, enum notice_field field)
{
    const char *value = reader->notice.items[field].value;

    return value == NULL ? "" : value;
}

static enum zcd_code doubt(struct reader *reader, enum notice_rule rule, enum notice_field field, struct zcd_error *err)
{
    const struct notice_item *item = &reader->notice.items[field];

    return notice_report(reader->import->sink, rule, item->value == NULL ? reader->notice.line : item->line,
                         item->value == NULL ? "" : item->name, value_of(reader, field), err);
}

/* DATE_NONE where it is not said, or not understood, which is said. */
static enum zcd_code read_date(struct reader *reader, enum notice_field field, struct date *date, struct zcd_error *err)
{
    *date = DATE_NONE;
    if (reader->notice.items[field].value == NULL || notice_find_date(value_of(reader, field), date) != NULL)
        return ZCD_OK;
    return doubt(reader, NOTICE_DATE_RULE, field, err);
}

static enum zcd_code read_term(struct reader *reader, struct date *from, struct date *to, struct zcd_error *err)
{
    struct date first, last;

    *from = *to = DATE_NONE;
    if (reader->notice.items[NOTICE_TERM].value == NULL)
        return ZCD_OK;
    const char *behind = notice_find_date(value_of(reader, NOTICE_TERM), &first);
    if (behind == NULL || notice_find_date(behind, &last) == NULL || date_compare(first, last) > 0)
        return doubt(reader, NOTICE_TERM_RULE, NOTICE_TERM, err);
    *from = first;
    *to = last;
    return ZCD_OK;
}

static const char *fold_in_arena(struct reader *reader, const char *text)
{
    ZCD_AUTO(buffer_done) struct buffer folded = {0};

    text_fold(text, &folded);
    size_t size = folded.size;
    while (size > FACT_ID_SIZE_MAX || (size > 0 && ((unsigned char)folded.data[size] & 0xc0) == 0x80))
        size--;
    return arena_copy_bytes(&reader->arena, folded.data, size);
}

/* What the notices of one contract have in common. */
static const char *made_id(struct reader *reader)
{
    const char *project = value_of(reader, NOTICE_PROJECT_NUMBER);

    const char *id = fold_in_arena(reader, project[0] == '\0' ? value_of(reader, NOTICE_CONTRACT_NUMBER) : project);
    /* Award notices add the number of the tender document, the others do not. */
    const char *tender = strstr(id, "(招标文件编号");
    return tender == NULL || tender == id ? id : arena_copy_bytes(&reader->arena, id, (size_t)(tender - id));
}

static void remember(struct reader *reader, const struct notice_contract *contract, const struct fact_contract *said)
{
    struct remembered *one = ARENA_NEW(&reader->arena, struct remembered, 1);

    *one = (struct remembered){.contract = *contract,
                               .said = said,
                               .number = fold_in_arena(reader, contract->number),
                               .id = fold_in_arena(reader, contract->id),
                               .next = reader->remembered};
    reader->remembered = one;
}

/* What the facts say, folded once. */
static void remember_facts(struct reader *reader, const struct notice_known *known)
{
    if (known == NULL)
        return;
    for (size_t i = known->contract_count; i > 0; i--)
        remember(reader, &known->contracts[i - 1], NULL);
    reader->payer_names = ARENA_NEW(&reader->arena, const char *, known->payer_count + 1);
    for (size_t i = 0; i < known->payer_count; i++)
        reader->payer_names[i] = fold_in_arena(reader, known->payers[i].name);
}

/* The contract that the notice is about: of its number; where one of them has none, of its project. NULL: not known. */
static const struct notice_contract *find_contract(struct reader *reader)
{
    const char *number = fold_in_arena(reader, value_of(reader, NOTICE_CONTRACT_NUMBER));
    const char *id = made_id(reader);

    for (const struct remembered *one = reader->remembered; one != NULL; one = one->next) {
        bool have_numbers = *number != '\0' && *one->number != '\0';
        if (have_numbers ? strcmp(one->number, number) == 0 : strcmp(one->id, id) == 0)
            return &one->contract;
    }
    return NULL;
}

/* Several contracts of one project, one a year say, are several: the first has the project's number for its id, the others their own. */
static const char *contract_id(struct reader *reader)
{
    const struct notice_contract *known = find_contract(reader);
    const char *id = made_id(reader);

    if (known != NULL)
        return known->id;
    for (const struct remembered *one = reader->remembered; one != NULL; one = one->next) {
        if (strcmp(one->id, id) == 0)
            return fold_in_arena(reader, value_of(reader, NOTICE_CONTRACT_NUMBER));
    }
    return id;
}

/* The payer's id where the buyer's name is one of its names; NULL. */
static const char *find_payer(struct reader *reader)
{
    const struct notice_known *known = reader->import->known;
    const char *name = fold_in_arena(reader, value_of(reader, NOTICE_BUYER));

    for (size_t i = 0; known != NULL && i < known->payer_count; i++) {
        if (strcmp(reader->payer_names[i], name) == 0)
            return known->payers[i].id;
    }
    return NULL;
}

static struct fact new_fact(const struct reader *reader, enum fact_kind kind)
{
    return (struct fact){.kind = kind, .organisation = reader->import->organisation, .line = reader->notice.line, .place = ""};
}

static enum zcd_code hand_on(struct reader *reader, const struct fact *fact, struct zcd_error *err)
{
    return reader->import->sink->take_fact(reader->import->sink->context, fact, err);
}

/* Who pays: the contract's known payer, else the one of that name, else a new one. */
static enum zcd_code hand_on_payer(struct reader *reader, const char **payer, struct zcd_error *err)
{
    struct fact fact = new_fact(reader, FACT_PAYER);
    const struct notice_contract *contract = find_contract(reader);
    const char *name = value_of(reader, NOTICE_BUYER);
    const char *known = find_payer(reader);

    *payer = known == NULL ? fold_in_arena(reader, name) : known;
    if (contract != NULL && *contract->payer != '\0' && strcmp(contract->payer, *payer) != 0) {
        *payer = contract->payer;
        return doubt(reader, NOTICE_OTHER_BUYER_RULE, NOTICE_BUYER, err);
    }
    if (known != NULL)
        return ZCD_OK;
    fact.payer = (struct fact_payer){.id = *payer, .uscc = "", .name = name, .region = ""};
    return hand_on(reader, &fact, err);
}

static struct fact new_contract(struct reader *reader, enum contract_stage stage)
{
    struct fact fact = new_fact(reader, FACT_CONTRACT);
    const char *name = value_of(reader, NOTICE_CONTRACT_NAME);

    fact.contract = (struct fact_contract){
        .id = contract_id(reader),
        .number = value_of(reader, NOTICE_CONTRACT_NUMBER),
        .title = name[0] == '\0' ? value_of(reader, NOTICE_PROJECT_NAME) : name,
        .payer = "",
        .stage = stage,
        .value = {.minor = FACT_MONEY_NONE},
        .awarded_on = DATE_NONE,
        .signed_on = DATE_NONE,
        .published_on = DATE_NONE,
        .starts_on = DATE_NONE,
        .ends_on = DATE_NONE,
        .payment_term_days = DOSSIER_COUNT_NONE,
        .renewals = DOSSIER_COUNT_NONE,
        .holds_from = DATE_NONE,
    };
    return fact;
}

/* What earlier notices of the file said of the contract; NULL: nothing. */
static const struct fact_contract *find_said(const struct reader *reader, const char *contract)
{
    for (const struct remembered *one = reader->remembered; one != NULL; one = one->next) {
        if (one->said != NULL && strcmp(one->said->id, contract) == 0)
            return one->said;
    }
    return NULL;
}

static void fill_text(const char **text, const char *earlier)
{
    if (**text == '\0')
        *text = earlier;
}

static void fill_date(struct date *date, struct date earlier)
{
    if (date_is_none(*date))
        *date = earlier;
}

/*
 * What earlier notices of the file said still holds from this one's day on: the tables know nothing of it yet, which else fill up what
 * a fact does not say. An earlier step of the contract's life takes nothing from a later one. Returns all that is said by now.
 */
static const struct fact_contract *fill_up(struct reader *reader, struct fact_contract *contract)
{
    const struct fact_contract *earlier = find_said(reader, contract->id);
    struct fact_contract *said = ARENA_NEW(&reader->arena, struct fact_contract, 1);

    if (earlier != NULL && earlier->stage > contract->stage)
        return earlier;
    if (earlier != NULL) {
        fill_text(&contract->title, earlier->title);
        fill_text(&contract->number, earlier->number);
        if (contract->value.minor == FACT_MONEY_NONE)
            contract->value = earlier->value;
        fill_date(&contract->awarded_on, earlier->awarded_on);
        fill_date(&contract->signed_on, earlier->signed_on);
        fill_date(&contract->published_on, earlier->published_on);
        fill_date(&contract->starts_on, earlier->starts_on);
        fill_date(&contract->ends_on, earlier->ends_on);
    }
    *said = *contract;
    return said;
}

/* Payer and contract; later notices of the file know them. */
static enum zcd_code hand_on_both(struct reader *reader, struct fact *fact, struct zcd_error *err)
{
    const struct notice_contract *known = find_contract(reader);
    const struct fact_contract *contract = &fact->contract;
    enum zcd_code code = hand_on_payer(reader, &fact->contract.payer, err);

    if (code != ZCD_OK)
        return code;
    struct notice_contract now = {.value_fen = FACT_MONEY_NONE, .ends_on = DATE_NONE, .since = DATE_NONE, .number = ""};
    if (known != NULL)
        now = *known;
    now.id = contract->id;
    now.payer = contract->payer;
    if (*contract->number != '\0')
        now.number = contract->number;
    if (contract->value.minor != FACT_MONEY_NONE)
        now.value_fen = contract->value.minor;
    if (!date_is_none(contract->ends_on))
        now.ends_on = contract->ends_on;
    remember(reader, &now, fill_up(reader, &fact->contract));
    return hand_on(reader, fact, err);
}

static enum zcd_code read_value(struct reader *reader, struct fact_money *value, struct zcd_error *err)
{
    const struct notice_item *item = &reader->notice.items[NOTICE_AMOUNT];

    if (item->value == NULL)
        return ZCD_OK;
    bool says_unit;
    if (!notice_amount_parse(item->name, item->value, &value->minor, &says_unit))
        return doubt(reader, NOTICE_AMOUNT_RULE, NOTICE_AMOUNT, err);
    memcpy(value->currency, FACT_CURRENCY_SCORED, sizeof value->currency);
    return says_unit ? ZCD_OK : doubt(reader, NOTICE_AMOUNT_UNIT_RULE, NOTICE_AMOUNT, err);
}

static enum zcd_code hand_on_award(struct reader *reader, struct zcd_error *err)
{
    struct fact fact = new_contract(reader, CONTRACT_STAGE_AWARDED);

    enum zcd_code code = read_value(reader, &fact.contract.value, err);
    if (code == ZCD_OK)
        code = read_date(reader, NOTICE_AWARDED_ON, &fact.contract.awarded_on, err);
    return code == ZCD_OK ? hand_on_both(reader, &fact, err) : code;
}

/* Implementing Regulation of the Procurement Law (2015), art. 50: published within 2 working days of signing. */
static bool is_published_late(struct date signed_on, struct date published_on)
{
    struct date last;
    struct zcd_error ignored;

    return !date_is_none(signed_on) && !date_is_none(published_on)
           && working_day_add(signed_on, PUBLISH_WORKING_DAYS, &last, &ignored) == ZCD_OK && date_compare(published_on, last) > 0;
}

static enum zcd_code hand_on_contract(struct reader *reader, struct zcd_error *err)
{
    struct fact fact = new_contract(reader, CONTRACT_STAGE_SIGNED);
    struct fact_contract *contract = &fact.contract;

    enum zcd_code code = read_value(reader, &contract->value, err);
    if (code == ZCD_OK)
        code = read_date(reader, NOTICE_SIGNED_ON, &contract->signed_on, err);
    if (code == ZCD_OK)
        code = read_date(reader, NOTICE_PUBLISHED_ON, &contract->published_on, err);
    if (code == ZCD_OK)
        code = read_term(reader, &contract->starts_on, &contract->ends_on, err);
    if (code == ZCD_OK && is_published_late(contract->signed_on, contract->published_on))
        code = doubt(reader, NOTICE_PUBLISHED_LATE_RULE, NOTICE_PUBLISHED_ON, err);
    if (!date_is_none(contract->starts_on))
        contract->stage = CONTRACT_STAGE_PERFORMING; /* from that day on: before it, what was reached earlier holds */
    return code == ZCD_OK ? hand_on_both(reader, &fact, err) : code;
}

/* Passed, and nothing that takes it back: 不合格 holds 合格. */
static bool says_passed(const char *opinion)
{
    static const char *const DENIALS[] = {"不合格", "未通过", "不通过", "不予通过", "未合格", "整改", "部分"};
    bool is_passed = strstr(opinion, "合格") != NULL || strstr(opinion, "通过") != NULL;

    for (size_t i = 0; i < sizeof DENIALS / sizeof *DENIALS; i++)
        is_passed = is_passed && strstr(opinion, DENIALS[i]) == NULL;
    return is_passed;
}

/* ------------------------------------------------------------------ what was accepted */

/* An acceptance, and what is known of its contract; NULL: nothing. */
struct acceptance {
    const struct notice_contract *contract;
    struct date on, ends_on;
    const char *stage; /* folded; "" when none is named */
};

static struct date later(struct date a, struct date b)
{
    return date_compare(a, b) >= 0 ? a : b; /* DATE_NONE is before all */
}

static struct fact new_milestone(struct reader *reader, const struct acceptance *acceptance, const char *id)
{
    struct fact fact = new_fact(reader, FACT_MILESTONE);

    fact.milestone = (struct fact_milestone){.contract = contract_id(reader),
                                             .id = id,
                                             .title = "",
                                             .due_on = DATE_NONE,
                                             .accepted_on = acceptance->on,
                                             .invoiced_on = DATE_NONE,
                                             .amount = {.minor = FACT_MONEY_NONE},
                                             .deducted = {.minor = FACT_MONEY_NONE}};
    return fact;
}

static enum zcd_code accept_milestone(struct reader *reader, const struct acceptance *acceptance,
                                      const struct notice_milestone *milestone, struct zcd_error *err)
{
    struct fact fact = new_milestone(reader, acceptance, milestone->id);

    fact.milestone.is_amendment = true;
    fact.milestone.holds_from = later(acceptance->on, milestone->since);
    return hand_on(reader, &fact, err);
}

/* Its whole value becomes receivable, since nothing says that it does in parts. */
static enum zcd_code accept_whole(struct reader *reader, const struct acceptance *acceptance, struct zcd_error *err)
{
    int64_t value_fen = acceptance->contract == NULL ? FACT_MONEY_NONE : acceptance->contract->value_fen;
    struct fact_money said = {.minor = FACT_MONEY_NONE};
    enum zcd_code code = read_value(reader, &said, err);

    if (code != ZCD_OK)
        return code;
    value_fen = said.minor != FACT_MONEY_NONE ? said.minor : value_fen;
    if (value_fen == FACT_MONEY_NONE)
        return notice_report(reader->import->sink, NOTICE_ACCEPTANCE_VALUE_RULE, reader->notice.line, "", "", err);
    struct fact fact = new_milestone(reader, acceptance, NOTICE_WHOLE_MILESTONE);
    fact.milestone.title = "履约验收";
    fact.milestone.due_on = date_is_none(acceptance->ends_on) ? acceptance->on : acceptance->ends_on;
    fact.milestone.amount.minor = value_fen;
    memcpy(fact.milestone.amount.currency, FACT_CURRENCY_SCORED, sizeof fact.milestone.amount.currency);
    return hand_on(reader, &fact, err);
}

/* Is the milestone one that this acceptance may be of: of its stage, or due by its day? */
static bool is_candidate(struct reader *reader, const struct acceptance *acceptance, const struct notice_milestone *milestone)
{
    if (*acceptance->stage != '\0')
        return strstr(fold_in_arena(reader, milestone->title), acceptance->stage) != NULL
               || strcmp(fold_in_arena(reader, milestone->id), acceptance->stage) == 0;
    return !date_is_none(milestone->due_on) && date_compare(milestone->due_on, acceptance->on) <= 0;
}

static bool is_over(const struct acceptance *acceptance)
{
    return *acceptance->stage == '\0' && !date_is_none(acceptance->ends_on)
           && date_compare(acceptance->ends_on, acceptance->on) <= 0;
}

/* The milestones that were open and that it may be of. */
static size_t count_candidates(struct reader *reader, const struct acceptance *acceptance)
{
    size_t count = 0;

    for (size_t i = 0; i < acceptance->contract->milestone_count; i++) {
        const struct notice_milestone *milestone = &acceptance->contract->milestones[i];
        count += date_is_none(milestone->accepted_on) && is_candidate(reader, acceptance, milestone);
    }
    return count;
}

/* The only one that it may be of, or all when the contract's last day is over. */
static bool is_accepted(struct reader *reader, const struct acceptance *acceptance, const struct notice_milestone *milestone)
{
    return date_is_none(milestone->accepted_on) && is_candidate(reader, acceptance, milestone)
           && (is_over(acceptance) || count_candidates(reader, acceptance) == 1);
}

/* Was the notice read before? Then a milestone was accepted on its day. */
static bool was_read(const struct acceptance *acceptance)
{
    for (size_t i = 0; i < acceptance->contract->milestone_count; i++) {
        if (acceptance->contract->milestones[i].accepted_on.days == acceptance->on.days)
            return true;
    }
    return false;
}

static enum zcd_code accept_milestones(struct reader *reader, const struct acceptance *acceptance, struct zcd_error *err)
{
    const struct notice_contract *contract = acceptance->contract;

    if (!is_over(acceptance) && was_read(acceptance))
        return ZCD_OK;
    if (!is_over(acceptance) && count_candidates(reader, acceptance) != 1)
        return doubt(reader, NOTICE_ACCEPTANCE_STAGE_RULE, NOTICE_STAGE, err);
    for (size_t i = 0; i < contract->milestone_count; i++) {
        if (!is_accepted(reader, acceptance, &contract->milestones[i]))
            continue;
        enum zcd_code code = accept_milestone(reader, acceptance, &contract->milestones[i], err);
        if (code != ZCD_OK)
            return code;
    }
    return ZCD_OK;
}

/* Is nothing of the contract left to be done: each milestone accepted, or, of one without any, its last day not to come? */
static bool is_final(struct reader *reader, const struct acceptance *acceptance)
{
    const struct notice_contract *contract = acceptance->contract;
    bool is_before_end = !date_is_none(acceptance->ends_on) && date_compare(acceptance->ends_on, acceptance->on) > 0;

    if (contract == NULL || contract->milestone_count == 0)
        return *acceptance->stage == '\0' && !is_before_end;
    for (size_t i = 0; i < contract->milestone_count; i++) {
        if (date_is_none(contract->milestones[i].accepted_on) && !is_accepted(reader, acceptance, &contract->milestones[i]))
            return false;
    }
    return true;
}

static enum zcd_code accept(struct reader *reader, struct fact *fact, struct acceptance *acceptance, struct zcd_error *err)
{
    const struct notice_contract *contract = find_contract(reader);

    acceptance->contract = contract;
    if (date_is_none(acceptance->ends_on) && contract != NULL)
        acceptance->ends_on = contract->ends_on;
    bool is_whole = is_final(reader, acceptance);
    if (is_whole && (contract == NULL || contract->stage < CONTRACT_STAGE_CLOSED)) {
        fact->contract.stage = CONTRACT_STAGE_EVALUATING;
        fact->contract.holds_from =
            later(later(acceptance->on, acceptance->ends_on), contract == NULL ? DATE_NONE : contract->since);
    }
    if (contract != NULL && contract->milestone_count > 0)
        return accept_milestones(reader, acceptance, err);
    return is_whole ? accept_whole(reader, acceptance, err) : doubt(reader, NOTICE_ACCEPTANCE_STAGE_RULE, NOTICE_STAGE, err);
}

static enum zcd_code hand_on_acceptance(struct reader *reader, struct zcd_error *err)
{
    bool is_passed = says_passed(value_of(reader, NOTICE_OPINION));
    struct fact fact = new_contract(reader, CONTRACT_STAGE_NONE);
    struct acceptance acceptance = {.stage = fold_in_arena(reader, value_of(reader, NOTICE_STAGE))};

    enum zcd_code code = read_date(reader, NOTICE_ACCEPTED_ON, &acceptance.on, err);
    if (code == ZCD_OK)
        code = read_term(reader, &fact.contract.starts_on, &fact.contract.ends_on, err);
    acceptance.ends_on = fact.contract.ends_on;
    if (code == ZCD_OK && !is_passed)
        code = doubt(reader, NOTICE_ACCEPTANCE_OPEN_RULE, NOTICE_OPINION, err);
    else if (code == ZCD_OK && date_is_none(acceptance.on))
        code = doubt(reader, NOTICE_ACCEPTANCE_DAY_RULE, NOTICE_ACCEPTED_ON, err);
    else if (code == ZCD_OK)
        code = accept(reader, &fact, &acceptance, err);
    /* Of a contract that is known it says nothing but its end. */
    if (code != ZCD_OK || (fact.contract.stage == CONTRACT_STAGE_NONE && find_contract(reader) != NULL))
        return code;
    return hand_on_both(reader, &fact, err);
}

/* Shenzhen's rule for order financing: after the draw-down the account changes only with the bank's written consent. */
static bool says_locked(const struct notice *notice)
{
    const char *all = notice->all.size == 0 ? "" : (const char *)notice->all.data;
    bool has_consent = strstr(all, "书面同意") != NULL && (strstr(all, "不得变更") != NULL || strstr(all, "不得更改") != NULL);

    return has_consent || strstr(all, "唯一收款账户") != NULL || strstr(all, "唯一回款账户") != NULL;
}

static void keep_last_four(const char *text, char digits[static 5])
{
    size_t count = 0;

    for (const char *at = text + strlen(text); at > text && count < 4; at--) {
        if (at[-1] >= '0' && at[-1] <= '9')
            digits[3 - count++] = at[-1];
    }
    memmove(digits, digits + 4 - count, count);
    digits[count] = '\0';
}

static enum zcd_code hand_on_account_change(struct reader *reader, struct zcd_error *err)
{
    struct fact fact = new_fact(reader, FACT_SECURITY);
    char account[5];
    bool is_locked = says_locked(&reader->notice);

    keep_last_four(value_of(reader, NOTICE_ACCOUNT), account);
    fact.security = (struct fact_security){.contract = contract_id(reader), .account = account, .pledge_registration = "",
                                           .account_locked = is_locked ? FACT_YES : FACT_UNKNOWN};
    enum zcd_code code = read_date(reader, NOTICE_SIGNED_ON, &fact.security.on, err);
    if (code == ZCD_OK && !is_locked)
        code = doubt(reader, NOTICE_LOCK_OPEN_RULE, NOTICE_AGREEMENT, err);
    if (code == ZCD_OK && reader->import->known != NULL && find_contract(reader) == NULL)
        code = doubt(reader, NOTICE_CONTRACT_UNKNOWN_RULE, NOTICE_CONTRACT_NUMBER, err);
    return code == ZCD_OK ? hand_on(reader, &fact, err) : code;
}

/* What every notice, or one of its kind, must say. */
static enum zcd_code check_said(struct reader *reader, bool *is_enough, struct zcd_error *err)
{
    const struct notice *notice = &reader->notice;
    bool has_id = notice->items[NOTICE_PROJECT_NUMBER].value != NULL || notice->items[NOTICE_CONTRACT_NUMBER].value != NULL;
    const char *missing = !has_id ? "项目编号"
                          : notice->items[NOTICE_SUPPLIER].value == NULL ? "供应商"
                          : notice->kind != NOTICE_ACCOUNT_CHANGE && notice->items[NOTICE_BUYER].value == NULL ? "采购人"
                          : notice->kind == NOTICE_ACCOUNT_CHANGE && notice->items[NOTICE_ACCOUNT].value == NULL ? "账号" : NULL;

    *is_enough = false;
    if (missing != NULL)
        return notice_report(reader->import->sink, NOTICE_MISSING_RULE, notice->line, missing, "", err);
    const char *own = fold_in_arena(reader, reader->import->organisation_name);
    const char *supplier = fold_in_arena(reader, value_of(reader, NOTICE_SUPPLIER));
    if (own[0] != '\0' && strcmp(own, supplier) != 0)
        return doubt(reader, NOTICE_OTHER_SUPPLIER_RULE, NOTICE_SUPPLIER, err);
    *is_enough = true;
    return ZCD_OK;
}

static enum zcd_code finish_notice(struct reader *reader, struct zcd_error *err)
{
    bool is_enough;

    reader->summary->notice_count++;
    enum zcd_code code = check_said(reader, &is_enough, err);
    if (code != ZCD_OK || !is_enough)
        return code;
    reader->summary->kept_count++;
    reader->summary->by_kind[reader->notice.kind]++;
    switch (reader->notice.kind) {
    case NOTICE_AWARD:
        return hand_on_award(reader, err);
    case NOTICE_CONTRACT:
        return hand_on_contract(reader, err);
    case NOTICE_ACCEPTANCE:
        return hand_on_acceptance(reader, err);
    case NOTICE_ACCOUNT_CHANGE:
        return hand_on_account_change(reader, err);
    case NOTICE_NONE:
        break;
    }
    assert(false && "a kind that was recognised");
    return ZCD_OK;
}

static void begin_notice(struct reader *reader, enum notice_kind kind, uint64_t line)
{
    struct buffer all = reader->notice.all;

    buffer_clear(&all);
    reader->notice = (struct notice){.kind = kind, .line = line, .all = all};
}

static enum zcd_code take(struct reader *reader, enum notice_field field, const char *name, const char *value, uint64_t line,
                          struct zcd_error *err)
{
    ZCD_AUTO(buffer_done) struct buffer folded = {0};

    text_fold(value, &folded);
    if (folded.size == 0) /* blanks and control characters say nothing, and would be no id */
        return ZCD_OK;
    return notice_take(&reader->notice, field, name, value, line, reader->import->sink, &reader->arena, err);
}

/* ---------------------------------------------------------------- text */

static const char *skip_blanks(const char *at)
{
    for (;;) {
        if (*at == ' ' || *at == '\t')
            at++;
        else if (strncmp(at, "\xe3\x80\x80", 3) == 0) /* ideographic space */
            at += 3;
        else if (strncmp(at, "\xc2\xa0", 2) == 0)
            at += 2;
        else
            return at;
    }
}

/* "一、", "（三）", "2.", "3、": what counts items is no part of their names. */
static const char *skip_number(const char *at)
{
    static const char *const DIGITS[] = {"一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
    static const char *const ENDS[] = {"、", "．", ".", "）", ")"};
    const char *from = at;
    bool has_digit = false;

    at += strncmp(at, "（", 3) == 0 ? 3 : (*at == '(' ? 1 : 0);
    for (size_t i = 0; i < sizeof DIGITS / sizeof *DIGITS; i++) {
        size_t size = strlen(DIGITS[i]);
        if (strncmp(at, DIGITS[i], size) != 0)
            continue;
        at += size;
        has_digit = true;
        i = (size_t)-1; /* begin again: a number has several digits */
    }
    for (size_t i = 0; has_digit && i < sizeof ENDS / sizeof *ENDS; i++) {
        if (strncmp(at, ENDS[i], strlen(ENDS[i])) == 0)
            return skip_blanks(at + strlen(ENDS[i]));
    }
    return from;
}

/* Cut a line at its first colon of either width; NULL: it has none. */
static const char *cut_at_colon(const char *text, struct buffer *name)
{
    const char *narrow = strchr(text, ':');
    const char *wide = strstr(text, "：");
    const char *colon = narrow == NULL || (wide != NULL && wide < narrow) ? wide : narrow;

    if (colon == NULL)
        return NULL;
    buffer_clear(name);
    buffer_append(name, text, (size_t)(colon - text));
    return skip_blanks(colon + (colon == narrow ? 1 : 3));
}

static void set_context(struct reader *reader, const char *heading)
{
    buffer_clear(&reader->context);
    text_fold(heading, &reader->context);
}

static const char *context_of(const struct reader *reader)
{
    return reader->context.size == 0 || reader->context.size > CONTEXT_SIZE_MAX ? "" : (const char *)reader->context.data;
}

/* An item whose value stands on the lines behind it. */
struct pending {
    bool is_set;
    enum notice_field field;
    const char *name;
};

static enum zcd_code read_text_line(struct reader *reader, const struct text_line *line, struct pending *pending, struct zcd_error *err)
{
    const char *text = skip_blanks(line->text);
    const char *plain = skip_number(text);
    bool is_numbered = plain != text;
    enum notice_field field;
    struct date day;

    if (*plain == '\0')
        return ZCD_OK;
    const char *value = cut_at_colon(plain, &reader->number_free);
    const char *name = value == NULL || reader->number_free.size == 0 ? "" : (const char *)reader->number_free.data;
    if (value != NULL && notice_field_find(name, context_of(reader), &field)) {
        *pending = (struct pending){.is_set = *value == '\0', .field = field, .name = arena_copy_text(&reader->arena, name)};
        return take(reader, field, name, value, line->number, err);
    }
    if (is_numbered && (value == NULL || *value == '\0')) {
        /* A heading: of the items below it, or of the words below it. */
        *pending = (struct pending){.is_set = notice_field_find(plain, "", &field), .field = NOTICE_SKIPPED, .name = ""};
        if (pending->is_set)
            *pending = (struct pending){.is_set = true, .field = field, .name = arena_copy_text(&reader->arena, plain)};
        set_context(reader, value == NULL ? plain : name);
        return ZCD_OK;
    }
    if (pending->is_set)
        return take(reader, pending->field, pending->name, plain, line->number, err);
    if (value == NULL && statement_date_parse(plain, &day))
        return take(reader, NOTICE_AWARDED_ON, "公告日期", plain, line->number, err);
    text_fold(plain, &reader->notice.all);
    if (reader->notice.kind == NOTICE_ACCOUNT_CHANGE) /* a contract in free words, all of which are read */
        return ZCD_OK;
    return notice_report(reader->import->sink, NOTICE_NOT_UNDERSTOOD_RULE, line->number, name, value == NULL ? plain : value, err);
}

static bool ends_with(const char *text, const char *end)
{
    size_t size = strlen(text);

    return size >= strlen(end) && strcmp(text + size - strlen(end), end) == 0;
}

static bool has_items(const struct notice *notice)
{
    for (size_t i = 0; i < NOTICE_FIELD_COUNT; i++) {
        if (notice->items[i].value != NULL)
            return true;
    }
    return false;
}

/* The title of a notice behind another one: a line of itself, where no item's words are awaited. */
static enum notice_kind next_title(const struct reader *reader, const char *line, const struct pending *pending)
{
    ZCD_AUTO(buffer_done) struct buffer folded = {0};

    if (!has_items(&reader->notice) || (pending->is_set && pending->field != NOTICE_SKIPPED) || skip_number(skip_blanks(line)) != skip_blanks(line))
        return NOTICE_NONE;
    text_fold(line, &folded);
    const char *title = (const char *)folded.data;
    bool is_title = strchr(title, ':') == NULL && (ends_with(title, "公告") || ends_with(title, "协议"));
    return is_title ? notice_kind_of(line) : NOTICE_NONE;
}

/* A line within a notice, or the title of the next one. */
static enum zcd_code read_on(struct reader *reader, const struct text_line *line, struct pending *pending, struct zcd_error *err)
{
    enum notice_kind next = next_title(reader, line->text, pending);

    if (next == NOTICE_NONE)
        return read_text_line(reader, line, pending, err);
    enum zcd_code code = finish_notice(reader, err);
    begin_notice(reader, next, line->number);
    set_context(reader, "");
    *pending = (struct pending){0};
    return code;
}

static enum zcd_code read_text(struct reader *reader, struct text_lines *lines, struct zcd_error *err)
{
    struct text_line line;
    struct pending pending = {0};
    int title_lines = 0;

    for (;;) {
        enum zcd_code code = text_lines_next(lines, &line, err);
        if (code != ZCD_OK)
            return code;
        if (line.state == TEXT_LINE_NONE)
            break;
        if (line.state == TEXT_LINE_BROKEN || line.state == TEXT_LINE_TOO_LONG) {
            code = notice_report(reader->import->sink, line.state == TEXT_LINE_BROKEN ? NOTICE_ENCODING_RULE : NOTICE_LINE_SIZE_RULE,
                                 line.number, "", "", err);
        } else if (reader->notice.kind == NOTICE_NONE) {
            enum notice_kind kind = notice_kind_of(line.text);
            title_lines += *skip_blanks(line.text) != '\0';
            if (kind != NOTICE_NONE)
                begin_notice(reader, kind, line.number);
            else if (title_lines > TITLE_LINES_MAX)
                break;
        } else {
            code = read_on(reader, &line, &pending, err);
        }
        if (code != ZCD_OK)
            return code;
    }
    if (reader->notice.kind == NOTICE_NONE)
        return zcd_fail(err, ZCD_INVALID, "the title names no award, contract or acceptance notice and no change of an account");
    return finish_notice(reader, err);
}

/* ---------------------------------------------------------------- JSON */

static void free_json(json_t **json)
{
    json_decref(*json);
}

/* A supplement is a contract in free words, all of which are read; no item of it is of another template. */
static bool is_words(const struct reader *reader, const json_t *value)
{
    return reader->notice.kind == NOTICE_ACCOUNT_CHANGE && json_is_string(value);
}

static enum zcd_code take_members(struct reader *reader, json_t *object, const char *context, int depth, struct zcd_error *err)
{
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value) {
        ZCD_AUTO(buffer_done) struct buffer folded = {0};
        enum notice_field field;
        enum zcd_code code = ZCD_OK;
        bool is_known = notice_field_find(name, context, &field);

        text_fold(name, &folded);
        if (strcmp(name, KIND_MEMBER) == 0)
            continue;
        if (json_is_object(value) && depth < JSON_DEPTH_MAX)
            code = take_members(reader, value, (const char *)folded.data, depth + 1, err);
        else if (is_known && json_is_string(value))
            code = take(reader, field, name, json_string_value(value), reader->notice.line, err);
        else if (is_words(reader, value))
            text_fold(json_string_value(value), &reader->notice.all);
        else if (!is_known || field != NOTICE_SKIPPED)
            code = notice_report(reader->import->sink, NOTICE_NOT_UNDERSTOOD_RULE, reader->notice.line, name,
                                 json_is_string(value) ? json_string_value(value) : "", err);
        if (code != ZCD_OK)
            return code;
    }
    return ZCD_OK;
}

static enum zcd_code read_object(struct reader *reader, json_t *object, uint64_t number, struct zcd_error *err)
{
    const char *kind = json_string_value(json_object_get(object, KIND_MEMBER));

    if (kind == NULL || notice_kind_of(kind) == NOTICE_NONE)
        return zcd_fail(err, ZCD_INVALID, "notice %llu has no %s that is known", (unsigned long long)number, KIND_MEMBER);
    begin_notice(reader, notice_kind_of(kind), number);
    enum zcd_code code = take_members(reader, object, "", 1, err);
    return code == ZCD_OK ? finish_notice(reader, err) : code;
}

static enum zcd_code read_json(struct reader *reader, const struct buffer *text, struct zcd_error *err)
{
    json_error_t fault;

    ZCD_AUTO(free_json) json_t *root = json_loadb((const char *)text->data, text->size, JSON_REJECT_DUPLICATES, &fault);
    if (root == NULL)
        return zcd_fail(err, ZCD_INVALID, "no JSON: line %d, column %d", fault.line, fault.column);
    if (json_is_object(root))
        return read_object(reader, root, 1, err);
    for (size_t i = 0; i < json_array_size(root); i++) {
        enum zcd_code code = read_object(reader, json_array_get(root, i), i + 1, err);
        if (code != ZCD_OK)
            return code;
    }
    return ZCD_OK;
}

/* ---------------------------------------------------------------- both */

static enum zcd_code read_all(FILE *file, struct buffer *text, struct zcd_error *err)
{
    char block[4096];
    size_t size;

    while ((size = fread(block, 1, sizeof block, file)) > 0) {
        buffer_append(text, block, size);
        if (text->size > NOTICE_SIZE_MAX)
            return zcd_fail(err, ZCD_INVALID, "the file has more than %d bytes", NOTICE_SIZE_MAX);
    }
    return ferror(file) != 0 ? zcd_fail(err, ZCD_NOT_FOUND, "the file cannot be read") : ZCD_OK;
}

static bool is_json(const struct buffer *text)
{
    size_t at = 0;

    if (text->size >= 3 && memcmp(text->data, "\xef\xbb\xbf", 3) == 0)
        at = 3;
    while (at < text->size && strchr(" \t\r\n", text->data[at]) != NULL && text->data[at] != '\0')
        at++;
    return at < text->size && (text->data[at] == '{' || text->data[at] == '[');
}

static enum zcd_code read_text_bytes(struct reader *reader, const struct buffer *text, struct zcd_error *err)
{
    struct text_lines *lines = NULL;
    FILE *memory = text->size == 0 ? NULL : fmemopen(text->data, text->size, "rb");

    if (memory == NULL)
        return zcd_fail(err, ZCD_INVALID, "the file is empty");
    enum zcd_code code = text_lines_open(memory, &lines, err);
    if (code == ZCD_OK)
        code = read_text(reader, lines, err);
    text_lines_close(lines);
    (void)fclose(memory);
    return code;
}

static void reader_done(struct reader *reader)
{
    arena_done(&reader->arena);
    buffer_done(&reader->notice.all);
    buffer_done(&reader->context);
    buffer_done(&reader->number_free);
}

enum zcd_code notice_read(FILE *file, const struct notice_import *import, struct notice_summary *summary, struct zcd_error *err)
{
    struct notice_summary made = {0};
    ZCD_AUTO(reader_done) struct reader reader = {.import = import, .summary = &made};
    ZCD_AUTO(buffer_done) struct buffer text = {0};

    remember_facts(&reader, import->known);
    enum zcd_code code = read_all(file, &text, err);
    if (code == ZCD_OK)
        code = is_json(&text) ? read_json(&reader, &text, err) : read_text_bytes(&reader, &text, err);
    if (code == ZCD_OK)
        *summary = made;
    return code;
}
