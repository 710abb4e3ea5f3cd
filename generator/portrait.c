/* What the dossier shows of the contracts on as_of: whatever has happened by then, and nothing of what will. */
#include "generator/world_internal.h"

static struct date seen(const struct story *story, int32_t day)
{
    return day <= story->as_of.days ? (struct date){day} : DATE_NONE;
}

/* ------------------------------------------------------------------ stages */

static bool is_settled(const struct story *story, const struct life *life)
{
    for (int32_t i = 0; i < life->milestone_count; i++) {
        const struct life_milestone *milestone = &life->milestones[i];
        int64_t paid_fen = 0;
        for (int32_t j = 0; j < milestone->payment_count; j++)
            paid_fen += milestone->payments[j].paid_on <= story->as_of.days ? milestone->payments[j].amount_fen : 0;
        if (paid_fen + milestone->deducted_fen < milestone->amount_fen)
            return false;
    }
    return true;
}

bool portrait_shows(const struct story *story, const struct life *life, enum contract_stage *stage)
{
    int32_t today = story->as_of.days;

    if (life->failed_on <= today || life->intended_on > today || life->ends_on < today - story->character.history_days)
        return false;
    if (life->signed_on > today) {
        *stage = life->awarded_on <= today ? CONTRACT_STAGE_AWARDED
                                           : life->tendered_on <= today ? CONTRACT_STAGE_TENDERING : CONTRACT_STAGE_INTENTION;
        return true;
    }
    if (life->terminated_on <= today)
        *stage = CONTRACT_STAGE_TERMINATED;
    else if (life->starts_on > today)
        *stage = CONTRACT_STAGE_SIGNED;
    else if (life->ends_on >= today)
        *stage = CONTRACT_STAGE_PERFORMING;
    else
        *stage = is_settled(story, life) ? CONTRACT_STAGE_CLOSED : CONTRACT_STAGE_EVALUATING;
    return true;
}

bool portrait_may_be_swept(const struct story *story, const struct life *life)
{
    enum contract_stage stage;
    bool is_signed = portrait_shows(story, life, &stage) && stage >= CONTRACT_STAGE_SIGNED && stage <= CONTRACT_STAGE_EVALUATING;
    bool is_restricted = life->line->fund_source == FUND_SOURCE_CHARITY || life->line->fund_source == FUND_SOURCE_VENTURE_PHILANTHROPY;

    return is_signed && !is_restricted && story->payers[life->line->payer].is_public && !life->is_pledged_elsewhere;
}

/* ------------------------------------------------------------------ milestones */

static const struct payment *portrait_payments(const struct story *story, const struct life_milestone *milestone, size_t *count)
{
    struct payment *payments = ARENA_NEW(story->arena, struct payment, 2);

    *count = 0;
    for (int32_t i = 0; i < milestone->payment_count; i++) {
        if (milestone->payments[i].paid_on > story->as_of.days)
            continue;
        payments[*count] = (struct payment){text_of(story->arena, "t%d", (int)i + 1), {milestone->payments[i].paid_on},
                                            milestone->payments[i].amount_fen};
        *count += 1;
    }
    return payments;
}

static struct milestone portrait_milestone(const struct story *story, const struct life_milestone *milestone, int32_t index)
{
    struct milestone shown = {.id = text_of(story->arena, "m%d", (int)index + 1), .title = milestone->title, .due_on = {milestone->due_on},
                              .amount_fen = milestone->amount_fen, .accepted_on = seen(story, milestone->accepted_on),
                              .invoiced_on = seen(story, milestone->invoiced_on)};

    shown.payments = portrait_payments(story, milestone, &shown.payment_count);
    shown.deducted_fen = date_is_none(shown.accepted_on) ? 0 : milestone->deducted_fen;
    return shown;
}

static const struct milestone *portrait_milestones(const struct story *story, const struct life *life)
{
    struct milestone *milestones = ARENA_NEW(story->arena, struct milestone, (size_t)life->milestone_count);

    for (int32_t i = 0; i < life->milestone_count; i++)
        milestones[i] = portrait_milestone(story, &life->milestones[i], i);
    return milestones;
}

/* ------------------------------------------------------------------ contracts */

/* A dispute shows once the work is accepted and until it is paid. */
static int64_t disputed_fen(const struct story *story, const struct life *life)
{
    const struct life_milestone *last = &life->milestones[life->milestone_count - 1];
    bool is_open = last->accepted_on <= story->as_of.days &&
                   (last->payment_count == 0 || last->payments[0].paid_on > story->as_of.days);

    return is_open ? life->disputed_fen : 0;
}

static struct contract portrait_contract(const struct story *story, const struct life *life, enum contract_stage stage)
{
    const struct line *line = life->line;
    bool is_signed = life->signed_on <= story->as_of.days;
    struct chance chance = chance_of(&story->seed, "portrait", life->id);
    struct contract shown = {
        .id = life->id, .title = "社会工作服务（虚构）", .payer = story->payers[line->payer].shown.id, .payer_index = line->payer,
        .tier = line->tier, .fund_source = line->fund_source, .stage = stage, .value_fen = life->value_fen,
        .awarded_on = seen(story, life->awarded_on), .signed_on = seen(story, life->signed_on), .published_on = DATE_NONE,
        .starts_on = {life->starts_on}, .ends_on = {life->ends_on}, .payment_term_days = line->term_days, .trigger = line->trigger,
        .renewals = life->renewals, .security = {.pledge_registration = ""}};

