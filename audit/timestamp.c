#include "audit/timestamp.h"

#include "audit/sha256.h"
#include "base/cleanup.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509_vfy.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void done_request(TS_REQ **request)
{
    TS_REQ_free(*request);
}

static void done_response(TS_RESP **response)
{
    TS_RESP_free(*response);
    ERR_clear_error();
}

static void done_token(PKCS7 **token)
{
    PKCS7_free(*token);
    ERR_clear_error();
}

static void done_info(TS_TST_INFO **info)
{
    TS_TST_INFO_free(*info);
}

static void done_context(TS_VERIFY_CTX **context)
{
    TS_VERIFY_CTX_free(*context);
}

static void done_bio(BIO **bio)
{
    (void)BIO_free(*bio);
}

/* ------------------------------------------------------------------ asking */

static bool set_imprint(TS_REQ *request, struct bytes text)
{
    struct sha256 digest = sha256_of(text);
    TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
    X509_ALGOR *algorithm = X509_ALGOR_new();
    bool good = imprint != NULL && algorithm != NULL
                && X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) == 1
                && TS_MSG_IMPRINT_set_algo(imprint, algorithm) == 1
                && TS_MSG_IMPRINT_set_msg(imprint, digest.bytes, SHA256_SIZE) == 1
                && TS_REQ_set_msg_imprint(request, imprint) == 1;

    X509_ALGOR_free(algorithm);
    TS_MSG_IMPRINT_free(imprint);
    return good;
}

static ASN1_INTEGER *integer_of(const uint8_t nonce[TIMESTAMP_NONCE_SIZE])
{
    ASN1_INTEGER *integer = ASN1_INTEGER_new();
    uint64_t value = 0;

    for (int i = 0; i < TIMESTAMP_NONCE_SIZE; i++)
        value = value << 8 | nonce[i];
    if (integer == NULL || ASN1_INTEGER_set_uint64(integer, value) != 1)
        abort();
    return integer;
}

void timestamp_request(struct bytes text, const uint8_t nonce[TIMESTAMP_NONCE_SIZE], struct buffer *der)
{
    ZCD_AUTO(done_request)
    TS_REQ *request = TS_REQ_new();
    ASN1_INTEGER *integer = integer_of(nonce);
    unsigned char *encoded = NULL;

    if (request == NULL || TS_REQ_set_version(request, 1) != 1 || !set_imprint(request, text)
        || TS_REQ_set_nonce(request, integer) != 1 || TS_REQ_set_cert_req(request, 1) != 1)
        abort();
    int size = i2d_TS_REQ(request, &encoded);
    if (size <= 0)
        abort();
    buffer_append(der, encoded, (size_t)size);
    OPENSSL_free(encoded);
    ASN1_INTEGER_free(integer);
}

/* ------------------------------------------------------------------ reading */

static bool is_about(TS_TST_INFO *info, struct bytes text)
{
    struct sha256 digest = sha256_of(text);
    TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
    const ASN1_OCTET_STRING *message = TS_MSG_IMPRINT_get_msg(imprint);
    const ASN1_OBJECT *algorithm = NULL;

    X509_ALGOR_get0(&algorithm, NULL, NULL, TS_MSG_IMPRINT_get_algo(imprint));
    return OBJ_obj2nid(algorithm) == NID_sha256 && ASN1_STRING_length(message) == SHA256_SIZE
           && memcmp(ASN1_STRING_get0_data(message), digest.bytes, SHA256_SIZE) == 0;
}

static bool has_nonce(const TS_TST_INFO *info, const uint8_t nonce[TIMESTAMP_NONCE_SIZE])
{
    const ASN1_INTEGER *present = TS_TST_INFO_get_nonce(info);
    ASN1_INTEGER *expected = integer_of(nonce);
    bool is_same = present != NULL && ASN1_INTEGER_cmp(present, expected) == 0;

    ASN1_INTEGER_free(expected);
    return is_same;
}

enum zcd_code timestamp_accept(struct bytes response, struct bytes text, const uint8_t nonce[TIMESTAMP_NONCE_SIZE],
                               struct buffer *token, struct zcd_error *err)
{
    const unsigned char *at = response.data;
    unsigned char *encoded = NULL;

