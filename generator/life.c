/* What happens: every contract from the intention to the last payment, before and after as_of alike. */
#include "generator/world_internal.h"

#include <stdio.h>

enum { LIVES_PER_LINE_MAX = 24, SHAPES = 6 };

/* Share of the value in percent, and when it is due in thousandths of the service. */
static const struct shape {
    int32_t count;
    struct {
        int32_t percent, at_permille;
        const char *title;
    } parts[LIFE_MILESTONES_MAX];
} SHAPE[SHAPES] = {
    {3, {{60, 40, "项目方案确认"}, {30, 500, "中期评估"}, {10, 1000, "末期评估"}}},
    {3, {{30, 40, "项目方案确认"}, {30, 500, "中期评估"}, {40, 1000, "末期评估"}}},
    {4, {{25, 250, "第一季度"}, {25, 500, "第二季度"}, {25, 750, "第三季度"}, {25, 1000, "第四季度"}}},
    {2, {{50, 500, "中期评估"}, {50, 1000, "末期评估"}}},
    {4, {{50, 40, "项目方案确认"}, {20, 340, "第一次检查"}, {20, 670, "第二次检查"}, {10, 1000, "末期评估"}}},
    {6, {{15, 160, "一期"}, {17, 330, "二期"}, {17, 500, "三期"}, {17, 670, "四期"}, {17, 830, "五期"}, {17, 1000, "六期"}}},
};
static const struct shape AT_ONCE = {1, {{100, 1000, "服务完成"}}};

/* ------------------------------------------------------------------ one milestone */

/* Ready after the organisation's own slip, accepted in the authority's next round: neighbours are late together. */
static int32_t accepted_on(const struct story *story, const struct life *life, int32_t due_on, struct chance *chance)
{
    const struct character *character = &story->character;
    const struct authority *authority = story->payers[life->line->payer].authority;
    int32_t ready = due_on + (int32_t)chance_lognormal(chance, character->slip_days, 800);

    if (due_on >= character->spell_from && due_on <= character->spell_to)
        ready += (int32_t)chance_between(chance, character->spell_days / 2, character->spell_days * 3 / 2);
    ready = day_max(ready, life->signed_on + 1);
    int32_t past_round = (ready + authority->round_phase) % authority->round_days;
    int32_t round_on = past_round == 0 ? ready : ready + authority->round_days - past_round;
    return working_day_after(round_on);
}

static int32_t payable_on(const struct life *life, const struct life_milestone *milestone)
{
    const struct line *line = life->line;

    switch (line->trigger) {
    case PAYMENT_TRIGGER_DATE:
        return day_max(milestone->due_on, milestone->invoiced_on) + line->term_days;
    case PAYMENT_TRIGGER_SIGNING:
        return life->signed_on + line->term_days;
    case PAYMENT_TRIGGER_NONE:
    case PAYMENT_TRIGGER_ACCEPTANCE:
        break;
    }
    return day_max(milestone->accepted_on, milestone->invoiced_on) + line->term_days;
}

/* One payment, or now and then two, some weeks apart. */
static void draw_payments(const struct story *story, const struct life *life, struct life_milestone *milestone, struct chance *chance)
{
    const struct payer_law *payer = &story->payers[life->line->payer];
    int64_t amount_fen = milestone->amount_fen - milestone->deducted_fen;
    int32_t first_on = delay_law_paid_on(story, payer, payable_on(life, milestone), chance);

    first_on = day_max(first_on, life->signed_on + 1);
    milestone->payment_count = 1;
    milestone->payments[0] = (struct life_payment){first_on, amount_fen};
    if (amount_fen > 1000 * YUAN && chance_happens(chance, 100)) {
        int64_t first_fen = permille_of(amount_fen, chance_between(chance, 300, 800));
        milestone->payments[0].amount_fen = first_fen;
        milestone->payments[1] = (struct life_payment){working_day_after(first_on + (int32_t)chance_between(chance, 10, 75)),
                                                       amount_fen - first_fen};
        milestone->payment_count = 2;
    }
}

