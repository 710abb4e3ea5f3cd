/* What the dossier shows of the organisation: papers, people, accounts. Some of it is missing. */
#include "generator/world_internal.h"

enum { STATEMENTS = 3, INSPECTIONS = 3, MONTH_DAYS = 30 };

/* ------------------------------------------------------------------ what work costs */

/* Work that the staff of as_of was hired for: a quiet month does not send everybody home. */
static int64_t established_fen_per_day(const struct story *story)
{
    int64_t most_fen = 1000 * YUAN;

    for (int32_t back = 0; back <= 240; back += 120) {
        int64_t work_fen = work_fen_per_day(story, story->as_of.days - back);
        most_fen = work_fen > most_fen ? work_fen : most_fen;
    }
    return most_fen;
}

/* Wages rise every July. */
static int64_t raised(const struct story *story, int64_t amount_fen, int32_t day)
{
    for (int year = year_of_day(story->as_of.days); year <= year_of_day(day); year++) {
        int32_t july = day_of(year, 7, 1);
        if (july > story->as_of.days && july <= day)
            amount_fen += permille_of(amount_fen, story->character.raise_permille);
    }
    return amount_fen;
}

static int64_t month_of_work_fen(const struct story *story, int32_t day)
{
    const struct character *character = &story->character;
    int64_t fixed_fen = permille_of(established_fen_per_day(story), character->fixed_permille);
    int64_t work_fen = work_fen_per_day(story, day - character->lag_months * MONTH_DAYS);

    return MONTH_DAYS * (fixed_fen + permille_of(work_fen, 1000 - character->fixed_permille));
}

int64_t payroll_fen(const struct story *story, int32_t day)
{
    return raised(story, permille_of(month_of_work_fen(story, day), story->character.payroll_permille), day);
}

int64_t other_costs_fen(const struct story *story, int32_t day)
{
    return permille_of(month_of_work_fen(story, day), story->character.other_permille);
}

/* ------------------------------------------------------------------ papers */

static bool is_missing(const struct story *story, struct chance *chance)
{
    return chance_happens(chance, story->character.missing_permille);
}

static void draw_inspections(const struct story *story, struct organisation *organisation, struct chance *chance)
{
    static const int32_t WEIGHTS[3][6] = {{0, 75, 15, 5, 3, 2}, {0, 94, 3, 0, 3, 0}, {0, 97, 0, 0, 3, 0}}; /* by enum inspection_result */
    struct annual_inspection *rows = ARENA_NEW(story->arena, struct annual_inspection, INSPECTIONS);
    int last = year_of_day(story->as_of.days) - 1;

    organisation->annual_inspections = rows;
    for (int year = last; year > last - INSPECTIONS && year > year_of_day(organisation->registered_on.days); year--) {
        if (is_missing(story, chance) && chance_happens(chance, 300))
            continue;
        enum inspection_result result = (enum inspection_result)CHANCE_PICK(chance, WEIGHTS[story->character.quality]);
        rows[organisation->annual_inspection_count++] = (struct annual_inspection){year, result};
    }
}

static void draw_evaluations(const struct story *story, struct organisation *organisation, struct chance *chance)
{
    static const int32_t WEIGHTS[3][5] = {{0, 8, 40, 40, 12}, {0, 25, 55, 19, 1}, {0, 65, 32, 3, 0}};
    struct service_evaluation *rows = ARENA_NEW(story->arena, struct service_evaluation, 3);
    int last = year_of_day(story->as_of.days) - 1;

    organisation->service_evaluations = rows;
    for (int year = last; year > last - 3 && !is_missing(story, chance); year--) {
        enum evaluation_result result = (enum evaluation_result)CHANCE_PICK(chance, WEIGHTS[story->character.quality]);
        rows[organisation->service_evaluation_count++] = (struct service_evaluation){year, result};
    }
}

static void draw_grade(const struct story *story, struct organisation *organisation, struct chance *chance)
{
    struct organisation_grade *grade = ARENA_NEW(story->arena, struct organisation_grade, 1);
    int32_t oldest = day_max(organisation->registered_on.days + 365, story->as_of.days - 2400);

    if (!chance_happens(chance, 350 + 150 * story->character.quality) || oldest >= story->as_of.days)
        return;
    grade->level = (enum grade_level)chance_between(chance, 1 + story->character.quality, 5);
    grade->granted_on.days = (int32_t)chance_between(chance, oldest, story->as_of.days);
    organisation->grade = grade;
}

