#include "api/http/tls.h"

#include <errno.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* RFC 9325 4.2: of TLS 1.2 only what has forward secrecy and authenticates what it encrypts. */
#define CIPHERS_OF_TLS12 "ECDHE+AESGCM:ECDHE+CHACHA20"
#define GROUPS "X25519:P-256:P-384"

static const unsigned char SESSION_CONTEXT[] = "zhengcaidai";

enum { FILES = 3 };

/* What a file was when it was last looked at; zeros when it was not there. */
struct file_state {
    struct timespec changed_at;
    ino_t inode;
    off_t size;
};

struct tls {
    struct http_tls_files files;
    SSL_CTX *context;
    struct file_state tried[FILES];
};

/* ------------------------------------------------------------------ files */

static void look_at_files(const struct http_tls_files *files, struct file_state states[FILES])
{
    const char *const PATHS[FILES] = {files->certificate_file, files->key_file, files->client_ca_file};

    for (int i = 0; i < FILES; i++) {
        struct stat found;
        states[i] = (struct file_state){.size = 0};
        if (PATHS[i] != NULL && stat(PATHS[i], &found) == 0)
            states[i] = (struct file_state){found.st_mtim, found.st_ino, found.st_size};
    }
}

static bool is_same(const struct file_state *a, const struct file_state *b)
{
    return a->changed_at.tv_sec == b->changed_at.tv_sec && a->changed_at.tv_nsec == b->changed_at.tv_nsec
           && a->inode == b->inode && a->size == b->size;
}

bool tls_has_changed(const struct tls *tls)
{
    struct file_state now[FILES];

    look_at_files(&tls->files, now);
    for (int i = 0; i < FILES; i++)
        if (!is_same(&now[i], &tls->tried[i]))
            return true;
    return false;
}

/* Group is allowed: that is how ACME clients hand keys to services. */
static enum zcd_code check_key_file(const char *path, struct zcd_error *err)
{
    struct stat found;

    if (stat(path, &found) != 0)
        return zcd_fail(err, ZCD_INVALID, "the TLS key %.200s cannot be read: %s", path, strerror(errno));
    if ((found.st_mode & S_IRWXO) != 0)
        return zcd_fail(err, ZCD_CONFLICT, "others can read the TLS key %.200s (chmod o= it)", path);
    return ZCD_OK;
}

/* ------------------------------------------------------------------ context */

/* ALPN (RFC 7301): HTTP/1.1 is all there is; a client that offers only other protocols is told so. */
static int choose_protocol(SSL *ssl, const unsigned char **chosen, unsigned char *chosen_size, const unsigned char *offered,
                           unsigned offered_size, void *argument)
{
    static const unsigned char OURS[] = "\x08http/1.1";
    unsigned char *found;
    (void)ssl;
    (void)argument;

    if (SSL_select_next_proto(&found, chosen_size, OURS, sizeof OURS - 1, offered, offered_size) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

/* A PEM file with a password would wait for a person at a terminal. */
static int refuse_password(char *text, int size, int is_writing, void *argument)
{
    (void)text;
    (void)size;
    (void)is_writing;
    (void)argument;
    return -1;
}

static void set_protocol(SSL_CTX *context)
{
    (void)SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    /* Clients end connections without close_notify; Content-Length says where an answer or a request ends. */
    (void)SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE
                                           | SSL_OP_IGNORE_UNEXPECTED_EOF);
    (void)SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS); /* idle connections hold no buffers */
    (void)SSL_CTX_set_cipher_list(context, CIPHERS_OF_TLS12);
    (void)SSL_CTX_set1_groups_list(context, GROUPS);
    (void)SSL_CTX_set_session_id_context(context, SESSION_CONTEXT, sizeof SESSION_CONTEXT - 1);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
    SSL_CTX_set_default_passwd_cb(context, refuse_password);
}

static enum zcd_code refuse_file(const char *what, const char *path, struct zcd_error *err)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());

    (void)zcd_fail(err, ZCD_INVALID, "the TLS %s %.200s cannot be used: %s", what, path, reason == NULL ? "?" : reason);
    ERR_clear_error();
    return ZCD_INVALID;
}

