/* Bundles: what verifies, what is merely intact, and each way to be neither, with the part it names. */
#include "tests/audit/support.h"

#include "tests/audit/sample.h"

#include "audit/bundle.h"
#include "audit/bundle_page.h"
#include "base/arena.h"

#include <stdlib.h>

static struct bundle_report judge(const struct bundle *bundle, const char *vkey_text)
{
    struct bundle_report report;

    if (vkey_text == NULL) {
        bundle_verify(bundle, NULL, &report);
    } else {
        struct note_vkey vkey = vkey_of(vkey_text);
        bundle_verify(bundle, &vkey, &report);
    }
    return report;
}

static void assert_fault(const struct bundle *bundle, enum bundle_fault fault)
{
    struct bundle_report report = judge(bundle, LOG_VKEY);

    assert_int_equal(report.verdict, BUNDLE_NOT_VERIFIED);
    assert_string_equal(bundle_fault_name(report.fault), bundle_fault_name(fault));
    assert_true(strlen(report.detail.message) > 0);
}

/* ------------------------------------------------------------------ good bundles */

static void verifies_a_good_bundle_through_its_zip(void **state)
{
    struct sample sample = sample_good();
    struct buffer zip = {0};
    struct arena arena = {0};
    struct bundle read;
    struct zcd_error err;

    (void)state;
    assert_int_equal(bundle_write(&sample.bundle, &zip, &err), ZCD_OK);
    assert_int_equal(bundle_read(buffer_bytes(&zip), &arena, &read, &err), ZCD_OK);
    for (int part = 0; part < BUNDLE_README; part++)
        assert_true(bytes_equal(read.part[part], sample.bundle.part[part]));
    assert_true(bytes_equal(read.part[BUNDLE_README], bundle_page()));

    struct bundle_report report = judge(&read, LOG_VKEY);
    assert_int_equal(report.verdict, BUNDLE_VERIFIED);
    assert_int_equal(report.fault, BUNDLE_FAULT_NONE);
    assert_int_equal(report.index, 5);
    assert_int_equal(report.checkpoint.size, 12);
    assert_string_equal(report.checkpoint.origin, LOG_NAME);
    assert_int_equal(report.kind, RECORD_ASSESSMENT);
    assert_int_equal(report.at_us, SAMPLE_AT_US);
    assert_string_equal(report.uscc.text, "91110000600037341L");
    arena_done(&arena);
    buffer_done(&zip);
    sample_done(&sample);
}

static void verifies_at_every_place_in_logs_of_every_small_size(void **state)
{
    struct sample sample = sample_good();

    (void)state;
    for (uint64_t size = 1; size <= 20; size++) {
        for (uint64_t index = 0; index < size; index++) {
            sample_seal_in_log(&sample, index, size);
            assert_int_equal(judge(&sample.bundle, LOG_VKEY).verdict, BUNDLE_VERIFIED);
        }
    }
    sample_done(&sample);
}

/* The right answer without a key: it fits together, and anybody may have made it. */
static void finds_a_bundle_without_a_key_intact_and_no_more(void **state)
{
    struct sample sample = sample_good();

    (void)state;
    struct bundle_report report = judge(&sample.bundle, NULL);
    assert_int_equal(report.verdict, BUNDLE_INTACT);
    assert_int_equal(report.index, 5);
    sample_done(&sample);
}