static void draw_milestone(const struct story *story, const struct life *life, bool is_last, struct life_milestone *milestone,
                           struct chance *chance)
{
    milestone->accepted_on = accepted_on(story, life, milestone->due_on, chance);
    milestone->invoiced_on = working_day_after(milestone->accepted_on + (int32_t)chance_between(chance, 0, 12));
    if (life->line->trigger == PAYMENT_TRIGGER_DATE) /* billed by the calendar, whatever the evaluators do */
        milestone->invoiced_on = working_day_after(day_max(milestone->due_on, life->signed_on + 1));
    if (is_last && chance_happens(chance, 120))
        milestone->deducted_fen = permille_of(milestone->amount_fen, chance_between(chance, 5, 80));
    draw_payments(story, life, milestone, chance);
}

static void draw_milestones(const struct story *story, struct life *life, struct chance *chance)
{
    const struct shape *shape = &SHAPE[life->line->shape];
    int64_t left_fen = life->value_fen;
    int32_t days = life->ends_on - life->starts_on + 1;

    if (life->line->is_event || life->line->trigger == PAYMENT_TRIGGER_SIGNING)
        shape = &AT_ONCE;
    life->milestone_count = shape->count;
    for (int32_t i = 0; i < shape->count; i++) {
        bool is_last = i + 1 == shape->count;
        struct life_milestone *milestone = &life->milestones[i];
        milestone->amount_fen = is_last ? left_fen : life->value_fen * shape->parts[i].percent / 100;
        milestone->due_on = life->starts_on - 1 + days * shape->parts[i].at_permille / 1000;
        milestone->title = shape->parts[i].title;
        left_fen -= milestone->amount_fen;
        draw_milestone(story, life, is_last, milestone, chance);
    }
}

/* ------------------------------------------------------------------ what may befall a contract */

/* A budget is cut on one day for everybody: many of the authority's contracts end with it. Work accepted by then is owed. */
static void draw_cut(const struct story *story, struct life *life, struct chance *chance)
{
    const struct payer_law *payer = &story->payers[life->line->payer];
    int32_t cut_on = payer->authority->cut_on;

    life->terminated_on = DAY_NEVER;
    bool is_hit = payer->is_public && cut_on > life->signed_on && cut_on >= life->starts_on && cut_on < life->ends_on;
    if (!is_hit || !chance_happens(chance, 450))
        return;
    life->terminated_on = cut_on;
    for (int32_t i = 0; i < life->milestone_count; i++) {
        struct life_milestone *milestone = &life->milestones[i];
        if (milestone->payments[0].paid_on < cut_on)
            continue;
        if (milestone->accepted_on >= cut_on || chance_happens(chance, 250))
            milestone->payment_count = 0;
        if (milestone->accepted_on >= cut_on)
            milestone->accepted_on = DAY_NEVER;
        if (milestone->invoiced_on >= cut_on)
            milestone->invoiced_on = DAY_NEVER;
    }
}

/* Half of what is disputed is lost, the other half comes half a year later. */
static void draw_dispute(const struct story *story, struct life *life, struct chance *chance)
{
    struct life_milestone *last = &life->milestones[life->milestone_count - 1];
    int32_t permille = story->character.quality == 0 ? 100 : 20;

    if (life->terminated_on != DAY_NEVER || !chance_happens(chance, permille))
        return;
    life->disputed_fen = last->amount_fen;
    if (chance_happens(chance, 500))
        last->payment_count = 0;
    for (int32_t i = 0; i < last->payment_count; i++)
        last->payments[i].paid_on = working_day_after(last->payments[i].paid_on + 183);
}

static enum evaluation_result draw_evaluation(const struct story *story, struct chance *chance)
{
    static const int32_t WEIGHTS[3][5] = {{0, 8, 40, 40, 12}, {0, 25, 55, 19, 1}, {0, 65, 32, 3, 0}};

    return (enum evaluation_result)CHANCE_PICK(chance, WEIGHTS[story->character.quality]);
}

static void draw_security(const struct story *story, struct life *life)
{
    struct chance habits = chance_of(&story->seed, "security", "");
    static const int32_t HABIT_WEIGHTS[] = {45, 30, 25};
    static const int32_t LOCKED_PERMILLE[] = {0, 400, 950};
    int32_t permille = LOCKED_PERMILLE[CHANCE_PICK(&habits, HABIT_WEIGHTS)];
    struct chance chance = chance_of(&story->seed, "security", life->id);

    life->account_locked = chance_happens(&chance, permille);
    life->has_pledge = chance_happens(&chance, permille / 2);
    life->buyer_confirmed = chance_happens(&chance, permille / 3 + 30);
}

