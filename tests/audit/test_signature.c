/* Ed25519 against Wycheproof and Botan; key files against a curious file system. */
#include "tests/audit/support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ------------------------------------------------------------------ vectors */

/* Hexadecimal of either case; -1 when the text is not that, or too long. */
static int read_hex(const char *text, uint8_t *data, size_t capacity)
{
    size_t size = strlen(text) / 2;

    if (strlen(text) % 2 != 0 || size > capacity)
        return -1;
    for (size_t i = 0; i < size; i++) {
        unsigned value;
        if (sscanf(text + 2 * i, "%2x", &value) != 1)
            return -1;
        data[i] = (uint8_t)value;
    }
    return (int)size;
}

static void judges_every_wycheproof_signature_as_its_authors_do(void **state)
{
    json_t *file = load_json(VECTORS "wycheproof/ed25519_test.json");
    size_t i, k;
    const json_t *group, *test;
    int count = 0;

    (void)state;
    json_array_foreach(json_object_get(file, "testGroups"), i, group) {
        struct signature_public_key key;
        const json_t *public_key = json_object_get(group, "publicKey");

        assert_int_equal(read_hex(json_string_value(json_object_get(public_key, "pk")), key.bytes, 32), 32);
        json_array_foreach(json_object_get(group, "tests"), k, test) {
            static uint8_t message[65536];
            struct signature signature;
            int size = read_hex(json_string_value(json_object_get(test, "msg")), message, sizeof message);
            bool valid = strcmp(json_string_value(json_object_get(test, "result")), "valid") == 0;

            assert_true(size >= 0);
            /* A signature of another length is not one; struct signature cannot hold it. */
            bool accepted =
                read_hex(json_string_value(json_object_get(test, "sig")), signature.bytes, SIGNATURE_SIZE) ==
                    SIGNATURE_SIZE &&
                signature_verify(&key, (struct bytes){message, (size_t)size}, &signature);
            if (accepted != valid)
                fail_msg("tcId %d", (int)json_integer_value(json_object_get(test, "tcId")));
            count++;
        }
    }
    assert_int_equal(count, json_integer_value(json_object_get(file, "numberOfTests")));
    json_decref(file);
}

/* One "Name = value" of a .vec file; false for anything else. */
static bool read_assignment(char *line, const char *name, char **value)
{
    size_t length = strlen(name);

    if (strncmp(line, name, length) != 0)
        return false;
    *value = line + length + strspn(line + length, " =");
    (*value)[strcspn(*value, "\r\n")] = '\0';
    return true;
}

struct vec_case {
    uint8_t seed[SIGNATURE_SEED_SIZE];
    struct signature_public_key key;
    uint8_t message[4096];
    int message_size;
    struct signature signature;
};

/* Call judge after each Signature line, with the values that stand before it. Returns how many. */
static int for_each_vec_case(const char *path, void (*judge)(const struct vec_case *vec))
{
    static char line[20000];
    static struct vec_case vec;
    int count = 0;
    char *value;
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        if (read_assignment(line, "Privkey", &value))
            assert_int_equal(read_hex(value, vec.seed, sizeof vec.seed), 32);
        else if (read_assignment(line, "Pubkey", &value))
            assert_int_equal(read_hex(value, vec.key.bytes, sizeof vec.key.bytes), 32);
        else if (read_assignment(line, "Msg", &value))
            assert_true((vec.message_size = read_hex(value, vec.message, sizeof vec.message)) >= 0);
        else if (read_assignment(line, "Signature", &value)) {
            if (read_hex(value, vec.signature.bytes, SIGNATURE_SIZE) == SIGNATURE_SIZE)
                judge(&vec);
            count++;
        }
    }
    (void)fclose(file);
    return count;
}

static void assert_signs_so(const struct vec_case *vec)
{
    struct signature_key *key = signature_key_from_seed(vec->seed);
    struct signature_public_key public_key = signature_key_public(key);
    struct bytes message = {vec->message, (size_t)vec->message_size};
    struct signature signature;
    struct zcd_error err;

    assert_memory_equal(public_key.bytes, vec->key.bytes, SIGNATURE_PUBLIC_KEY_SIZE);
    assert_int_equal(signature_sign(key, message, &signature, &err), ZCD_OK);
    assert_memory_equal(signature.bytes, vec->signature.bytes, SIGNATURE_SIZE);
    assert_true(signature_verify(&public_key, message, &signature));
    signature_key_free(key);
}

static void signs_as_rfc_8032_does(void **state)
{
    (void)state;
    assert_int_equal(for_each_vec_case(VECTORS "botan/ed25519.vec", assert_signs_so), 128);
}

static void assert_refused(const struct vec_case *vec)
{
    if (signature_verify(&vec->key, (struct bytes){vec->message, (size_t)vec->message_size}, &vec->signature))
        fail_msg("accepted under key %02x%02x...%02x", vec->key.bytes[0], vec->key.bytes[1], vec->key.bytes[31]);
}

static void refuses_every_signature_that_botan_refuses(void **state)
{
    (void)state;
    assert_true(for_each_vec_case(VECTORS "botan/ed25519_verify.vec", assert_refused) > 50);
}

