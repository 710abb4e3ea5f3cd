/* Who they are: the organisation's nature, the finance authorities, the payers, the services that are bought. */
#include "generator/world_internal.h"

#include <stdio.h>
#include <string.h>

enum { CITIES = 6, DISTRICTS_MAX = 6 };

/* Regions of GB/T 2260: a city's own code, then districts of it. */
static const struct city {
    const char *code;
    const char *districts[DISTRICTS_MAX];
    size_t district_count;
} CITY[CITIES] = {
    {"440300", {"440303", "440304", "440305", "440306", "440307", "440309"}, 6},
    {"440100", {"440103", "440104", "440105", "440106"}, 4},
    {"340100", {"340102", "340103", "340104"}, 3},
    {"430100", {"430102", "430103", "430104"}, 3},
    {"330100", {"330106", "330108"}, 2},
    {"510100", {"510104", "510105", "510106"}, 3},
};

/* ------------------------------------------------------------------ authorities */

static void draw_authority(const struct story *story, const char *code, struct authority *authority)
{
    static const int32_t ROUND_WEIGHTS[] = {50, 30, 20};
    static const int32_t ROUND_DAYS[] = {7, 30, 61};
    struct chance chance = chance_of(&story->seed, "authority", code);

    memcpy(authority->id, code, sizeof "000000");
    memcpy(authority->region.code, code, sizeof authority->region.code);
    authority->round_days = ROUND_DAYS[CHANCE_PICK(&chance, ROUND_WEIGHTS)];
    authority->round_phase = (int32_t)chance_between(&chance, 0, authority->round_days - 1);
    authority->tight_permille = (int32_t)chance_between(&chance, 50, 300);
    authority->cut_on = DAY_NEVER;
    if (chance_happens(&chance, 120)) /* somewhere in the years around as_of */
        authority->cut_on = story->as_of.days + (int32_t)chance_between(&chance, -700, 700);
}

static void draw_authorities(struct story *story, struct chance *chance)
{
    const struct city *city = &CITY[chance_between(chance, 0, CITIES - 1)];
    size_t count = (size_t)chance_between(chance, 1, (int64_t)city->district_count);

    story->authority_count = count + 1;
    story->authorities = ARENA_NEW(story->arena, struct authority, count + 1);
    draw_authority(story, city->code, &story->authorities[0]);
    for (size_t i = 0; i < count; i++)
        draw_authority(story, city->districts[i], &story->authorities[i + 1]);
}

/* An economy's bad year reaches everybody, an authority's own only itself; an authority's budget is one draw a year. */
int32_t tightness_permille(const struct story *story, const struct authority *authority, int32_t day)
{
    char id[24];
    int year = year_of_day(day);

    (void)snprintf(id, sizeof id, "%d", year);
    struct chance economy = chance_of(&story->seed, "economy", id);
    int32_t permille = chance_happens(&economy, 120) ? (int32_t)chance_between(&economy, 1200, 1900) : 1000;
    (void)snprintf(id, sizeof id, "%s/%d", authority->id, year);
    struct chance own = chance_of(&story->seed, "budget", id);
    if (chance_happens(&own, authority->tight_permille))
        permille = (int32_t)permille_of(permille, chance_between(&own, 1200, 2200));
    return permille;
}

/* ------------------------------------------------------------------ payers */

static enum payer_level draw_level(struct chance *chance, bool is_public)
{
    static const int32_t PUBLIC_WEIGHTS[] = {0, 1, 2, 10, 35, 35, 4, 10, 4}; /* by enum payer_level */

    if (!is_public)
        return chance_happens(chance, 500) ? PAYER_LEVEL_ENTERPRISE : PAYER_LEVEL_DONOR;
    return (enum payer_level)CHANCE_PICK(chance, PUBLIC_WEIGHTS);
}

static const char *body_kind_of(enum payer_level level)
{
    switch (level) {
    case PAYER_LEVEL_PUBLIC_INSTITUTION:
        return "12";
    case PAYER_LEVEL_MASS_ORGANISATION:
        return "13";
    case PAYER_LEVEL_ENTERPRISE:
        return "91";
    case PAYER_LEVEL_DONOR:
        return "53";
    case PAYER_LEVEL_NONE:
    case PAYER_LEVEL_CENTRAL:
    case PAYER_LEVEL_PROVINCE:
    case PAYER_LEVEL_CITY:
    case PAYER_LEVEL_DISTRICT:
    case PAYER_LEVEL_TOWNSHIP:
    case PAYER_LEVEL_VILLAGE:
        break;
    }
    return "11";
}

