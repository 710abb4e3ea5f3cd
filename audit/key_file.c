#include "audit/key_file_internal.h"

#include "base/cleanup.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_FILE_SIZE_MAX = 16384 };

static void done_file(int *file)
{
    if (*file >= 0)
        (void)close(*file);
}

static void done_bio(BIO **bio)
{
    (void)BIO_free(*bio);
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
    ZCD_AUTO(done_bio)
    BIO *bio = BIO_new(BIO_s_secmem());
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
    ZCD_AUTO(done_file)
    int directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return directory >= 0 && fsync(directory) == 0;
}

enum zcd_code key_file_write(const char *path, EVP_PKEY *pkey, struct zcd_error *err)
{
    ZCD_AUTO(done_file)
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
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

    ZCD_AUTO(done_bio)
    BIO *bio = BIO_new_mem_buf(text->data, (int)text->size);
    return bio == NULL ? NULL : PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
}

enum zcd_code key_file_read(const char *path, EVP_PKEY **pkey, struct zcd_error *err)
{
    /* O_NONBLOCK: a pipe put in the key's place must not stop us. */
    ZCD_AUTO(done_file)
    int file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (file < 0 && errno == ENOENT)
        return zcd_fail(err, ZCD_NOT_FOUND, "there is no key file");
    if (file < 0)
        return zcd_fail(err, ZCD_UNAVAILABLE, "key file cannot be opened (errno %d)", errno);

    ZCD_AUTO(done_key_text)
    struct key_text text = {.size = 0};
    enum zcd_code code = check_key_file(file, err);
    if (code == ZCD_OK)
        code = read_key_text(file, &text, err);
    if (code != ZCD_OK)
        return code;

    EVP_PKEY *parsed = parse_key(&text);
    ERR_clear_error();
    if (parsed == NULL)
        return zcd_fail(err, ZCD_INVALID, "key file does not hold one unencrypted key in PKCS#8 PEM");
    *pkey = parsed;
    return ZCD_OK;
}