    ZCD_AUTO(done_response)
    TS_RESP *parsed = response.size > TIMESTAMP_SIZE_MAX ? NULL : d2i_TS_RESP(NULL, &at, (long)response.size);
    if (parsed == NULL || at != response.data + response.size)
        return zcd_fail(err, ZCD_INVALID, "not the answer of a time-stamping authority");
    if (ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(parsed))) != TS_STATUS_GRANTED
        || TS_RESP_get_token(parsed) == NULL)
        return zcd_fail(err, ZCD_CONFLICT, "the time-stamping authority refused");
    TS_TST_INFO *info = TS_RESP_get_tst_info(parsed);
    if (info == NULL || !is_about(info, text) || !has_nonce(info, nonce))
        return zcd_fail(err, ZCD_CORRUPT, "the timestamp is about something else than was asked");
    int size = i2d_PKCS7(TS_RESP_get_token(parsed), &encoded);
    if (size <= 0)
        abort();
    buffer_append(token, encoded, (size_t)size);
    OPENSSL_free(encoded);
    return ZCD_OK;
}

/* ------------------------------------------------------------------ verifying */

static bool read_time(const TS_TST_INFO *info, int64_t *time_s)
{
    struct tm civil;

    if (ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &civil) != 1)
        return false;
    *time_s = (int64_t)timegm(&civil);
    return true;
}

/* At the time that the token says, since an authority's certificate expires and its tokens do not. NULL without one. */
static X509_STORE *read_trusted(struct bytes pem, int64_t time_s)
{
    ZCD_AUTO(done_bio)
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.size);
    X509_STORE *store = X509_STORE_new();
    X509 *certificate;
    int count = 0;

    while (bio != NULL && store != NULL && (certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
        count += X509_STORE_add_cert(store, certificate) == 1 ? 1 : 0;
        X509_free(certificate);
    }
    ERR_clear_error();
    if (count == 0) {
        X509_STORE_free(store);
        return NULL;
    }
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), (time_t)time_s);
    return store;
}

/* The context takes store and bio over. */
static bool verifies(PKCS7 *token, X509_STORE *store, struct bytes text)
{
    ZCD_AUTO(done_context)
    TS_VERIFY_CTX *context = TS_VERIFY_CTX_new();
    BIO *data = BIO_new_mem_buf(text.data, (int)text.size);

    if (context == NULL || data == NULL)
        abort();
    (void)TS_VERIFY_CTX_set_store(context, store);
    (void)TS_VERIFY_CTX_set_data(context, data);
    (void)TS_VERIFY_CTX_set_flags(context, TS_VFY_VERSION | TS_VFY_SIGNATURE | TS_VFY_DATA);
    return TS_RESP_verify_token(context, token) == 1;
}

/* NULL for anything but one signed token in DER. */
static PKCS7 *parse_token(struct bytes token)
{
    const unsigned char *at = token.data;
    PKCS7 *parsed = token.size > TIMESTAMP_SIZE_MAX ? NULL : d2i_PKCS7(NULL, &at, (long)token.size);

    if (parsed != NULL && at == token.data + token.size && PKCS7_type_is_signed(parsed))
        return parsed;
    PKCS7_free(parsed);
    return NULL;
}

bool timestamp_is_about(struct bytes token, struct bytes text)
{
    ZCD_AUTO(done_token)
    PKCS7 *parsed = parse_token(token);
    ZCD_AUTO(done_info)
    TS_TST_INFO *info = parsed == NULL ? NULL : PKCS7_to_TS_TST_INFO(parsed);

    return info != NULL && is_about(info, text);
}

enum zcd_code timestamp_verify(struct bytes token, struct bytes text, struct bytes trusted_pem, int64_t *time_s,
                               struct zcd_error *err)
{
    int64_t said_s;

    ZCD_AUTO(done_token)
    PKCS7 *parsed = parse_token(token);
    ZCD_AUTO(done_info)
    TS_TST_INFO *info = parsed == NULL ? NULL : PKCS7_to_TS_TST_INFO(parsed);
    if (info == NULL || !read_time(info, &said_s))
        return zcd_fail(err, ZCD_INVALID, "not a timestamp token");
    X509_STORE *store = read_trusted(trusted_pem, said_s);
    if (store == NULL)
        return zcd_fail(err, ZCD_INVALID, "there is no certificate of a time-stamping authority to trust");
    if (!is_about(info, text)) {
        X509_STORE_free(store);
        return zcd_fail(err, ZCD_CORRUPT, "the timestamp is about something else");
    }
    if (!verifies(parsed, store, text))
        return zcd_fail(err, ZCD_CORRUPT, "the timestamp is not by a trusted authority, or was changed");
    *time_s = said_s;
    return ZCD_OK;
}
