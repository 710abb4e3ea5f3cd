/* Generated worlds: what must be true of each, and what a set of them must hold. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "api/codec/dossier_decode.h"
#include "api/codec/dossier_encode.h"
#include "generator/world.h"

#include <string.h>

enum { WORLDS = 1500 };

struct written {
    struct arena arena;
    struct world world;
    struct buffer dossier;
};

static void write_world(uint64_t seed, uint32_t number, struct written *written)
{
    struct zcd_error err;

    *written = (struct written){0};
    world_generate(seed, number, &written->arena, &written->world);
    assert_int_equal(dossier_encode(written->world.dossier, &written->dossier, &err), ZCD_OK);
}

static void written_done(struct written *written)
{
    buffer_done(&written->dossier);
    arena_done(&written->arena);
}

static void makes_dossiers_that_may_be_decided_on(void **state)
{
    (void)state;
    for (uint32_t number = 1; number <= WORLDS; number++) {
        struct written written;
        struct buffer again = {0};
        const struct dossier *dossier;
        struct zcd_error err = {.message = ""};

        write_world(1, number, &written);
        enum zcd_code code = dossier_decode(buffer_bytes(&written.dossier), &written.arena, &dossier, &err);
        if (code != ZCD_OK)
            print_error("number %u: %s %s\n", (unsigned)number, err.pointer, err.message);
        assert_int_equal(code, ZCD_OK);
        assert_int_equal(dossier_encode(dossier, &again, &err), ZCD_OK);
        assert_string_equal((const char *)again.data, (const char *)written.dossier.data);
        buffer_done(&again);
        written_done(&written);
    }
}

static void makes_one_world_alike_whatever_was_made_before(void **state)
{
    struct written first;
    struct written other;
    struct written again;

    (void)state;
    write_world(5, 17, &first);
    write_world(5, 18, &other);
    write_world(5, 17, &again);
    assert_string_equal((const char *)first.dossier.data, (const char *)again.dossier.data);
    assert_string_not_equal((const char *)first.dossier.data, (const char *)other.dossier.data);
    written_done(&first);
    written_done(&other);
    written_done(&again);
}

/* Flows are in order, lie behind as_of and before the horizon, and have the sign of their kind. */
static void lists_flows_by_day_up_to_the_horizon(void **state)
{
    (void)state;
    for (uint32_t number = 1; number <= 200; number++) {
        struct written written;
        int32_t before = 0;

        write_world(2, number, &written);
        struct date as_of = written.world.dossier->as_of;
        int32_t last_maturity = date_days_between(as_of, date_add_months(as_of, WORLD_TENOR_MONTHS_MAX));
        assert_true(written.world.horizon_days >= last_maturity + 90);
        for (size_t i = 0; i < written.world.flow_count; i++) {
            const struct world_flow *flow = &written.world.flows[i];
            assert_in_range(flow->day, before, written.world.horizon_days);
            assert_true((flow->amount_fen < 0) == (flow->kind == WORLD_FLOW_COST));
            before = flow->day;
        }
        written_done(&written);
    }
}

/* What may be swept comes from contracts signed by as_of: never more than the dossier has outstanding on them. */
static void sweeps_no_more_than_is_outstanding(void **state)
{
    (void)state;
    for (uint32_t number = 1; number <= 300; number++) {
        struct written written;
        int64_t outstanding_fen[2] = {0};
        int64_t swept_fen[2] = {0};

        write_world(3, number, &written);
        for (size_t i = 0; i < written.world.dossier->contract_count; i++) {
            const struct contract *contract = &written.world.dossier->contracts[i];
            bool counts = contract_is_signed(contract) && payer_is_public(&written.world.dossier->payers[contract->payer_index]);
            outstanding_fen[contract->security.account_locked] += counts ? contract_outstanding_fen(contract) : 0;
        }
        for (size_t i = 0; i < written.world.flow_count; i++) {
            const struct world_flow *flow = &written.world.flows[i];
            swept_fen[0] += flow->kind == WORLD_FLOW_RECEIPT_LOCKABLE ? flow->amount_fen : 0;
            swept_fen[1] += flow->kind == WORLD_FLOW_RECEIPT_LOCKED ? flow->amount_fen : 0;
        }
        assert_true(swept_fen[0] <= outstanding_fen[0]);
        assert_true(swept_fen[1] <= outstanding_fen[1]);
        written_done(&written);
    }
}

/* The facts that a set of 1,500 must show, each often enough to test with. */
struct variety {
    int of_kind[5];
    int small, hundreds, cut, listed, with_facility, deferred, pledged, thin, unpaid_instalment, other_payers, without_book, awarded;
};

static void note_contracts(const struct dossier *dossier, struct variety *variety)
{
    for (size_t i = 0; i < dossier->contract_count; i++) {
        if (dossier->contracts[i].stage == CONTRACT_STAGE_AWARDED) {
            variety->awarded++;
            return;
        }
    }
}

static void note(const struct world *world, struct variety *variety)
{
    const struct dossier *dossier = world->dossier;

    variety->of_kind[dossier->application.kind]++;
    variety->small += dossier->contract_count <= 2;
    variety->hundreds += dossier->contract_count >= 200;
    variety->cut += world->contracts_cut > 0;
    variety->listed += dossier->organisation.list_count > 0;
    variety->with_facility += dossier->facility_count > 0;
    variety->thin += dossier->organisation.statement_count == 0;
    variety->without_book += dossier->payer_experience_count == 0;
    for (size_t i = 0; i < dossier->facility_count; i++) {
        variety->deferred += dossier->facilities[i].deferral_count > 0;
        variety->pledged += dossier->facilities[i].pledged_contract_count > 0;
        variety->unpaid_instalment += facility_days_past_due_now(&dossier->facilities[i], dossier->as_of) > 0;
    }
    bool has_other = false;
    for (size_t i = 0; i < dossier->payer_count; i++)
        has_other = has_other || !payer_is_public(&dossier->payers[i]);
    variety->other_payers += has_other;
    note_contracts(dossier, variety);
}

static void makes_dossiers_of_every_sort(void **state)
{
    struct variety variety = {.small = 0};

    (void)state;
    for (uint32_t number = 1; number <= WORLDS; number++) {
        struct written written;
        write_world(1, number, &written);
        note(&written.world, &variety);
        written_done(&written);
    }
    for (int kind = APPLICATION_KIND_FIRST_LOAN; kind <= APPLICATION_KIND_DEFERRAL; kind++)
        assert_true(variety.of_kind[kind] >= 60);
    const int counts[] = {variety.small, variety.hundreds, variety.cut, variety.listed, variety.with_facility, variety.deferred,
                          variety.pledged, variety.thin, variety.unpaid_instalment, variety.other_payers, variety.without_book,
                          variety.awarded};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        if (counts[i] < 15)
            print_error("row %zu: only %d\n", i, counts[i]);
        assert_true(counts[i] >= 15);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_dossiers_that_may_be_decided_on),
        cmocka_unit_test(makes_one_world_alike_whatever_was_made_before),
        cmocka_unit_test(lists_flows_by_day_up_to_the_horizon),
        cmocka_unit_test(sweeps_no_more_than_is_outstanding),
        cmocka_unit_test(makes_dossiers_of_every_sort),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