/* Prompt, ordinary, slow, and those with whom most files get stuck. */
static void draw_payer_truth(struct chance *chance, struct payer_law *payer)
{
    static const int32_t WEIGHTS[] = {38, 42, 15, 5};
    static const struct {
        int32_t prompt_low, prompt_high, stuck_low, stuck_high, days_low, days_high;
    } CLASSES[] = {{5, 18, 10, 60, 60, 120}, {18, 50, 30, 120, 80, 160}, {45, 95, 80, 250, 120, 240}, {60, 140, 250, 600, 180, 420}};
    size_t row = CHANCE_PICK(chance, WEIGHTS);

    payer->truth.prompt_days = (int32_t)chance_between(chance, CLASSES[row].prompt_low, CLASSES[row].prompt_high);
    payer->truth.stuck_permille = (int32_t)chance_between(chance, CLASSES[row].stuck_low, CLASSES[row].stuck_high);
    payer->truth.stuck_days = (int32_t)chance_between(chance, CLASSES[row].days_low, CLASSES[row].days_high);
    payer->truth.pays_on_fixed_days = chance_happens(chance, 300);
    payer->rush_permille = payer->is_public ? (int32_t)chance_between(chance, 100, 800) : 0;
}

static void draw_payer(struct story *story, size_t index, int32_t public_permille)
{
    struct payer_law *payer = &story->payers[index];
    const char *id = text_of(story->arena, "p%zu", index + 1);
    struct chance chance = chance_of(&story->seed, "payer", id);

    payer->is_public = chance_happens(&chance, public_permille);
    payer->authority = &story->authorities[chance_between(&chance, 0, (int64_t)story->authority_count - 1)];
    draw_payer_truth(&chance, payer);
    enum payer_level level = draw_level(&chance, payer->is_public);
    payer->shown = (struct payer){.id = id, .level = level, .region = payer->authority->region,
                                  .name = text_of(story->arena, "示例付款方%zu（虚构）", index + 1)};
    if (chance_happens(&chance, 900))
        payer->shown.uscc = code_invent(body_kind_of(level), &payer->authority->region, 'P', (uint32_t)index + 1);
    if (!payer->is_public && chance_happens(&chance, 200))
        payer->shown.region.code[0] = '\0';
}

/* ------------------------------------------------------------------ services */

static enum fund_source draw_fund(struct chance *chance, const struct payer_law *payer)
{
    static const int32_t PUBLIC_WEIGHTS[] = {0, 50, 30, 10, 5, 2, 0, 2, 1}; /* by enum fund_source */
    static const int32_t OTHER_WEIGHTS[] = {0, 0, 0, 0, 0, 25, 50, 20, 5};

    return (enum fund_source)(payer->is_public ? CHANCE_PICK(chance, PUBLIC_WEIGHTS) : CHANCE_PICK(chance, OTHER_WEIGHTS));
}

/* Most services follow the budget year or the project year from July. */
static int32_t draw_first_start(const struct story *story, struct chance *chance)
{
    static const int32_t YEAR_WEIGHTS[] = {20, 20, 22, 20, 10, 8}; /* four years back to one ahead */
    static const int32_t MONTH_WEIGHTS[] = {35, 3, 6, 8, 4, 4, 25, 3, 6, 3, 2, 1};
    int year = year_of_day(story->as_of.days) - 4 + (int)CHANCE_PICK(chance, YEAR_WEIGHTS);

    return day_of(year, 1 + (int)CHANCE_PICK(chance, MONTH_WEIGHTS), 1);
}

static void draw_line(struct story *story, size_t index, int64_t value_median_fen)
{
    static const int32_t MONTHS_WEIGHTS[] = {72, 8, 12, 8};
    static const int32_t MONTHS[] = {12, 24, 6, 2};
    static const int32_t TERM_WEIGHTS[] = {10, 20, 50, 15, 5};
    static const int32_t TERMS[] = {0, 15, 30, 60, 90};
    static const int32_t TRIGGER_WEIGHTS[] = {0, 82, 12, 6}; /* by enum payment_trigger */
    static const int32_t TIER_WEIGHTS[] = {8, 15, 45, 15, 12, 5}; /* by enum contract_tier */
    struct line *line = &story->lines[index];

    (void)snprintf(line->id, sizeof line->id, "c%03zu", index + 1);
    struct chance chance = chance_of(&story->seed, "line", line->id);
    line->payer = index == 0 ? 0 : (size_t)chance_between(&chance, 0, (int64_t)story->payer_count - 1);
    line->value_fen = chance_lognormal(&chance, value_median_fen, 600) / (1000 * YUAN) * (1000 * YUAN) + 10000 * YUAN;
    line->first_start = draw_first_start(story, &chance);
    line->months = MONTHS[CHANCE_PICK(&chance, MONTHS_WEIGHTS)];
    if (index == 0) { /* whatever else: one service that goes on as of today */
        line->months = 12;
        line->first_start = date_add_months((struct date){day_of(year_of_day(story->as_of.days), 1, 1)}, -12 * (int)chance_between(&chance, 0, 2)).days;
    }
    line->is_event = line->months == 2;
    line->shape = (size_t)chance_between(&chance, 0, 5);
    line->tier = (enum contract_tier)CHANCE_PICK(&chance, TIER_WEIGHTS);
    line->fund_source = draw_fund(&chance, &story->payers[line->payer]);
    line->trigger = (enum payment_trigger)CHANCE_PICK(&chance, TRIGGER_WEIGHTS);
    line->term_days = TERMS[CHANCE_PICK(&chance, TERM_WEIGHTS)];
    line->earlier_years = line->is_event ? 0 : (int32_t)chance_between(&chance, 0, 3);
}

