#include "audit/signature.h"

#include "base/cleanup.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_FILE_SIZE_MAX = 16384 };

struct signature_key {
    EVP_PKEY *pkey;
    struct signature_public_key public_key;
};

/* ------------------------------------------------------------------ releases, for ZCD_AUTO */

static void done_file(int *file)
{
    if (*file >= 0)
        (void)close(*file);
}

static void done_pkey(EVP_PKEY **pkey)
{
    EVP_PKEY_free(*pkey);
}

static void done_bio(BIO **bio)
{
    (void)BIO_free(*bio);
}

static void done_context(EVP_MD_CTX **context)
{
    EVP_MD_CTX_free(*context);
}

/* The text of a key file; wiped. */
struct key_text {
    char data[KEY_FILE_SIZE_MAX + 1];
    size_t size;
};

static void done_key_text(struct key_text *text)
{
    OPENSSL_cleanse(text->data, sizeof text->data);
}

/* ------------------------------------------------------------------ keys */

/* Takes pkey over. */
static struct signature_key *key_of(EVP_PKEY *pkey)
{
    struct signature_key *key = calloc(1, sizeof *key);
    size_t size = SIGNATURE_PUBLIC_KEY_SIZE;

    if (key == NULL || EVP_PKEY_get_raw_public_key(pkey, key->public_key.bytes, &size) != 1)
        abort();
    assert(size == SIGNATURE_PUBLIC_KEY_SIZE);
    key->pkey = pkey;
    return key;
}

struct signature_key *signature_key_from_seed(const uint8_t seed[SIGNATURE_SEED_SIZE])
{
    EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, SIGNATURE_SEED_SIZE);

    if (pkey == NULL)
        abort();
    return key_of(pkey);
}

void signature_key_free(struct signature_key *key)
{
    if (key == NULL)
        return;
    EVP_PKEY_free(key->pkey);
    free(key);
}

struct signature_public_key signature_key_public(const struct signature_key *key)
{
    return key->public_key;
}

/* ------------------------------------------------------------------ making a key file */

static bool write_all(int file, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t written = write(file, data, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        data += written;
        size -= (size_t)written;
    }
    return true;
}

/* Write PKCS#8 PEM and see it on disk. */
static bool write_key(int file, EVP_PKEY *pkey)
{
    ZCD_AUTO(done_bio) BIO *bio = BIO_new(BIO_s_secmem());
    char *text = NULL;

    if (bio == NULL || PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) != 1)
        return false;
    long size = BIO_get_mem_data(bio, &text);
    return size > 0 && write_all(file, text, (size_t)size) && fsync(file) == 0;
}

/* A new file's name is durable only when its folder is. */
static bool sync_folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char folder[4096] = ".";

    if (slash != NULL) {
        size_t size = slash == path ? 1 : (size_t)(slash - path);
        if (size >= sizeof folder)
            return false;
        memcpy(folder, path, size);
        folder[size] = '\0';
    }
    ZCD_AUTO(done_file) int directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return directory >= 0 && fsync(directory) == 0;
}

enum zcd_code signature_key_generate(const char *path, struct zcd_error *err)
{
    ZCD_AUTO(done_pkey) EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    if (pkey == NULL)
        return zcd_fail(err, ZCD_UNAVAILABLE, "libcrypto cannot make a key");

    ZCD_AUTO(done_file) int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0 && errno == EEXIST)
        return zcd_fail(err, ZCD_CONFLICT, "key file exists already; keys are never overwritten");
    if (file < 0)
        return zcd_fail(err, ZCD_UNAVAILABLE, "key file cannot be made (errno %d)", errno);
    if (fchmod(file, 0600) != 0 || !write_key(file, pkey) || !sync_folder_of(path)) {
        int reason = errno;
        (void)unlink(path);
        return zcd_fail(err, ZCD_UNAVAILABLE, "key file cannot be written (errno %d)", reason);
    }
    return ZCD_OK;
}

/* ------------------------------------------------------------------ reading a key file */

/* Who else could have read or replaced it? */
static enum zcd_code check_key_file(int file, struct zcd_error *err)
{
    struct stat state;

    if (fstat(file, &state) != 0)
        return zcd_fail(err, ZCD_UNAVAILABLE, "key file cannot be looked at (errno %d)", errno);
    if (!S_ISREG(state.st_mode))
        return zcd_fail(err, ZCD_INVALID, "key file is not a regular file");
    if (state.st_uid != geteuid() && state.st_uid != 0)
        return zcd_fail(err, ZCD_INVALID, "key file belongs to another user");
    if ((state.st_mode & 077) != 0)
        return zcd_fail(err, ZCD_INVALID, "key file is open to group or others (mode %03o); use chmod 600",
                        (unsigned)(state.st_mode & 0777));
    if (state.st_size > KEY_FILE_SIZE_MAX)
        return zcd_fail(err, ZCD_INVALID, "key file is too large");
    return ZCD_OK;
}