/* Lists are rare; of entries found, half are over. */
static void draw_lists(const struct story *story, struct organisation *organisation, struct chance *chance)
{
    static const int32_t WEIGHTS[] = {0, 60, 20, 20}; /* by enum list_kind */
    struct list_entry *entry = ARENA_NEW(story->arena, struct list_entry, 1);
    int32_t room = story->as_of.days - organisation->registered_on.days;

    if (room < 100 || !chance_happens(chance, 60))
        return;
    entry->list = (enum list_kind)CHANCE_PICK(chance, WEIGHTS);
    entry->entered_on.days = story->as_of.days - (int32_t)chance_between(chance, 30, room < 1500 ? room : 1500);
    entry->removed_on = DATE_NONE;
    if (chance_happens(chance, 500))
        entry->removed_on.days = (int32_t)chance_between(chance, entry->entered_on.days, story->as_of.days);
    organisation->lists = entry;
    organisation->list_count = 1;
}

/* ------------------------------------------------------------------ people and accounts */

static void draw_staff(const struct story *story, struct organisation *organisation, struct chance *chance)
{
    struct staff_report *rows = ARENA_NEW(story->arena, struct staff_report, 2);
    int64_t wage_fen = chance_between(chance, 5500, 9500) * YUAN;
    int32_t licensed_permille = (int32_t)chance_between(chance, 150, 850);

    organisation->staff = rows;
    organisation->stations = is_missing(story, chance) ? DOSSIER_COUNT_NONE : (int32_t)(story->line_count * 3 / 2);
    for (int32_t i = 0; i < 2 && !is_missing(story, chance); i++) {
        int32_t day = story->as_of.days - 20 - 365 * i;
        int32_t total = 2 + (int32_t)(payroll_fen(story, day) / wage_fen);
        int32_t licensed = (int32_t)permille_of(total, licensed_permille);
        rows[organisation->staff_count++] = (struct staff_report){{day}, total, licensed * 2 / 3, licensed / 3, 0};
    }
}

/* A year's work, one day in each month standing for it. */
static int64_t year_of_work_fen(const struct story *story, int year)
{
    int64_t sum_fen = 0;

    for (int month = 1; month <= 12; month++)
        sum_fen += MONTH_DAYS * work_fen_per_day(story, day_of(year, month, 15));
    return sum_fen;
}

static struct statement draw_statement(const struct story *story, int year, struct chance *chance)
{
    const struct character *character = &story->character;
    int64_t income_fen = permille_of(year_of_work_fen(story, year), chance_between(chance, 960, 1060));
    int64_t cost_permille = character->payroll_permille + character->other_permille + chance_between(chance, -15, 25);

    struct statement statement = {.year = year, .regime = ACCOUNTING_REGIME_2004, .income_fen = income_fen};
    statement.public_income_fen = permille_of(income_fen, chance_between(chance, 700, 1000));
    statement.cost_fen = permille_of(income_fen, cost_permille);
    statement.unrestricted_net_assets_fen = permille_of(income_fen, chance_between(chance, -20 * (2 - character->quality), 180));
    statement.restricted_net_assets_fen = permille_of(income_fen, chance_between(chance, 0, 30));
    statement.receivables_fen = permille_of(income_fen, chance_between(chance, 60, 350));
    statement.liabilities_fen = permille_of(income_fen, chance_between(chance, 20, 250));
    return statement;
}

static void draw_statements(const struct story *story, struct organisation *organisation, struct chance *chance)
{
    struct statement *rows = ARENA_NEW(story->arena, struct statement, STATEMENTS);
    int last = year_of_day(story->as_of.days) - 1;

    organisation->statements = rows;
    for (int year = last; year > last - STATEMENTS && year >= year_of_day(organisation->registered_on.days); year--) {
        if (!is_missing(story, chance))
            rows[organisation->statement_count++] = draw_statement(story, year, chance);
    }
}

