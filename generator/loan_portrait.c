/* What the organisation has borrowed, how it has repaid, and what it asks for. */
#include "generator/world_internal.h"

enum { FACILITIES_MAX = 2, INSTALMENTS_MAX = 25, PLEDGED_MAX = 3, YEAR_DAYS = 360 };

/* One loan as it was agreed, before anything was repaid. */
struct terms {
    const char *id;
    const char *lender;
    const char *product;
    int64_t principal_fen;
    int32_t opened_on;
    int32_t months;
    int32_t rate_bp;
    bool is_amortised; /* a part of the principal every third month; else all of it at the end */
    bool is_deferred;
};

/* ------------------------------------------------------------------ instalments */

static int64_t principal_part_fen(const struct terms *terms, int32_t month)
{
    int32_t parts = terms->months / 3;
    int64_t part_fen = terms->principal_fen / parts;

    if (!terms->is_amortised)
        return month == terms->months ? terms->principal_fen : 0;
    if (month % 3 != 0)
        return 0;
    return month == terms->months ? terms->principal_fen - part_fen * (parts - 1) : part_fen;
}

/* Paid on the day, or late; what was to be paid after as_of is not known yet. */
static void draw_instalment_payment(const struct story *story, struct instalment *instalment, int32_t due_on, struct chance *chance)
{
    int32_t late_days = chance_happens(chance, story->character.lateness_permille) ? 1 + (int32_t)chance_lognormal(chance, 12, 1000) : 0;

    if (due_on + late_days > story->as_of.days)
        return;
    struct instalment_payment *payment = ARENA_NEW(story->arena, struct instalment_payment, 1);
    *payment = (struct instalment_payment){{due_on + late_days}, instalment_due_fen(instalment)};
    instalment->payments = payment;
    instalment->payment_count = 1;
}

static void draw_instalments(const struct story *story, const struct terms *terms, struct facility *facility, struct chance *chance)
{
    struct instalment *rows = ARENA_NEW(story->arena, struct instalment, INSTALMENTS_MAX);
    int64_t left_fen = terms->principal_fen;

    facility->instalments = rows;
    facility->instalment_count = (size_t)terms->months;
    for (int32_t month = 1; month <= terms->months; month++) {
        struct instalment *row = &rows[month - 1];
        row->due_on = date_add_months((struct date){terms->opened_on}, month);
        row->principal_fen = principal_part_fen(terms, month);
        row->interest_fen = left_fen * terms->rate_bp / 10000 * 30 / YEAR_DAYS;
        left_fen -= row->principal_fen;
        draw_instalment_payment(story, row, instalment_due_after_deferrals(facility, row).days, chance);
        if (row->payment_count > 0)
            facility->outstanding_fen -= row->principal_fen;
    }
}

/* Three months' grace for what falls due soon, agreed ten days before as_of or some months ago. */
static void draw_deferral(const struct story *story, const struct terms *terms, struct facility *facility, struct chance *chance)
{
    struct deferral *row = ARENA_NEW(story->arena, struct deferral, 1);
    int32_t agreed_on = story->as_of.days - (int32_t)chance_between(chance, 10, 200);

    if (!terms->is_deferred || agreed_on <= terms->opened_on)
        return;
    *row = (struct deferral){{agreed_on}, {agreed_on + 5}, {agreed_on + 96}, DEFERRAL_CAUSE_PAYER_DELAY};
    facility->deferrals = row;
    facility->deferral_count = 1;
}

/* Five tiers by days past due: up to 7 technical, 90, 270, 360 (order 1 of 2023, articles 9 to 12). */
static enum facility_classification classification_of(int32_t days)
{
    if (days <= 7)
        return FACILITY_CLASSIFICATION_NORMAL;
    if (days <= 90)
        return FACILITY_CLASSIFICATION_ATTENTION;
    if (days <= 270)
        return FACILITY_CLASSIFICATION_SUBSTANDARD;
    return days <= 360 ? FACILITY_CLASSIFICATION_DOUBTFUL : FACILITY_CLASSIFICATION_LOSS;
}

static struct facility draw_facility(const struct story *story, const struct terms *terms, struct chance *chance)
{
    struct facility facility = {.id = terms->id, .lender = terms->lender, .product = terms->product, .limit_fen = terms->principal_fen,
                                .outstanding_fen = terms->principal_fen, .opened_on = {terms->opened_on},
                                .matures_on = date_add_months((struct date){terms->opened_on}, terms->months)};

    draw_deferral(story, terms, &facility, chance);
    draw_instalments(story, terms, &facility, chance);
    facility.classification = classification_of(facility_days_past_due_now(&facility, story->as_of));
    if (chance_happens(chance, 20))
        facility.classification = FACILITY_CLASSIFICATION_ATTENTION;
    return facility;
}