static void refuses_a_bundle_under_any_other_key(void **state)
{
    struct sample sample = sample_good();
    struct bundle_report report;

    (void)state;
    report = judge(&sample.bundle, "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
    assert_int_equal(report.verdict, BUNDLE_NOT_VERIFIED);
    assert_int_equal(report.fault, BUNDLE_FAULT_CHECKPOINT_NOT_BY_KEY);

    /* The same name with another key: what a forger's bundle looks like to its reader. */
    struct note_vkey stranger = vkey_of("EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop");
    struct note_vkey vkey;
    struct zcd_error err;
    assert_int_equal(note_vkey_init(LOG_NAME, &stranger.key, &vkey, &err), ZCD_OK);
    bundle_verify(&sample.bundle, &vkey, &report);
    assert_int_equal(report.verdict, BUNDLE_NOT_VERIFIED);
    assert_int_equal(report.fault, BUNDLE_FAULT_CHECKPOINT_NOT_BY_KEY);
    sample_done(&sample);
}

/* ------------------------------------------------------------------ one changed bit */

/* Which faults may a change of this part be given as? */
static bool names_part(enum bundle_part part, enum bundle_fault fault)
{
    /* When leaf and proof do not fit, and the leaf says nothing that its documents contradict, either may be wrong. */
    if ((part == BUNDLE_LEAF || part == BUNDLE_PROOF) && fault == BUNDLE_FAULT_NOT_INCLUDED)
        return true;
    return fault != BUNDLE_FAULT_NONE && bundle_fault_part(fault) == part;
}

static void names_the_part_of_which_any_bit_was_changed(void **state)
{
    struct sample sample = sample_good();

    (void)state;
    for (enum bundle_part part = 0; part < BUNDLE_TIMESTAMP; part++) {
        struct bytes original = sample.bundle.part[part];
        uint8_t *changed = malloc(original.size);

        memcpy(changed, original.data, original.size);
        sample.bundle.part[part].data = changed;
        for (size_t bit = 0; bit < 8 * original.size; bit++) {
            changed[bit / 8] ^= (uint8_t)(1 << bit % 8);
            struct bundle_report report = judge(&sample.bundle, LOG_VKEY);
            if (report.verdict != BUNDLE_NOT_VERIFIED || !names_part(part, report.fault))
                fail_msg("%s bit %zu: %s", bundle_part_name(part), bit, bundle_fault_name(report.fault));
            changed[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        sample.bundle.part[part] = original;
        free(changed);
    }
    assert_int_equal(judge(&sample.bundle, LOG_VKEY).verdict, BUNDLE_VERIFIED);
    sample_done(&sample);
}

static void names_the_part_that_was_cut_short_or_made_longer(void **state)
{
    struct sample sample = sample_good();

    (void)state;
    for (enum bundle_part part = 0; part < BUNDLE_TIMESTAMP; part++) {
        struct bytes original = sample.bundle.part[part];
        struct buffer longer = {0};

        for (size_t size = 0; size < original.size; size++) {
            sample.bundle.part[part].size = size;
            struct bundle_report report = judge(&sample.bundle, LOG_VKEY);
            if (report.verdict != BUNDLE_NOT_VERIFIED || !names_part(part, report.fault))
                fail_msg("%s cut to %zu: %s", bundle_part_name(part), size, bundle_fault_name(report.fault));
        }
        buffer_append(&longer, original.data, original.size);
        buffer_append_text(&longer, " ");
        sample.bundle.part[part] = buffer_bytes(&longer);
        assert_true(names_part(part, judge(&sample.bundle, LOG_VKEY).fault));
        sample.bundle.part[part] = original;
        buffer_done(&longer);
    }
    sample_done(&sample);
}

static void does_not_care_about_the_page(void **state)
{
    struct sample sample = sample_good();

    (void)state;
    sample.bundle.part[BUNDLE_README] = bytes_of_text("anything; and a key: " LOG_VKEY);
    assert_int_equal(judge(&sample.bundle, LOG_VKEY).verdict, BUNDLE_VERIFIED);
    assert_int_equal(judge(&sample.bundle, NULL).verdict, BUNDLE_INTACT); /* a key inside is not taken */
    sample_done(&sample);
}

/* ------------------------------------------------------------------ each fault */

static void refuses_documents_that_were_recorded_but_are_not_canonical(void **state)
{
    static const char policy[] = "{\"version\":1,\"id\":\"zhengcaidai\"}";
    static const char decision[] = "{\"limit_fen\":5e8}";
    struct record record = sample_record();

    (void)state;
    record.policy_sha256 = sha256_of(bytes_of_text(policy));
    struct sample sample = sample_of(&record);
    sample.bundle.part[BUNDLE_POLICY] = bytes_of_text(policy);
    assert_fault(&sample.bundle, BUNDLE_FAULT_POLICY_NOT_CANONICAL);
    sample_done(&sample);

    record = sample_record();
    record.decision_sha256 = sha256_of(bytes_of_text(decision));
    sample = sample_of(&record);
    sample.bundle.part[BUNDLE_DECISION] = bytes_of_text(decision);
    assert_fault(&sample.bundle, BUNDLE_FAULT_DECISION_NOT_CANONICAL);
    sample_done(&sample);
}

/* The sample's proof with another index line. */
static void set_index(struct sample *sample, const char *index)
{
    struct buffer changed = {0};
    const char *text = (const char *)sample->proof.data;

    buffer_append_format(&changed, "c2sp.org/tlog-proof@v1\nindex %s\n%s", index, strstr(text, "index 5\n") + 8);
    buffer_done(&sample->proof);
    sample->proof = changed;
    sample->bundle.part[BUNDLE_PROOF] = buffer_bytes(&sample->proof);
}

static void refuses_an_index_beyond_the_signed_log(void **state)
{
    static const char *const beyond[] = {"12", "13", "9223372036854775807"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(beyond); i++) {
        struct sample sample = sample_good();
        set_index(&sample, beyond[i]);
        assert_fault(&sample.bundle, BUNDLE_FAULT_INDEX_BEYOND_SIZE);
        sample_done(&sample);
    }
    struct sample sample = sample_good();
    set_index(&sample, "4");
    assert_fault(&sample.bundle, BUNDLE_FAULT_NOT_INCLUDED);
    sample_done(&sample);
}

/* A proof around any note. */
static void set_note(struct sample *sample, const char *text, const char *name)
{
    struct signature_key *key = log_key();
    struct buffer note = {0};
    struct proof proof;
    struct zcd_error err;

    assert_int_equal(proof_parse(buffer_bytes(&sample->proof), &proof, &err), ZCD_OK);
    assert_int_equal(note_sign(bytes_of_text(text), name, key, &note, &err), ZCD_OK);
    proof.checkpoint = buffer_bytes(&note);
    struct buffer changed = {0};
    proof_format(&proof, &changed);
    buffer_done(&sample->proof);
    sample->proof = changed;
    sample->bundle.part[BUNDLE_PROOF] = buffer_bytes(&sample->proof);
    buffer_done(&note);
    signature_key_free(key);
}

static void refuses_signed_notes_that_are_not_this_logs_checkpoint(void **state)
{
    struct sample sample = sample_good();

    (void)state;
    set_note(&sample, "other.example/log\n12\nJXIxmPuumTjE4YmyzlNPg/lgtFkNS8thrId1koVrGCg=\n", LOG_NAME);
    assert_fault(&sample.bundle, BUNDLE_FAULT_CHECKPOINT_OF_OTHER_LOG);
    set_note(&sample, "other.example/log\n12\nJXIxmPuumTjE4YmyzlNPg/lgtFkNS8thrId1koVrGCg=\n", "other.example/log");
    assert_fault(&sample.bundle, BUNDLE_FAULT_CHECKPOINT_NOT_BY_KEY);
    set_note(&sample, "hello\n", LOG_NAME);
    assert_fault(&sample.bundle, BUNDLE_FAULT_PROOF_MALFORMED);
    sample_done(&sample);
}

/* Truly signed, truly in the log, and not a record of ours. */
static void refuses_a_leaf_of_another_purpose_even_when_it_is_in_the_log(void **state)
{
    static const char leaf[] = "{\"purpose\":\"zhengcaidai/webhook\",\"schema\":\"zhengcaidai/record/1\"}";
    struct sample sample = sample_good();

    (void)state;
    buffer_clear(&sample.leaf);
    buffer_append_text(&sample.leaf, leaf);
    sample.bundle.part[BUNDLE_LEAF] = buffer_bytes(&sample.leaf);
    sample_seal_in_log(&sample, 5, 12);
    assert_fault(&sample.bundle, BUNDLE_FAULT_LEAF_MALFORMED);
    sample_done(&sample);
}

/* Start with the last fault of the list and add those before it, one by one: always the first is named. */
static void names_the_first_of_several_faults(void **state)
{
    struct sample sample = sample_good();

    (void)state;
    set_index(&sample, "4");
    assert_fault(&sample.bundle, BUNDLE_FAULT_NOT_INCLUDED);
    set_note(&sample, "other.example/log\n12\nJXIxmPuumTjE4YmyzlNPg/lgtFkNS8thrId1koVrGCg=\n", LOG_NAME);
    assert_fault(&sample.bundle, BUNDLE_FAULT_CHECKPOINT_OF_OTHER_LOG);
    sample.bundle.part[BUNDLE_PROOF] = bytes_of_text("nonsense");
    assert_fault(&sample.bundle, BUNDLE_FAULT_PROOF_MALFORMED);
    sample_seal_in_log(&sample, 5, 12);
    sample.bundle.part[BUNDLE_DECISION] = bytes_of_text("{ }");
    assert_fault(&sample.bundle, BUNDLE_FAULT_DECISION_DIFFERS);
    sample.bundle.part[BUNDLE_POLICY] = bytes_of_text("{ }");
    assert_fault(&sample.bundle, BUNDLE_FAULT_POLICY_DIFFERS);
    sample.bundle.part[BUNDLE_DOSSIER] = bytes_of_text("{ }");
    assert_fault(&sample.bundle, BUNDLE_FAULT_DOSSIER_DIFFERS);
    sample.bundle.part[BUNDLE_PROOF] = bytes_of_text("nonsense");
    assert_fault(&sample.bundle, BUNDLE_FAULT_LEAF_DIFFERS);
    sample.bundle.part[BUNDLE_LEAF] = bytes_of_text("{}");
    assert_fault(&sample.bundle, BUNDLE_FAULT_LEAF_MALFORMED);
    sample_done(&sample);
}

static void refuses_a_bundle_of_nothing(void **state)
{
    struct bundle empty = {{{NULL, 0}}};

    (void)state;
    assert_fault(&empty, BUNDLE_FAULT_LEAF_MALFORMED);
}

static void has_words_for_every_fault_in_both_languages(void **state)
{
    static const struct {
        int number;
        const char *name;
    } faults[] = {
#define BUNDLE_FAULT(number, symbol, name, part, zh, en) {number, name},
#include "audit/bundle_faults.def"
#undef BUNDLE_FAULT
    };

    (void)state;
    assert_int_equal(COUNT_OF(faults), 13);
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        enum bundle_fault fault = (enum bundle_fault)faults[i].number;
        assert_int_equal(faults[i].number, i + 1); /* a number is never changed: new ones come last, or this test says so */
        assert_string_equal(bundle_fault_name(fault), faults[i].name);
        assert_true(bytes_are_utf8(bytes_of_text(bundle_fault_text(fault, true))));
        assert_true(strlen(bundle_fault_text(fault, false)) > 0);
    }
}

/* ------------------------------------------------------------------ bounds */

static void writes_no_bundle_with_a_part_missing_or_too_large(void **state)
{
    struct sample sample = sample_good();
    struct buffer zip = {0};
    struct zcd_error err = {0};

    (void)state;
    for (enum bundle_part part = 0; part < BUNDLE_TIMESTAMP; part++) {
        char pointer[64];
        struct bytes original = sample.bundle.part[part];

        (void)snprintf(pointer, sizeof pointer, "/%s", bundle_part_name(part));
        sample.bundle.part[part].size = 0;
        assert_int_equal(bundle_write(&sample.bundle, &zip, &err), ZCD_INVALID);
        assert_string_equal(err.pointer, pointer);
        sample.bundle.part[part].size = BUNDLE_DOCUMENT_SIZE_MAX + 1; /* never looked at */
        assert_int_equal(bundle_write(&sample.bundle, &zip, &err), ZCD_INVALID);
        sample.bundle.part[part] = original;
    }
    assert_int_equal(zip.size, 0);
    sample_done(&sample);
}

static void reads_documents_of_the_largest_size(void **state)
{
    struct sample sample = sample_good();
    struct arena arena = {0};
    struct buffer zip = {0};
    struct bundle read;
    struct zcd_error err;
    uint8_t *large = calloc(1, BUNDLE_DOCUMENT_SIZE_MAX);

    (void)state;
    for (enum bundle_part part = BUNDLE_DOSSIER; part <= BUNDLE_DECISION; part++)
        sample.bundle.part[part] = (struct bytes){large, BUNDLE_DOCUMENT_SIZE_MAX};
    assert_int_equal(bundle_write(&sample.bundle, &zip, &err), ZCD_OK);
    assert_int_equal(bundle_read(buffer_bytes(&zip), &arena, &read, &err), ZCD_OK);
    assert_int_equal(read.part[BUNDLE_DECISION].size, BUNDLE_DOCUMENT_SIZE_MAX);
    arena_done(&arena);
    buffer_done(&zip);
    free(large);
    sample_done(&sample);
}

/* The page must say what it is not, and that a key from inside proves nothing, in both languages. */
static void has_a_page_that_says_what_it_does_not_prove(void **state)
{
    struct bytes page = bundle_page();
    const char *text = (const char *)page.data;

    (void)state;
    assert_true(bytes_are_utf8(page));
    assert_int_equal(strlen(text), page.size);
    assert_non_null(strstr(text, "本页本身不在签名和摘要的覆盖范围内"));
    assert_non_null(strstr(text, "covered by no signature"));
    assert_non_null(strstr(text, "Never use a key that came with this archive"));
    assert_null(strstr(text, "http://"));
    assert_null(strstr(text, "<script"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verifies_a_good_bundle_through_its_zip),
        cmocka_unit_test(verifies_at_every_place_in_logs_of_every_small_size),
        cmocka_unit_test(finds_a_bundle_without_a_key_intact_and_no_more),
        cmocka_unit_test(refuses_a_bundle_under_any_other_key),
        cmocka_unit_test(names_the_part_of_which_any_bit_was_changed),
        cmocka_unit_test(names_the_part_that_was_cut_short_or_made_longer),
        cmocka_unit_test(does_not_care_about_the_page),
        cmocka_unit_test(refuses_documents_that_were_recorded_but_are_not_canonical),
        cmocka_unit_test(refuses_an_index_beyond_the_signed_log),
        cmocka_unit_test(refuses_signed_notes_that_are_not_this_logs_checkpoint),
        cmocka_unit_test(refuses_a_leaf_of_another_purpose_even_when_it_is_in_the_log),
        cmocka_unit_test(names_the_first_of_several_faults),
        cmocka_unit_test(refuses_a_bundle_of_nothing),
        cmocka_unit_test(has_words_for_every_fault_in_both_languages),
        cmocka_unit_test(writes_no_bundle_with_a_part_missing_or_too_large),
        cmocka_unit_test(reads_documents_of_the_largest_size),
        cmocka_unit_test(has_a_page_that_says_what_it_does_not_prove),
    };

    return cmocka_run_group_tests_name("bundle", tests, NULL, NULL);
}
