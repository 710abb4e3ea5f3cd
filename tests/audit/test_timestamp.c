/* RFC 3161 against an authority of our own, made with `openssl ts`: somebody else's implementation of the same rules. */
#include "tests/audit/support.h"

#include "audit/timestamp.h"

#include <stdlib.h>
#include <time.h>

static char folder[] = "/tmp/zcd-test-timestamp-XXXXXX";
static const uint8_t NONCE[TIMESTAMP_NONCE_SIZE] = {0xf1, 2, 3, 4, 5, 6, 7, 8};
#define TEXT "log.example.test/audit\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"

static void shell(const char *command)
{
    char line[2048];

    (void)snprintf(line, sizeof line, "cd '%s' && ( %s ) >shell.log 2>&1", folder, command);
    if (system(line) != 0)
        fail_msg("%s", command);
}

static const char *in_folder(const char *name)
{
    static char path[256];

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* A root, and two authorities under it, of which the second may not stamp. */
static int make_authority(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    shell("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 30 "
          "-subj '/CN=Test root'");
    shell("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout other.key -out other.pem -days 30 "
          "-subj '/CN=Another root'");
    shell("printf 'extendedKeyUsage=critical,timeStamping\\n' >tsa.ext && "
          "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tsa.key -out tsa.csr -subj '/CN=TSA' && "
          "openssl x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile tsa.ext -out tsa.pem");
    shell("printf '%s\\n' '[tsa]' 'default_tsa=t' '[t]' 'serial=./serial' 'signer_digest=sha256' 'default_policy=1.2.3.4' "
          "'digests=sha256' 'accuracy=secs:1' 'ordering=no' 'tsa_name=no' 'ess_cert_id_chain=no' >ts.cnf && echo 01 >serial");
    return 0;
}

static int remove_folder(void **state)
{
    char command[96];

    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

/* The authority's answer to our question about the text. */
static struct buffer ask(const char *text)
{
    struct buffer query = {0};
    FILE *file = fopen(in_folder("query"), "wb");

    timestamp_request(bytes_of_text(text), NONCE, &query);
    assert_non_null(file);
    assert_int_equal(fwrite(query.data, 1, query.size, file), query.size);
    assert_int_equal(fclose(file), 0);
    buffer_done(&query);
    shell("openssl ts -reply -config ts.cnf -queryfile query -signer tsa.pem -inkey tsa.key -out reply");
    return load_file(in_folder("reply"));
}

static struct buffer token_of(const char *text)
{
    struct buffer reply = ask(text), token = {0};
    struct zcd_error err;

    if (timestamp_accept(buffer_bytes(&reply), bytes_of_text(text), NONCE, &token, &err) != ZCD_OK)
        fail_msg("%s", err.message);
    buffer_done(&reply);
    return token;
}

static void a_token_is_verified_with_the_root_and_says_when(void **state)
{
    struct buffer token = token_of(TEXT), root = load_file(in_folder("ca.pem"));
    const int64_t now_s = (int64_t)time(NULL);
    struct zcd_error err;
    int64_t time_s = 0;

    (void)state;
    assert_true(timestamp_is_about(buffer_bytes(&token), bytes_of_text(TEXT)));
    assert_int_equal(
        timestamp_verify(buffer_bytes(&token), bytes_of_text(TEXT), buffer_bytes(&root), &time_s, &err), ZCD_OK);
    assert_true(time_s >= now_s - 60 && time_s <= now_s + 60);
    buffer_done(&token);
    buffer_done(&root);
}

static void a_token_about_another_text_or_by_an_unknown_root_is_refused(void **state)
{
    struct buffer token = token_of(TEXT), root = load_file(in_folder("ca.pem")), other = load_file(in_folder("other.pem"));
    struct zcd_error err;
    int64_t time_s;

    (void)state;
    assert_false(timestamp_is_about(buffer_bytes(&token), bytes_of_text("x\n")));
    assert_int_equal(timestamp_verify(buffer_bytes(&token), bytes_of_text("x\n"), buffer_bytes(&root), &time_s, &err),
                     ZCD_CORRUPT);
    assert_int_equal(
        timestamp_verify(buffer_bytes(&token), bytes_of_text(TEXT), buffer_bytes(&other), &time_s, &err), ZCD_CORRUPT);
    assert_int_equal(
        timestamp_verify(buffer_bytes(&token), bytes_of_text(TEXT), bytes_of_text("no PEM"), &time_s, &err), ZCD_INVALID);
    buffer_done(&token);
    buffer_done(&root);
    buffer_done(&other);
}

/* Wherever one bit is turned: in the time, the imprint, the certificate or the signature. */
static void a_token_that_was_changed_anywhere_is_refused(void **state)
{
    struct buffer token = token_of(TEXT), root = load_file(in_folder("ca.pem"));
    struct zcd_error err;
    int64_t time_s, good_s;
    int refused = 0;

    (void)state;
    assert_int_equal(
        timestamp_verify(buffer_bytes(&token), bytes_of_text(TEXT), buffer_bytes(&root), &good_s, &err), ZCD_OK);
    for (size_t i = 0; i < token.size; i += 5) {
        token.data[i] ^= 1;
        if (timestamp_verify(buffer_bytes(&token), bytes_of_text(TEXT), buffer_bytes(&root), &time_s, &err) != ZCD_OK)
            refused++;
        else
            assert_int_equal(time_s, good_s); /* some encodings carry nothing, such as an algorithm's NULL */
        token.data[i] ^= 1;
    }
    assert_true(refused > (int)(token.size / 5) * 9 / 10);
    token.data[token.size - 1] ^= 1; /* the signature's end */
    assert_int_equal(
        timestamp_verify(buffer_bytes(&token), bytes_of_text(TEXT), buffer_bytes(&root), &time_s, &err), ZCD_CORRUPT);
    buffer_done(&token);
    buffer_done(&root);
}

static void bytes_behind_a_token_or_in_its_place_are_refused(void **state)
{
    struct buffer token = token_of(TEXT), root = load_file(in_folder("ca.pem"));
    struct zcd_error err;
    int64_t time_s;

    (void)state;
    buffer_append(&token, "", 1);
    assert_int_equal(
        timestamp_verify(buffer_bytes(&token), bytes_of_text(TEXT), buffer_bytes(&root), &time_s, &err), ZCD_INVALID);
    token.size /= 2;
    assert_int_equal(
        timestamp_verify(buffer_bytes(&token), bytes_of_text(TEXT), buffer_bytes(&root), &time_s, &err), ZCD_INVALID);
    assert_int_equal(
        timestamp_verify(bytes_of_text("x"), bytes_of_text(TEXT), buffer_bytes(&root), &time_s, &err), ZCD_INVALID);
    buffer_done(&token);
    buffer_done(&root);
}

static void an_answer_to_another_question_is_not_accepted(void **state)
{
    static const uint8_t OTHER[TIMESTAMP_NONCE_SIZE] = {9};
    struct buffer reply = ask(TEXT), token = {0};
    struct zcd_error err;

    (void)state;
    assert_int_equal(timestamp_accept(buffer_bytes(&reply), bytes_of_text(TEXT), OTHER, &token, &err), ZCD_CORRUPT);
    assert_int_equal(timestamp_accept(buffer_bytes(&reply), bytes_of_text("x"), NONCE, &token, &err), ZCD_CORRUPT);
    assert_int_equal(timestamp_accept(bytes_of_text("no answer"), bytes_of_text(TEXT), NONCE, &token, &err), ZCD_INVALID);
    assert_int_equal(token.size, 0);
    buffer_done(&reply);
}

static void an_authority_that_refuses_is_not_a_token(void **state)
{
    struct buffer token = {0};
    struct zcd_error err;

    (void)state;
    /* It stamps no SHA-1: "openssl ts" answers with a refusal. */
    shell("printf x >small && openssl ts -query -data small -sha1 -out query && "
          "openssl ts -reply -config ts.cnf -queryfile query -signer tsa.pem -inkey tsa.key -out refusal");
    struct buffer reply = load_file(in_folder("refusal"));
    assert_int_equal(timestamp_accept(buffer_bytes(&reply), bytes_of_text("x"), NONCE, &token, &err), ZCD_CONFLICT);
    buffer_done(&reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_verified_with_the_root_and_says_when),
        cmocka_unit_test(a_token_about_another_text_or_by_an_unknown_root_is_refused),
        cmocka_unit_test(a_token_that_was_changed_anywhere_is_refused),
        cmocka_unit_test(bytes_behind_a_token_or_in_its_place_are_refused),
        cmocka_unit_test(an_answer_to_another_question_is_not_accepted),
        cmocka_unit_test(an_authority_that_refuses_is_not_a_token),
    };

    return cmocka_run_group_tests_name("timestamp", tests, make_authority, remove_folder);
}