static enum zcd_code load_files(SSL_CTX *context, const struct http_tls_files *files, struct zcd_error *err)
{
    if (SSL_CTX_use_certificate_chain_file(context, files->certificate_file) != 1)
        return refuse_file("certificate", files->certificate_file, err);
    if (SSL_CTX_use_PrivateKey_file(context, files->key_file, SSL_FILETYPE_PEM) != 1
        || SSL_CTX_check_private_key(context) != 1)
        return refuse_file("key", files->key_file, err);
    if (files->client_ca_file == NULL)
        return ZCD_OK;
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(files->client_ca_file);
    if (names == NULL || SSL_CTX_load_verify_locations(context, files->client_ca_file, NULL) != 1) {
        sk_X509_NAME_pop_free(names, X509_NAME_free);
        return refuse_file("authorities of clients", files->client_ca_file, err);
    }
    SSL_CTX_set_client_CA_list(context, names);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL); /* people show tokens and no certificate */
    return ZCD_OK;
}

static enum zcd_code make_context(const struct http_tls_files *files, SSL_CTX **context, struct zcd_error *err)
{
    SSL_CTX *made = SSL_CTX_new(TLS_server_method());

    if (made == NULL)
        abort(); /* out of memory, as in base */
    set_protocol(made);
    enum zcd_code code = check_key_file(files->key_file, err);
    if (code == ZCD_OK)
        code = load_files(made, files, err);
    if (code != ZCD_OK) {
        SSL_CTX_free(made);
        return code;
    }
    *context = made;
    return ZCD_OK;
}

enum zcd_code tls_reload(struct tls *tls, struct zcd_error *err)
{
    SSL_CTX *context;

    look_at_files(&tls->files, tls->tried); /* first: what changes while it is read is read again */
    enum zcd_code code = make_context(&tls->files, &context, err);
    if (code != ZCD_OK)
        return code;
    SSL_CTX_free(tls->context); /* open connections hold it as long as they need it */
    tls->context = context;
    return ZCD_OK;
}

enum zcd_code tls_open(const struct http_tls_files *files, struct tls **tls, struct zcd_error *err)
{
    struct tls *made = calloc(1, sizeof *made);

    if (made == NULL)
        abort();
    made->files = *files;
    enum zcd_code code = tls_reload(made, err);
    if (code != ZCD_OK) {
        tls_close(made);
        return code;
    }
    *tls = made;
    return ZCD_OK;
}

void tls_close(struct tls *tls)
{
    if (tls == NULL)
        return;
    SSL_CTX_free(tls->context);
    free(tls);
}

/* ------------------------------------------------------------------ connections */

struct bufferevent *tls_accept(struct tls *tls, struct event_base *base, int socket)
{
    SSL *ssl = SSL_new(tls->context);

    if (ssl == NULL)
        return NULL;
    struct bufferevent *stream =
        bufferevent_openssl_socket_new(base, socket, ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
    if (stream == NULL)
        SSL_free(ssl);
    else
        bufferevent_openssl_set_allow_dirty_shutdown(stream, 1);
    return stream;
}

const char *tls_client_subject(struct bufferevent *stream, struct arena *arena)
{
    X509 *certificate = SSL_get0_peer_certificate(bufferevent_openssl_get_ssl(stream));
    const char *subject = NULL;
    BIO *text = BIO_new(BIO_s_mem());
    char *data;

    if (certificate != NULL && text != NULL
        && X509_NAME_print_ex(text, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0) {
        long size = BIO_get_mem_data(text, &data);
        subject = size > 0 ? arena_copy_bytes(arena, data, (size_t)size) : NULL;
    }
    BIO_free(text);
    return subject;
}

void tls_say_goodbye(struct bufferevent *stream)
{
    (void)SSL_shutdown(bufferevent_openssl_get_ssl(stream));
    ERR_clear_error();
}