/* Service rendered by as_of, a day's share of the value for each day, less what was paid: below zero where an advance was. */
static int64_t earned_unpaid_fen(const struct story *story, const struct life *life)
{
    int32_t last = life->ends_on < story->as_of.days ? life->ends_on : story->as_of.days;
    int64_t left_fen = 0;

    if (life->failed_on != DAY_NEVER || life->starts_on > story->as_of.days || life->terminated_on <= story->as_of.days)
        return 0;
    left_fen = life->value_fen / (life->ends_on - life->starts_on + 1) * (last - life->starts_on + 1);
    for (int32_t i = 0; i < life->milestone_count; i++) {
        const struct life_milestone *milestone = &life->milestones[i];
        for (int32_t j = 0; j < milestone->payment_count; j++)
            left_fen -= milestone->payments[j].paid_on <= story->as_of.days ? milestone->payments[j].amount_fen : 0;
    }
    return left_fen;
}

/* What payers owe is missing in the bank; some hold a restricted fund, some owe wages already. */
static void draw_cash(const struct story *story, struct organisation *organisation, struct chance *chance)
{
    int64_t month_fen = organisation->payroll_month_fen + other_costs_fen(story, story->as_of.days);
    int64_t own_fen = permille_of(month_fen, story->character.reserve_permille);

    for (size_t i = 0; i < story->life_count; i++)
        own_fen -= permille_of(earned_unpaid_fen(story, &story->lives[i]), 800);
    int64_t least_fen = permille_of(month_fen, chance_between(chance, 50, 600));
    own_fen = own_fen > least_fen ? own_fen : least_fen;
    int64_t restricted_fen = chance_happens(chance, 400) ? permille_of(month_fen, chance_between(chance, 0, 300)) : 0;
    organisation->cash_fen = own_fen + restricted_fen;
    organisation->restricted_cash_fen = restricted_fen;
    organisation->wages_payable_fen = 0;
    if (own_fen < month_fen / 3 && chance_happens(chance, 500))
        organisation->wages_payable_fen = permille_of(organisation->payroll_month_fen, chance_between(chance, 200, 1200));
    if (organisation->wages_payable_fen == 0 && is_missing(story, chance))
        organisation->wages_payable_fen = DOSSIER_FEN_NONE;
    if (restricted_fen == 0 && is_missing(story, chance))
        organisation->restricted_cash_fen = DOSSIER_FEN_NONE;
}

/* ------------------------------------------------------------------ the whole */

static void draw_identity(const struct story *story, struct organisation *organisation, struct chance *chance)
{
    static const int32_t KIND_WEIGHTS[] = {0, 90, 5, 2, 1, 2}; /* by enum organisation_kind */
    static const char *const CODES[] = {"", "52", "51", "53", "12", "91"};
    static const int32_t STATUS_WEIGHTS[] = {0, 980, 10, 5, 5}; /* by enum registration_status */
    size_t kind = CHANCE_PICK(chance, KIND_WEIGHTS);
    int32_t age_days = chance_happens(chance, 60) ? (int32_t)chance_between(chance, 100, 900) : (int32_t)chance_between(chance, 1500, 6500);

    organisation->kind = (enum organisation_kind)kind;
    organisation->region = story->authorities[story->authority_count - 1].region;
    organisation->uscc = code_invent(CODES[kind], &organisation->region, 'A', story->number);
    organisation->name = text_of(story->arena, "示例社会工作服务中心%s（虚构）", story->seed.number);
    organisation->registered_on.days = story->as_of.days - age_days;
    organisation->registration_status = (enum registration_status)CHANCE_PICK(chance, STATUS_WEIGHTS);
}

void portrait_organisation(const struct story *story, struct organisation *organisation)
{
    struct chance chance = chance_of(&story->seed, "organisation", "");

    draw_identity(story, organisation, &chance);
    draw_inspections(story, organisation, &chance);
    draw_evaluations(story, organisation, &chance);
    draw_grade(story, organisation, &chance);
    draw_lists(story, organisation, &chance);
    draw_staff(story, organisation, &chance);
    organisation->payroll_month_fen = payroll_fen(story, story->as_of.days);
    organisation->payroll_day = (int32_t)chance_between(&chance, 1, 31);
    organisation->thirteenth_month = story->character.thirteenth_month != 0;
    organisation->other_costs_month_fen = is_missing(story, &chance) ? DOSSIER_FEN_NONE : other_costs_fen(story, story->as_of.days);
    draw_cash(story, organisation, &chance);
    draw_statements(story, organisation, &chance);
}