static enum zcd_code read_key_text(int file, struct key_text *text, struct zcd_error *err)
{
    text->size = 0;
    for (;;) {
        ssize_t got = read(file, text->data + text->size, sizeof text->data - text->size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return zcd_fail(err, ZCD_UNAVAILABLE, "key file cannot be read (errno %d)", errno);
        if (got == 0)
            break;
        text->size += (size_t)got;
        if (text->size > KEY_FILE_SIZE_MAX)
            return zcd_fail(err, ZCD_INVALID, "key file is too large");
    }
    text->data[text->size] = '\0';
    return ZCD_OK;
}

/* We never ask for a passphrase: an encrypted key is refused. */
static int no_passphrase(char *text, int size, int writing, void *context)
{
    (void)text;
    (void)size;
    (void)writing;
    (void)context;
    return -1;
}

/* A key in PKCS#8, and nothing more: a second key in the file would be a question which one signs. */
static EVP_PKEY *parse_key(const struct key_text *text)
{
    static const char HEADER[] = "-----BEGIN PRIVATE KEY-----";
    static const char FOOTER[] = "-----END PRIVATE KEY-----";

    if (strncmp(text->data, HEADER, sizeof HEADER - 1) != 0)
        return NULL;
    const char *end = strstr(text->data, FOOTER);
    if (end == NULL)
        return NULL;
    size_t size = (size_t)(end - text->data) + sizeof FOOTER - 1;
    if (size < text->size && text->data[size] == '\n')
        size++;
    if (size != text->size)
        return NULL;

    ZCD_AUTO(done_bio) BIO *bio = BIO_new_mem_buf(text->data, (int)text->size);
    return bio == NULL ? NULL : PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
}

enum zcd_code signature_key_load(const char *path, struct signature_key **key, struct zcd_error *err)
{
    /* O_NONBLOCK: a pipe put in the key's place must not stop us. */
    ZCD_AUTO(done_file) int file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (file < 0 && errno == ENOENT)
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no key file");
    if (file < 0)
        return zcd_fail(err, ZCD_UNAVAILABLE, "key file cannot be opened (errno %d)", errno);

    ZCD_AUTO(done_key_text) struct key_text text = {.size = 0};
    enum zcd_code code = check_key_file(file, err);
    if (code == ZCD_OK)
        code = read_key_text(file, &text, err);
    if (code != ZCD_OK)
        return code;

    EVP_PKEY *pkey = parse_key(&text);
    ERR_clear_error();
    if (pkey == NULL || EVP_PKEY_get_id(pkey) != EVP_PKEY_ED25519) {
        EVP_PKEY_free(pkey);
        return zcd_fail(err, ZCD_INVALID, "key file does not hold one unencrypted Ed25519 key in PKCS#8 PEM");
    }
    *key = key_of(pkey);
    return ZCD_OK;
}

/* ------------------------------------------------------------------ signing and verifying */

enum zcd_code signature_sign(const struct signature_key *key, struct bytes message, struct signature *signature,
                             struct zcd_error *err)
{
    struct signature made;
    size_t size = SIGNATURE_SIZE;

    ZCD_AUTO(done_context) EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL || EVP_DigestSignInit(context, NULL, NULL, NULL, key->pkey) != 1
        || EVP_DigestSign(context, made.bytes, &size, message.data, message.size) != 1) {
        ERR_clear_error();
        return zcd_fail(err, ZCD_UNAVAILABLE, "the key cannot sign now");
    }
    assert(size == SIGNATURE_SIZE);
    *signature = made;
    return ZCD_OK;
}

/* The y of a point is below p = 2^255 - 19; the highest bit is the sign of x. */
static bool is_canonical_y(const uint8_t bytes[SIGNATURE_PUBLIC_KEY_SIZE])
{
    if ((bytes[31] & 0x7f) != 0x7f || bytes[0] < 0xed)
        return true;
    for (int i = 1; i < 31; i++) {
        if (bytes[i] != 0xff)
            return true;
    }
    return false;
}

/*
 * The y of the eight points whose order divides 8 (five values; x and -x share one). With the sign bit set, two of them
 * are the non-canonical forms with x = -0, so that refusing them whatever the sign covers RFC 8032 5.1.3 step 4 too.
 */
static bool is_small_order(const uint8_t bytes[SIGNATURE_PUBLIC_KEY_SIZE])
{
    /* clang-format off */
    static const uint8_t SMALL[][SIGNATURE_PUBLIC_KEY_SIZE] = {
        {0},
        {1},
        {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
         0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
        {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
         0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
        {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    };
    /* clang-format on */
    uint8_t unsigned_y[SIGNATURE_PUBLIC_KEY_SIZE];

    memcpy(unsigned_y, bytes, sizeof unsigned_y);
    unsigned_y[31] &= 0x7f;
    for (size_t i = 0; i < sizeof SMALL / sizeof SMALL[0]; i++) {
        if (memcmp(unsigned_y, SMALL[i], sizeof unsigned_y) == 0)
            return true;
    }
    return false;
}

bool signature_public_key_is_sound(const struct signature_public_key *key)
{
    return is_canonical_y(key->bytes) && !is_small_order(key->bytes);
}

bool signature_verify(const struct signature_public_key *key, struct bytes message, const struct signature *signature)
{
    if (!signature_public_key_is_sound(key))
        return false;

    /* libcrypto refuses S not below the order, and compares R as bytes with what it computed, so R is canonical too. */
    ZCD_AUTO(done_pkey) EVP_PKEY *pkey =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->bytes, SIGNATURE_PUBLIC_KEY_SIZE);
    ZCD_AUTO(done_context) EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = pkey != NULL && context != NULL && EVP_DigestVerifyInit(context, NULL, NULL, NULL, pkey) == 1
                && EVP_DigestVerify(context, signature->bytes, SIGNATURE_SIZE, message.data, message.size) == 1;

    if (!good)
        ERR_clear_error();
    return good;
}