/* Under a key of small order, R = 0 and S = 0 or the like "sign" anything. */
static void finds_keys_of_small_order_and_keys_not_canonical_unsound(void **state)
{
    static const char *const unsound[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "efffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    };
    struct signature nothing = {{1}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(unsound); i++) {
        struct signature_public_key key;
        assert_int_equal(read_hex(unsound[i], key.bytes, 32), 32);
        assert_false(signature_public_key_is_sound(&key));
        assert_false(signature_verify(&key, bytes_of_text("x"), &nothing));
    }
    struct note_vkey vkey = vkey_of(LOG_VKEY);
    assert_true(signature_public_key_is_sound(&vkey.key));
}

static void refuses_a_signature_when_anything_changes(void **state)
{
    struct signature_key *key = log_key();
    struct signature_public_key public_key = signature_key_public(key);
    struct signature signature;
    struct zcd_error err;
    char message[] = "a decision";

    (void)state;
    assert_int_equal(signature_sign(key, bytes_of_text(message), &signature, &err), ZCD_OK);
    for (size_t bit = 0; bit < 8 * SIGNATURE_SIZE; bit++) {
        signature.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(signature_verify(&public_key, bytes_of_text(message), &signature));
        signature.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * SIGNATURE_PUBLIC_KEY_SIZE; bit++) {
        public_key.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(signature_verify(&public_key, bytes_of_text(message), &signature));
        public_key.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * (sizeof message - 1); bit++) {
        message[bit / 8] ^= (char)(1 << bit % 8);
        assert_false(signature_verify(&public_key, (struct bytes){(uint8_t *)message, sizeof message - 1}, &signature));
        message[bit / 8] ^= (char)(1 << bit % 8);
    }
    assert_true(signature_verify(&public_key, bytes_of_text(message), &signature));
    signature_key_free(key);
}

/* ------------------------------------------------------------------ key files */

static char folder[] = "/tmp/zcd-test-signature-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
    char command[128];

    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static const char *path_of(const char *name)
{
    static char path[256];

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *path, const void *data, size_t size)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(file >= 0);
    assert_int_equal(write(file, data, size), size);
    assert_int_equal(close(file), 0);
}

static enum zcd_code load(const char *path, struct zcd_error *err)
{
    struct signature_key *key = NULL;
    enum zcd_code code = signature_key_load(path, &key, err);

    assert_int_equal(code == ZCD_OK, key != NULL);
    signature_key_free(key);
    return code;
}

static void makes_a_key_that_only_its_owner_can_read_and_loads_it(void **state)
{
    const char *path = path_of("new.pem");
    struct stat made;
    struct signature_key *key = NULL;
    struct signature signature;
    struct zcd_error err;

    (void)state;
    mode_t old_mask = umask(0);
    assert_int_equal(signature_key_generate(path, &err), ZCD_OK);
    (void)umask(old_mask);
    assert_int_equal(stat(path, &made), 0);
    assert_int_equal(made.st_mode, S_IFREG | 0600);
    assert_int_equal(signature_key_load(path, &key, &err), ZCD_OK);

    struct signature_public_key public_key = signature_key_public(key);
    assert_int_equal(signature_sign(key, bytes_of_text("x"), &signature, &err), ZCD_OK);
    assert_true(signature_verify(&public_key, bytes_of_text("x"), &signature));
    signature_key_free(key);
}

static void never_overwrites_a_key(void **state)
{
    struct zcd_error err;
    const char *path = path_of("once.pem");

    (void)state;
    assert_int_equal(signature_key_generate(path, &err), ZCD_OK);
    struct buffer before = load_file(path);
    assert_int_equal(signature_key_generate(path, &err), ZCD_CONFLICT);
    struct buffer after = load_file(path);
    assert_true(bytes_equal(buffer_bytes(&before), buffer_bytes(&after)));
    buffer_done(&before);
    buffer_done(&after);

    char link[256];
    (void)snprintf(link, sizeof link, "%s", path_of("link-to-nothing.pem"));
    assert_int_equal(symlink(path_of("nothing.pem"), link), 0);
    assert_int_equal(signature_key_generate(link, &err), ZCD_CONFLICT);
    assert_int_equal(signature_key_generate("/nowhere/at/all.pem", &err), ZCD_UNAVAILABLE);
}

static void refuses_a_key_file_that_others_may_read_or_write(void **state)
{
    struct zcd_error err;
    const char *path = path_of("open.pem");

    (void)state;
    assert_int_equal(signature_key_generate(path, &err), ZCD_OK);
    for (mode_t bit = 1; bit < 0100; bit <<= 1) {
        assert_int_equal(chmod(path, 0600 | bit), 0);
        assert_int_equal(load(path, &err), ZCD_INVALID);
    }
    assert_int_equal(chmod(path, 0400), 0);
    assert_int_equal(load(path, &err), ZCD_OK);
}