/* From one contract to hundreds: most have a handful of services, a few have over a hundred. */
static void draw_lines(struct story *story, struct chance *chance)
{
    static const int32_t SIZE_WEIGHTS[] = {5, 32, 40, 17, 6};
    static const int32_t SIZES[][2] = {{1, 1}, {2, 5}, {6, 15}, {16, 40}, {41, 130}};
    size_t row = CHANCE_PICK(chance, SIZE_WEIGHTS);
    int64_t value_median_fen = chance_lognormal(chance, 200 * WAN, 700);
    int32_t public_permille = chance_happens(chance, 40) ? 0 : (int32_t)chance_between(chance, 800, 1000);

    story->line_count = (size_t)chance_between(chance, SIZES[row][0], SIZES[row][1]);
    story->payer_count = (size_t)chance_between(chance, 1, (int64_t)(story->line_count + 2) / 2 + 1);
    story->payers = ARENA_NEW(story->arena, struct payer_law, story->payer_count);
    story->lines = ARENA_NEW(story->arena, struct line, story->line_count);
    for (size_t i = 0; i < story->payer_count; i++)
        draw_payer(story, i, public_permille);
    for (size_t i = 0; i < story->line_count; i++)
        draw_line(story, i, value_median_fen);
}

/* ------------------------------------------------------------------ the organisation */

static void draw_spell(const struct story *story, struct chance *chance, struct character *character)
{
    character->spell_from = DAY_NEVER;
    character->spell_to = DAY_NEVER;
    if (!chance_happens(chance, 350))
        return;
    character->spell_from = story->as_of.days + (int32_t)chance_between(chance, -700, 500);
    character->spell_to = character->spell_from + (int32_t)chance_between(chance, 60, 240);
    character->spell_days = (int32_t)chance_between(chance, 10, 60);
}

static void draw_organisation(struct story *story, struct chance *chance)
{
    static const int32_t QUALITY_WEIGHTS[] = {12, 43, 45};
    static const int32_t HISTORY_WEIGHTS[] = {20, 40, 40};
    static const int32_t HISTORY_DAYS[] = {0, 400, 1100};
    static const int32_t LATENESS[] = {250, 60, 10};
    struct character *character = &story->character;

    character->quality = (int32_t)CHANCE_PICK(chance, QUALITY_WEIGHTS);
    character->slip_days = (int32_t)chance_between(chance, 3, 30 - 8 * character->quality);
    draw_spell(story, chance, character);
    character->other_permille = (int32_t)chance_between(chance, 50, 160);
    int64_t cost_permille = chance_between(chance, 880, 990);
    cost_permille += character->quality == 0 ? chance_between(chance, 0, 70) : 0;
    character->payroll_permille = (int32_t)cost_permille - character->other_permille;
    character->fixed_permille = (int32_t)chance_between(chance, 50, 350);
    character->lag_months = (int32_t)chance_between(chance, 0, 4);
    character->raise_permille = (int32_t)chance_between(chance, 0, 80);
    character->reserve_permille = (int32_t)chance_lognormal(chance, 3600, 350);
    character->history_days = HISTORY_DAYS[CHANCE_PICK(chance, HISTORY_WEIGHTS)];
    character->lateness_permille = LATENESS[character->quality];
    character->missing_permille = chance_happens(chance, 300) ? (int32_t)chance_between(chance, 100, 500) : 0;
    if (chance_happens(chance, 700))
        character->thirteenth_month = chance_happens(chance, 700) ? 1 : 2;
}

void character_draw(struct story *story)
{
    struct chance chance = chance_of(&story->seed, "character", "");

    story->as_of.days = (int32_t)chance_between(&chance, day_of(2019, 9, 1), day_of(2025, 6, 30));
    story->horizon = date_add_months(story->as_of, WORLD_TENOR_MONTHS_MAX).days + 92;
    draw_organisation(story, &chance);
    draw_authorities(story, &chance);
    draw_lines(story, &chance);
}
