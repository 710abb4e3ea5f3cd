/* The witness protocol by requests that were made elsewhere, and one by one by everything that a witness must refuse. */
#include "tests/audit/support.h"

#include "audit/witness.h"

#define XMOD VECTORS "generated-xmod/"
#define WITNESS_NAME "witness.example.test/w1"
#define WITNESS_VKEY "witness.example.test/w1+445d0da2+BFFUYh8NFzyxclkvVfX0qVhGlcU+5CBA+rqYjgpqyotV"
#define WITNESS_SEED "8b3179a978146b8d35d1f14dd5a916ef8abb6bf7f70e6ecfd9eb1af5be9a7920"

static struct checkpoint nothing(void)
{
    return (struct checkpoint){.size = 0, .root = merkle_empty_root()};
}

/* A published checkpoint of this log, as the witness has it. */
static struct checkpoint last_of(const char *name)
{
    char path[256];
    struct note_vkey vkey = vkey_of(LOG_VKEY);
    struct checkpoint checkpoint;
    struct zcd_error err;

    (void)snprintf(path, sizeof path, XMOD "%s", name);
    struct buffer note = load_file(path);
    assert_int_equal(checkpoint_verify(buffer_bytes(&note), &vkey, &checkpoint, &err), ZCD_OK);
    buffer_done(&note);
    return checkpoint;
}

static enum witness_status judge(struct bytes body, const struct checkpoint *last)
{
    struct note_vkey vkey = vkey_of(LOG_VKEY);
    struct witness_request request;
    struct checkpoint checkpoint;
    struct zcd_error err;
    size_t which;

    if (witness_request_parse(body, &request, &err) != ZCD_OK)
        return WITNESS_MALFORMED;
    enum witness_status status = witness_identify(&request, &vkey, 1, &checkpoint, &which, &err);
    return status == WITNESS_GOOD ? witness_judge(&request, &checkpoint, last, &err) : status;
}

static enum witness_status judge_file(const char *name, const struct checkpoint *last)
{
    char path[256];

    (void)snprintf(path, sizeof path, XMOD "%s", name);
    struct buffer body = load_file(path);
    enum witness_status status = judge(buffer_bytes(&body), last);
    buffer_done(&body);
    return status;
}

static void every_published_request_is_cosigned_where_it_is_due_and_nowhere_else(void **state)
{
    struct checkpoint last[] = {nothing(), last_of("checkpoint-1.txt"), last_of("checkpoint-300.txt"),
                                last_of("checkpoint-700.txt")};
    static const char *const REQUESTS[] = {"add-checkpoint-0-700.txt", "add-checkpoint-1-700.txt",
                                           "add-checkpoint-300-700.txt", "add-checkpoint-700-700.txt"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(REQUESTS); i++) {
        for (size_t j = 0; j < COUNT_OF(last); j++)
            assert_int_equal(judge_file(REQUESTS[i], &last[j]), i == j ? WITNESS_GOOD : WITNESS_OUT_OF_STEP);
    }
}

static void a_request_is_written_as_it_was_read(void **state)
{
    struct buffer body = load_file(XMOD "add-checkpoint-300-700.txt"), again = {0};
    struct witness_request request;
    struct zcd_error err;

    (void)state;
    assert_int_equal(witness_request_parse(buffer_bytes(&body), &request, &err), ZCD_OK);
    assert_int_equal(request.old_size, 300);
    witness_request_format(&request, &again);
    assert_true(bytes_equal(buffer_bytes(&again), buffer_bytes(&body)));
    buffer_done(&body);
    buffer_done(&again);
}

static void a_rewritten_log_is_inconsistent(void **state)
{
    struct checkpoint other = last_of("checkpoint-300.txt"), same = last_of("checkpoint-700.txt");

    (void)state;
    other.root.bytes[0] ^= 1;
    assert_int_equal(judge_file("add-checkpoint-300-700.txt", &other), WITNESS_INCONSISTENT);
    same.root.bytes[0] ^= 1; /* two trees of one size */
    assert_int_equal(judge_file("add-checkpoint-700-700.txt", &same), WITNESS_INCONSISTENT);
}

static void a_proof_where_none_belongs_is_inconsistent(void **state)
{
    struct buffer body = load_file(XMOD "add-checkpoint-0-700.txt"), more = {0};
    struct checkpoint empty = nothing();

    (void)state;
    buffer_append_text(&more, "old 0\nHeqdtM0424t3HD6Q6yvcTjRHpp0fBFw36zoOvlqAM1c=\n");
    buffer_append_text(&more, strchr((const char *)body.data, '\n') + 1);
    assert_int_equal(judge(buffer_bytes(&more), &empty), WITNESS_INCONSISTENT);
    buffer_done(&body);
    buffer_done(&more);
}