static void refuses_a_key_file_of_another_user(void **state)
{
    struct zcd_error err;
    const char *path = path_of("theirs.pem");

    (void)state;
    if (geteuid() != 0)
        skip(); /* only root can give files away */
    assert_int_equal(signature_key_generate(path, &err), ZCD_OK);
    assert_int_equal(chown(path, 65534, 65534), 0);
    assert_int_equal(load(path, &err), ZCD_INVALID);
    assert_string_equal(err.message, "key file belongs to another user");
}

static void refuses_links_pipes_folders_and_what_is_not_there(void **state)
{
    struct zcd_error err;
    char target[256];

    (void)state;
    assert_int_equal(load(path_of("absent.pem"), &err), ZCD_NOT_FOUND);

    (void)snprintf(target, sizeof target, "%s", path_of("target.pem"));
    assert_int_equal(signature_key_generate(target, &err), ZCD_OK);
    assert_int_equal(symlink(target, path_of("link.pem")), 0);
    assert_int_equal(load(path_of("link.pem"), &err), ZCD_UNAVAILABLE);

    assert_int_equal(mkfifo(path_of("pipe.pem"), 0600), 0);
    assert_int_equal(load(path_of("pipe.pem"), &err), ZCD_INVALID);
    assert_int_equal(mkdir(path_of("folder.pem"), 0700), 0);
    assert_int_equal(load(path_of("folder.pem"), &err), ZCD_INVALID);
}

/* A key of another kind, made with: openssl genpkey -algorithm X25519 */
static const char X25519_KEY[] = "-----BEGIN PRIVATE KEY-----\n"
                                 "MC4CAQAwBQYDK2VuBCIEIEi/kYCbdtdll7vZpJ1xnYubT7jSkO2wJWJue9qIba96\n"
                                 "-----END PRIVATE KEY-----\n";

static void refuses_what_is_not_one_plain_ed25519_key(void **state)
{
    struct zcd_error err;
    const char *path = path_of("odd.pem");
    static char large[20000];

    (void)state;
    write_file(path, "", 0);
    assert_int_equal(load(path, &err), ZCD_INVALID);
    write_file(path, "hello\n", 6);
    assert_int_equal(load(path, &err), ZCD_INVALID);
    write_file(path, X25519_KEY, sizeof X25519_KEY - 1);
    assert_int_equal(load(path, &err), ZCD_INVALID);
    memset(large, '\n', sizeof large);
    write_file(path, large, sizeof large);
    assert_int_equal(load(path, &err), ZCD_INVALID);
    assert_string_equal(err.message, "key file is too large");

    char good_path[256];
    (void)snprintf(good_path, sizeof good_path, "%s", path_of("good.pem"));
    assert_int_equal(signature_key_generate(good_path, &err), ZCD_OK);
    struct buffer good = load_file(good_path);
    struct buffer two = {0};
    buffer_append(&two, good.data, good.size);
    buffer_append(&two, good.data, good.size);
    write_file(path, two.data, two.size);
    assert_int_equal(load(path, &err), ZCD_INVALID);
    write_file(path, good.data, good.size / 2);
    assert_int_equal(load(path, &err), ZCD_INVALID);
    write_file(path, good.data, good.size);
    assert_int_equal(load(path, &err), ZCD_OK);
    buffer_done(&good);
    buffer_done(&two);
}

static void refuses_an_encrypted_key_without_asking_for_its_passphrase(void **state)
{
    struct zcd_error err;
    char command[1024];
    char path[256];

    (void)state;
    (void)snprintf(path, sizeof path, "%s", path_of("encrypted.pem"));
    (void)snprintf(command, sizeof command,
                   "openssl genpkey -algorithm ED25519 -aes128 -pass pass:x -out '%s' 2>/dev/null && chmod 600 '%s'",
                   path, path);
    if (system(command) != 0)
        skip(); /* no openssl command here */
    assert_int_equal(load(path, &err), ZCD_INVALID);

    (void)snprintf(command, sizeof command, "rm -f '%s' && umask 077 && openssl genpkey -algorithm ED25519 -out '%s'",
                   path, path);
    assert_int_equal(system(command), 0);
    assert_int_equal(load(path, &err), ZCD_OK); /* the same tool's plain key is ours too */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_every_wycheproof_signature_as_its_authors_do),
        cmocka_unit_test(signs_as_rfc_8032_does),
        cmocka_unit_test(refuses_every_signature_that_botan_refuses),
        cmocka_unit_test(finds_keys_of_small_order_and_keys_not_canonical_unsound),
        cmocka_unit_test(refuses_a_signature_when_anything_changes),
        cmocka_unit_test(makes_a_key_that_only_its_owner_can_read_and_loads_it),
        cmocka_unit_test(never_overwrites_a_key),
        cmocka_unit_test(refuses_a_key_file_that_others_may_read_or_write),
        cmocka_unit_test(refuses_a_key_file_of_another_user),
        cmocka_unit_test(refuses_links_pipes_folders_and_what_is_not_there),
        cmocka_unit_test(refuses_what_is_not_one_plain_ed25519_key),
        cmocka_unit_test(refuses_an_encrypted_key_without_asking_for_its_passphrase),
    };

    return cmocka_run_group_tests_name("signature", tests, make_folder, remove_folder);
}