/* Another lender has some receivables in pledge: no sweep may take them. */
static void draw_pledges(struct story *story, struct facility *facility, struct chance *chance)
{
    const char **ids = ARENA_NEW(story->arena, const char *, PLEDGED_MAX);
    size_t *indexes = ARENA_NEW(story->arena, size_t, PLEDGED_MAX);
    size_t row = 0; /* of the dossier's contracts */
    enum contract_stage stage;

    for (size_t i = 0; i < story->life_count && facility->pledged_contract_count < PLEDGED_MAX; i++) {
        struct life *life = &story->lives[i];
        if (!portrait_shows(story, life, &stage))
            continue;
        if (stage == CONTRACT_STAGE_PERFORMING && chance_happens(chance, 300)) {
            life->is_pledged_elsewhere = true;
            ids[facility->pledged_contract_count] = life->id;
            indexes[facility->pledged_contract_count++] = row;
        }
        row++;
    }
    facility->pledged_contracts = ids;
    facility->pledged_contract_indexes = indexes;
}

/* ------------------------------------------------------------------ the whole */

/* A loan of a kind's usual age: one to be renewed matures soon, one to be increased has long to go. */
static struct terms draw_own_terms(const struct story *story, enum application_kind kind, int64_t year_fen, struct chance *chance)
{
    bool is_young = kind == APPLICATION_KIND_INCREASE;
    int32_t months = is_young || chance_happens(chance, 300) ? 24 : 12;
    int32_t left_days = is_young ? (int32_t)chance_between(chance, 150, 500) : (int32_t)chance_between(chance, 3, 110);
    struct date matures_on = date_add_days(story->as_of, left_days);

    struct terms terms = {.id = "f1", .lender = "示例银行（虚构）", .product = "zhengcaidai", .months = months,
                          .opened_on = date_add_months(matures_on, -months).days};
    terms.principal_fen = permille_of(year_fen, chance_between(chance, 30, 180)) / WAN * WAN + 10 * WAN;
    terms.rate_bp = (int32_t)chance_between(chance, 360, 480);
    terms.is_amortised = chance_happens(chance, 300);
    terms.is_deferred = chance_happens(chance, 120);
    return terms;
}

static struct terms draw_other_terms(const struct story *story, int64_t year_fen, struct chance *chance)
{
    struct terms terms = {.id = "f2", .lender = "示例银行二（虚构）", .product = ""};
    terms.principal_fen = permille_of(year_fen, chance_between(chance, 10, 100)) / WAN * WAN + 5 * WAN;
    terms.opened_on = story->as_of.days - (int32_t)chance_between(chance, 20, 350);
    terms.months = chance_happens(chance, 500) ? 12 : 24;
    terms.rate_bp = (int32_t)chance_between(chance, 400, 900);
    terms.is_amortised = chance_happens(chance, 600);
    return terms;
}

static void draw_application(const struct story *story, enum application_kind kind, int64_t year_fen, struct dossier *dossier,
                             struct chance *chance)
{
    static const int32_t PURPOSE_WEIGHTS[] = {0, 60, 15, 22, 3}; /* by enum application_purpose */
    static const int32_t TENORS[] = {3, 6, 9, 12, 18, 24};
    static const int32_t TENOR_WEIGHTS[] = {4, 14, 8, 60, 4, 10};
    int64_t asked_fen = permille_of(year_fen, chance_lognormal(chance, 80, 600));
    struct application *application = &dossier->application;

    if (kind == APPLICATION_KIND_RENEWAL || kind == APPLICATION_KIND_DEFERRAL)
        asked_fen = dossier->facilities[0].outstanding_fen;
    *application = (struct application){.id = "a1", .kind = kind, .amount_fen = asked_fen / WAN * WAN + 10 * WAN,
                                        .tenor_months = TENORS[CHANCE_PICK(chance, TENOR_WEIGHTS)], .requested_on = story->as_of,
                                        .facility = "", .facility_index = SIZE_MAX, .collateral_fen = DOSSIER_FEN_NONE};
    application->purpose = (enum application_purpose)CHANCE_PICK(chance, PURPOSE_WEIGHTS);
    if (kind != APPLICATION_KIND_FIRST_LOAN) {
        application->facility = "f1";
        application->facility_index = 0;
    }
    if (chance_happens(chance, 150))
        application->collateral_fen = permille_of(asked_fen, chance_between(chance, 100, 1500));
}

void portrait_facilities(struct story *story, struct dossier *dossier)
{
    static const int32_t KIND_WEIGHTS[] = {0, 66, 18, 8, 8}; /* by enum application_kind */
    struct chance chance = chance_of(&story->seed, "loans", "");
    enum application_kind kind = (enum application_kind)CHANCE_PICK(&chance, KIND_WEIGHTS);
    int64_t year_fen = work_fen_per_day(story, story->as_of.days) * 365 + 20 * WAN;

    dossier->facilities = ARENA_NEW(story->arena, struct facility, FACILITIES_MAX);
    if (kind != APPLICATION_KIND_FIRST_LOAN) {
        struct terms terms = draw_own_terms(story, kind, year_fen, &chance);
        dossier->facilities[dossier->facility_count++] = draw_facility(story, &terms, &chance);
    }
    if (chance_happens(&chance, 200)) {
        struct terms terms = draw_other_terms(story, year_fen, &chance);
        struct facility *facility = &dossier->facilities[dossier->facility_count++];
        *facility = draw_facility(story, &terms, &chance);
        if (chance_happens(&chance, 400))
            draw_pledges(story, facility, &chance);
    }
    draw_application(story, kind, year_fen, dossier, &chance);
}