    if (chance_happens(&chance, 800))
        shown.service_evaluation = life->evaluation_before;
    if (is_signed) {
        shown.published_on = seen(story, life->signed_on + 1);
        shown.disputed_fen = disputed_fen(story, life);
        shown.retained_fen = chance_happens(&chance, 80) ? permille_of(life->value_fen, 50) : 0;
        shown.security.account_locked = life->account_locked;
        shown.security.buyer_confirmed = life->buyer_confirmed;
        shown.security.pledge_registration = life->has_pledge ? text_of(story->arena, "EX-%s", life->id) : "";
    }
    shown.milestones = portrait_milestones(story, life);
    shown.milestone_count = (size_t)life->milestone_count;
    return shown;
}

static void portrait_contracts(const struct story *story, struct dossier *dossier)
{
    dossier->contracts = ARENA_NEW(story->arena, struct contract, story->life_count);
    for (size_t i = 0; i < story->life_count; i++) {
        enum contract_stage stage;
        if (portrait_shows(story, &story->lives[i], &stage))
            dossier->contracts[dossier->contract_count++] = portrait_contract(story, &story->lives[i], stage);
    }
}

/* ------------------------------------------------------------------ payers */

/* What a whole book of such loans might know: payers of the class, and some of these payers, against a mean wait of 45 days. */
enum { BOOK_MEAN_DAYS = 45 };

static int64_t mean_days(const struct world_payer *payer)
{
    return permille_of(payer->prompt_days, 1000 - payer->stuck_permille) + permille_of(payer->stuck_days, payer->stuck_permille) + 10;
}

static struct payer_experience experience(struct chance *chance, int64_t days)
{
    int64_t events_ppm = chance_between(chance, 3, 60) * 1000000;

    return (struct payer_experience){.payer = "", .payer_index = SIZE_MAX, .events_ppm = events_ppm,
                                     .exposure_ppm = events_ppm / 100 * (days * chance_between(chance, 85, 115) / BOOK_MEAN_DAYS)};
}

static void add_class_experience(const struct story *story, struct dossier *dossier, struct chance *chance)
{
    for (int level = PAYER_LEVEL_CITY; level <= PAYER_LEVEL_TOWNSHIP; level++) {
        for (int fund = FUND_SOURCE_DEPARTMENT_BUDGET; fund <= FUND_SOURCE_PURCHASE_LIST; fund++) {
            struct payer_experience *row = &dossier->payer_experience[dossier->payer_experience_count++];
            *row = experience(chance, BOOK_MEAN_DAYS);
            row->level = (enum payer_level)level;
            row->fund_source = (enum fund_source)fund;
        }
    }
    (void)story;
}

static void portrait_payers(const struct story *story, struct dossier *dossier)
{
    struct payer *payers = ARENA_NEW(story->arena, struct payer, story->payer_count);
    struct chance chance = chance_of(&story->seed, "experience", "");
    bool has_book = chance_happens(&chance, 600);

    dossier->payer_experience = ARENA_NEW(story->arena, struct payer_experience, story->payer_count + 6);
    if (has_book)
        add_class_experience(story, dossier, &chance);
    for (size_t i = 0; i < story->payer_count; i++) {
        payers[i] = story->payers[i].shown;
        if (!has_book || !chance_happens(&chance, 300))
            continue;
        struct payer_experience *row = &dossier->payer_experience[dossier->payer_experience_count++];
        *row = experience(&chance, mean_days(&story->payers[i].truth));
        row->payer = payers[i].id;
        row->payer_index = i;
    }
    dossier->payers = payers;
    dossier->payer_count = story->payer_count;
}

static void portrait_resources(const struct story *story, struct dossier *dossier)
{
    struct chance chance = chance_of(&story->seed, "resources", "");
    struct linked_resource *resource = ARENA_NEW(story->arena, struct linked_resource, 1);

    if (!chance_happens(&chance, 300))
        return;
    *resource = (struct linked_resource){LINKED_RESOURCE_KIND_VOLUNTEERS, story->as_of, (int32_t)chance_between(&chance, 5, 2000), 0,
                                         "虚构：登记志愿者"};
    dossier->linked_resources = resource;
    dossier->linked_resource_count = 1;
}

const struct dossier *portrait_draw(struct story *story)
{
    struct dossier *dossier = ARENA_NEW(story->arena, struct dossier, 1);

    *dossier = (struct dossier){.schema = DOSSIER_SCHEMA, .as_of = story->as_of};
    dossier->provenance = text_of(story->arena, "生成：不指任何真实主体。Generated; stands for nobody. (seed %llu, number %s)",
                                  (unsigned long long)story->seed.seed, story->seed.number);
    portrait_payers(story, dossier);
    portrait_resources(story, dossier);
    portrait_facilities(story, dossier); /* before the contracts: it pledges some */
    portrait_contracts(story, dossier);
    portrait_organisation(story, &dossier->organisation);
    return dossier;
}