static void what_is_no_request_is_malformed(void **state)
{
    static const char *const BODIES[] = {"",
                                         "old\n\n",
                                         "old 01\n\n",
                                         "old -1\n\n",
                                         "old 9223372036854775808\n\n",
                                         "new 0\n\nx\n",
                                         "old 0\n",
                                         "old 0\nnot base64\n\n",
                                         "old 0\n\n",
                                         "old 0\n\nno note\n"};
    struct checkpoint empty = nothing();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(BODIES); i++)
        assert_int_equal(judge(bytes_of_text(BODIES[i]), &empty), WITNESS_MALFORMED);
}

static void more_than_63_hashes_are_malformed(void **state)
{
    struct checkpoint empty = nothing();
    struct buffer body = {0};

    (void)state;
    buffer_append_text(&body, "old 1\n");
    for (int i = 0; i < 64; i++)
        buffer_append_text(&body, "HeqdtM0424t3HD6Q6yvcTjRHpp0fBFw36zoOvlqAM1c=\n");
    buffer_append_text(&body, "\nx\n");
    assert_int_equal(judge(buffer_bytes(&body), &empty), WITNESS_MALFORMED);
    buffer_done(&body);
}

static void an_old_size_above_the_new_one_is_malformed(void **state)
{
    struct buffer body = load_file(XMOD "add-checkpoint-700-700.txt");
    struct checkpoint last = last_of("checkpoint-700.txt");

    (void)state;
    memcpy(body.data, "old 701", 7);
    assert_int_equal(judge(buffer_bytes(&body), &last), WITNESS_MALFORMED);
    buffer_done(&body);
}

static void another_log_is_unknown_and_another_signature_is_not_trusted(void **state)
{
    struct buffer body = load_file(XMOD "add-checkpoint-0-700.txt");
    struct checkpoint empty = nothing();
    char *size = strstr((char *)body.data, "700");

    (void)state;
    size[0] = '6'; /* signed for 700 */
    assert_int_equal(judge(buffer_bytes(&body), &empty), WITNESS_NOT_TRUSTED);
    size[0] = '7';
    *strstr((char *)body.data, "log.example") = 'L';
    assert_int_equal(judge(buffer_bytes(&body), &empty), WITNESS_UNKNOWN_LOG);
    buffer_done(&body);
}

/* The published cosignature, made elsewhere: its line is what our key would write at that time. */
static void a_cosignature_is_the_published_one(void **state)
{
    struct buffer file = load_file(XMOD "log/checkpoint"), line = {0};
    struct note_vkey vkey = vkey_of(WITNESS_VKEY);
    uint8_t seed[SIGNATURE_SEED_SIZE];
    const struct note_signature *found;
    struct note note;
    struct zcd_error err;
    int64_t time_s;

    (void)state;
    assert_int_equal(note_parse(buffer_bytes(&file), &note, &err), ZCD_OK);
    assert_int_equal(note_find_signature(note.text, note.signature, note.signature_count, &vkey, &found, &time_s, &err),
                     ZCD_OK);
    assert_int_equal(time_s, 1700000000);
    assert_int_equal(hex_decode(WITNESS_SEED, strlen(WITNESS_SEED), seed, sizeof seed, &err), ZCD_OK);
    struct signature_key *key = signature_key_from_seed(seed);
    assert_int_equal(note_append_cosignature(note.text, WITNESS_NAME, key, time_s, &line, &err), ZCD_OK);
    assert_non_null(strstr((const char *)file.data, (const char *)line.data));
    signature_key_free(key);
    buffer_done(&line);
    buffer_done(&file);
}

static void a_witness_key_is_no_log_key(void **state)
{
    struct buffer file = load_file(XMOD "log/checkpoint");
    struct note_vkey vkey = vkey_of(WITNESS_VKEY);
    struct checkpoint checkpoint;
    struct zcd_error err;

    (void)state;
    assert_int_equal(checkpoint_verify(buffer_bytes(&file), &vkey, &checkpoint, &err), ZCD_INVALID);
    buffer_done(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_published_request_is_cosigned_where_it_is_due_and_nowhere_else),
        cmocka_unit_test(a_request_is_written_as_it_was_read),
        cmocka_unit_test(a_rewritten_log_is_inconsistent),
        cmocka_unit_test(a_proof_where_none_belongs_is_inconsistent),
        cmocka_unit_test(what_is_no_request_is_malformed),
        cmocka_unit_test(more_than_63_hashes_are_malformed),
        cmocka_unit_test(an_old_size_above_the_new_one_is_malformed),
        cmocka_unit_test(another_log_is_unknown_and_another_signature_is_not_trusted),
        cmocka_unit_test(a_cosignature_is_the_published_one),
        cmocka_unit_test(a_witness_key_is_no_log_key),
    };

    return cmocka_run_group_tests_name("witness", tests, NULL, NULL);
}
