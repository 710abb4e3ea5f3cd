/* How payers really pay. */
#include "generator/world_internal.h"

/* Is the budget of that year open? The first day on which the authority pays. */
static int32_t budget_opens_on(const struct story *story, const struct authority *authority, int year)
{
    const char *id = text_of(story->arena, "%s/%d", authority->id, year);
    struct chance chance = chance_of(&story->seed, "opening", id);
    return day_of(year, 1, 1) + (int32_t)chance_lognormal(&chance, 30, 500);
}

/* The 10th or the 25th from that day on. */
static int32_t fixed_day_after(int32_t day)
{
    int year;
    int month;
    int of_month;

    date_to_ymd((struct date){day}, &year, &month, &of_month);
    if (of_month <= 10)
        return day + 10 - of_month;
    if (of_month <= 25)
        return day + 25 - of_month;
    return date_add_months((struct date){day_of(year, month, 10)}, 1).days;
}

/* Before the year closes, desks are cleared: a file that has been payable since autumn is paid in December after all. */
static int32_t rushed(const struct payer_law *payer, int32_t payable_on, int32_t paid_on, struct chance *chance)
{
    int year = year_of_day(payable_on);
    bool is_ripe = payable_on >= day_of(year, 9, 15) && payable_on <= day_of(year, 12, 20);

    if (!is_ripe || paid_on <= day_of(year, 12, 28) || !chance_happens(chance, payer->rush_permille))
        return paid_on;
    int32_t from = day_max(day_of(year, 12, 3), payable_on + 2);
    return (int32_t)chance_between(chance, from, day_max(from, day_of(year, 12, 28)));
}

/* From the first of January on nothing is paid until the budget is open; then everything that waited comes within weeks. */
static int32_t thawed(const struct story *story, const struct payer_law *payer, int32_t paid_on, struct chance *chance)
{
    int32_t opens_on = budget_opens_on(story, payer->authority, year_of_day(paid_on));

    return paid_on >= opens_on ? paid_on : opens_on + (int32_t)chance_lognormal(chance, 6, 700);
}

int32_t delay_law_paid_on(const struct story *story, const struct payer_law *payer, int32_t payable_on, struct chance *chance)
{
    bool is_stuck = chance_happens(chance, payer->truth.stuck_permille);
    int64_t days = is_stuck ? chance_lognormal(chance, payer->truth.stuck_days, 500)
                            : chance_lognormal(chance, payer->truth.prompt_days, 450);
    if (payer->is_public)
        days = permille_of(days, tightness_permille(story, payer->authority, payable_on));

    int32_t paid_on = payable_on + (int32_t)(days < 2000 ? days : 2000);
    if (payer->is_public) {
        paid_on = rushed(payer, payable_on, paid_on, chance);
        paid_on = thawed(story, payer, paid_on, chance);
    }
    if (payer->truth.pays_on_fixed_days)
        paid_on = fixed_day_after(paid_on);
    return working_day_after(paid_on);
}