/* ------------------------------------------------------------------ one contract */

static void draw_papers(struct life *life, bool is_renewal, struct chance *chance)
{
    int32_t lead = (int32_t)chance_between(chance, 10, 45);

    /* A renewal is often signed when the work has long gone on. */
    life->awarded_on = life->starts_on - lead + (is_renewal && chance_happens(chance, 300) ? (int32_t)chance_between(chance, 10, 50) : 0);
    life->tendered_on = life->awarded_on - (int32_t)chance_between(chance, 21, 60);
    life->intended_on = life->tendered_on - (int32_t)chance_between(chance, 10, 90);
    life->signed_on = working_day_after(life->awarded_on + (int32_t)chance_between(chance, 3, 28));
    life->failed_on = DAY_NEVER;
}

static void draw_life(const struct story *story, const struct line *line, int32_t ordinal, int32_t starts_on, int64_t value_fen,
                      struct life *life)
{
    *life = (struct life){.line = line, .starts_on = starts_on, .value_fen = value_fen};
    (void)snprintf(life->id, sizeof life->id, "%s-%d", line->id, (int)ordinal + 1);
    struct chance chance = chance_of(&story->seed, "life", life->id);
    life->ends_on = date_add_months((struct date){starts_on}, line->months).days - 1;
    life->renewals = line->earlier_years + ordinal;
    draw_papers(life, life->renewals > 0, &chance);
    draw_milestones(story, life, &chance);
    draw_cut(story, life, &chance);
    draw_dispute(story, life, &chance);
    life->evaluation = draw_evaluation(story, &chance);
    draw_security(story, life);
}

/* Is the service bought once more? A tight budget and a bad evaluation each cost it. */
static bool is_bought_again(const struct story *story, const struct life *life, struct chance *chance)
{
    static const int32_t PERMILLE[] = {0, 940, 890, 720, 150}; /* by enum evaluation_result */
    int32_t tightness = tightness_permille(story, story->payers[life->line->payer].authority, life->ends_on + 1);

    return life->terminated_on == DAY_NEVER && chance_happens(chance, PERMILLE[life->evaluation] * 1000 / (700 + tightness * 3 / 10));
}

/* A new purchase comes to nothing in two cases of five; of those that die, some have been tendered. */
static void draw_failure(struct life *life, struct chance *chance)
{
    if (chance_happens(chance, 400))
        life->failed_on = (int32_t)chance_between(chance, life->tendered_on + 5, life->awarded_on - 1);
}

static void draw_line_lives(struct story *story, const struct line *line)
{
    struct chance chance = chance_of(&story->seed, "line lives", line->id);
    int64_t value_fen = line->value_fen;
    int32_t starts_on = line->first_start;
    struct life *before = NULL;

    for (int32_t ordinal = 0; ordinal < LIVES_PER_LINE_MAX && starts_on <= story->horizon; ordinal++) {
        struct life *life = &story->lives[story->life_count++];
        draw_life(story, line, ordinal, starts_on, value_fen, life);
        if (before != NULL) {
            before->is_followed = true;
            life->evaluation_before = before->evaluation;
        } else if (starts_on > story->as_of.days - 200) {
            draw_failure(life, &chance);
        }
        if (life->failed_on != DAY_NEVER || line->is_event || !is_bought_again(story, life, &chance))
            return;
        before = life;
        starts_on = life->ends_on + 1;
        value_fen = permille_of(value_fen, chance_between(&chance, 950, 1080));
    }
}

void lives_draw(struct story *story)
{
    story->lives = ARENA_NEW(story->arena, struct life, story->line_count * LIVES_PER_LINE_MAX);
    for (size_t i = 0; i < story->line_count; i++)
        draw_line_lives(story, &story->lines[i]);
}

int64_t work_fen_per_day(const struct story *story, int32_t day)
{
    int64_t sum_fen = 0;

    for (size_t i = 0; i < story->life_count; i++) {
        const struct life *life = &story->lives[i];
        bool goes_on = life->failed_on == DAY_NEVER && day >= life->starts_on && day <= life->ends_on && day < life->terminated_on;
        if (goes_on)
            sum_fen += life->value_fen / (life->ends_on - life->starts_on + 1);
    }
    return sum_fen;
}
