#include "audit/verify.h"

#include "audit/bundle.h"
#include "audit/canonical_json.h"
#include "base/cleanup.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { STATUS_VERIFIED = 0, STATUS_NOT_VERIFIED = 1, STATUS_UNREADABLE = 2 };
enum { VKEY_FILE_SIZE_MAX = 4096 };

static const char USAGE[] =
    "usage: zcd-verify bundle FILE [--key VKEY | --key @VKEY-FILE] [--json] [--lang zh|en]\n"
    "Verifies a bundle (.zip) of one record offline. VKEY is the log's public key, name+id+base64, from a source you\n"
    "trust; without it the bundle can be found intact, but not authenticated.\n"
    "Exit status: 0 verified, 1 not verified, 2 could not be read.\n";

/* What the command line asks for. */
struct request {
    const char *file;
    const char *key; /* or NULL */
    bool json;
    bool chinese;
    bool help;
};

/* ------------------------------------------------------------------ the command line */

/* Read one option at *i, and its value if it has one; false when it is unknown or its value missing. */
static bool read_option(int count, char *const *arguments, int *i, struct request *request)
{
    const char *option = arguments[*i];

    if (strcmp(option, "--json") == 0) {
        request->json = true;
        return true;
    }
    if (strcmp(option, "--help") == 0) {
        request->help = true;
        return true;
    }
    if (*i + 1 == count)
        return false;
    const char *value = arguments[++*i];
    if (strcmp(option, "--key") == 0 && request->key == NULL) {
        request->key = value;
        return true;
    }
    if (strcmp(option, "--lang") == 0 && (strcmp(value, "zh") == 0 || strcmp(value, "en") == 0)) {
        request->chinese = value[0] == 'z';
        return true;
    }
    return false;
}

static bool read_request(int count, char *const *arguments, const char *locale, struct request *request)
{
    const char *command = NULL;

    *request = (struct request){.chinese = locale != NULL && strncmp(locale, "zh", 2) == 0};
    for (int i = 1; i < count; i++) {
        if (strncmp(arguments[i], "--", 2) == 0) {
            if (!read_option(count, arguments, &i, request))
                return false;
        } else if (command == NULL) {
            command = arguments[i];
        } else if (request->file == NULL) {
            request->file = arguments[i];
        } else {
            return false;
        }
    }
    return request->help || (command != NULL && strcmp(command, "bundle") == 0 && request->file != NULL);
}

/* ------------------------------------------------------------------ files */

/* The whole file, when it is not larger than that. */
static enum zcd_code read_file(const char *path, size_t size_max, struct buffer *content, struct zcd_error *err)
{
    char chunk[65536];
    size_t got;
    FILE *file = fopen(path, "rb");

    if (file == NULL)
        return zcd_fail(err, ZCD_UNAVAILABLE, "file cannot be opened");
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0 && content->size <= size_max)
        buffer_append(content, chunk, got);
    bool failed = ferror(file) != 0;
    (void)fclose(file);
    if (failed)
        return zcd_fail(err, ZCD_UNAVAILABLE, "file cannot be read");
    if (content->size > size_max)
        return zcd_fail(err, ZCD_INVALID, "file is larger than %zu bytes", size_max);
    return ZCD_OK;
}

/* The key itself, or "@" and the name of a file that holds it on its one line. */
static enum zcd_code read_vkey(const char *key, struct note_vkey *vkey, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done) struct buffer text = {0};

    if (key[0] != '@')
        return note_vkey_parse(key, vkey, err);
    enum zcd_code code = read_file(key + 1, VKEY_FILE_SIZE_MAX, &text, err);
    if (code != ZCD_OK)
        return code;
    if (text.size > 0 && text.data[text.size - 1] == '\n')
        text.data[--text.size] = '\0';
    if (text.size == 0 || memchr(text.data, '\0', text.size) != NULL)
        return zcd_fail(err, ZCD_INVALID, "key file does not hold one line with a verifier key");
    return note_vkey_parse((const char *)text.data, vkey, err);
}

/* ------------------------------------------------------------------ what is said */

static int status_of(enum bundle_verdict verdict)
{
    return verdict == BUNDLE_VERIFIED ? STATUS_VERIFIED : STATUS_NOT_VERIFIED;
}

static void say_in_chinese(const struct bundle_report *report, FILE *out)
{
    char at[RECORD_AT_TEXT_SIZE];

    if (report->verdict == BUNDLE_NOT_VERIFIED) {
        fprintf(out, "未通过验证:%s。\n", bundle_fault_text(report->fault, true));
        return;
    }
    fprintf(out, "%s:日志 %s 第 %" PRIu64 " 号记录(日志共 %" PRIu64 " 条),%s,机构 %s,记录于 %s。\n",
            report->verdict == BUNDLE_VERIFIED ? "已验证" : "内容完整,但未经认证(没有给出公钥,任何人都可能制作)",
            report->checkpoint.origin, report->index, report->checkpoint.size, record_kind_text(report->kind, true),
            report->uscc.text, record_at_format(report->at_us, at));
}

static void say_in_english(const struct bundle_report *report, FILE *out)
{
    char at[RECORD_AT_TEXT_SIZE];

    if (report->verdict == BUNDLE_NOT_VERIFIED) {
        fprintf(out, "Not verified: %s.\n", bundle_fault_text(report->fault, false));
        return;
    }
    fprintf(out, "%s: record %" PRIu64 " of the log %s (%" PRIu64 " records), %s of %s, recorded at %s.\n",
            report->verdict == BUNDLE_VERIFIED
                ? "Verified"
                : "Intact, not authenticated (no key was given, so anybody may have made it)",
            report->index, report->checkpoint.origin, report->checkpoint.size, record_kind_text(report->kind, false),
            report->uscc.text, record_at_format(report->at_us, at));
}

static void append_member(struct buffer *json, const char *start, const char *text)
{
    buffer_append_text(json, start);
    canonical_json_append_string(json, bytes_of_text(text));
}

static void append_fault(const struct bundle_report *report, struct buffer *json)
{
    append_member(json, "{\"detail\":", report->detail.message);
    append_member(json, ",\"fault\":", bundle_fault_name(report->fault));
    append_member(json, ",\"part\":", bundle_part_name(bundle_fault_part(report->fault)));
    append_member(json, ",\"pointer\":", report->detail.pointer);
}

static void append_shown(const struct bundle_report *report, struct buffer *json)
{
    char at[RECORD_AT_TEXT_SIZE];
    char root[SHA256_TEXT_SIZE];

    append_member(json, "{\"at\":", record_at_format(report->at_us, at));
    buffer_append_format(json, ",\"index\":%" PRIu64, report->index);
    append_member(json, ",\"kind\":", record_kind_name(report->kind));
    append_member(json, ",\"origin\":", report->checkpoint.origin);
    append_member(json, ",\"root\":", sha256_format(&report->checkpoint.root, root));
    buffer_append_format(json, ",\"size\":%" PRIu64, report->checkpoint.size);
    append_member(json, ",\"uscc\":", report->uscc.text);
}

static void say_in_json(const struct bundle_report *report, FILE *out)
{
    ZCD_AUTO(buffer_done) struct buffer json = {0};

    if (report->verdict == BUNDLE_NOT_VERIFIED)
        append_fault(report, &json);
    else
        append_shown(report, &json);
    append_member(&json, ",\"verdict\":", bundle_verdict_name(report->verdict));
    buffer_append_text(&json, "}\n");
    (void)fwrite(json.data, 1, json.size, out);
}

static void say(const struct request *request, const struct bundle_report *report, FILE *out)
{
    if (request->json)
        say_in_json(report, out);
    else if (request->chinese)
        say_in_chinese(report, out);
    else
        say_in_english(report, out);
}

/* ------------------------------------------------------------------ the command */

static int complain(const struct request *request, const char *what, const struct zcd_error *err, FILE *problems)
{
    fprintf(problems, "%s: %s: %s%s%s\n", request->chinese ? "无法读取" : "Could not be read", what, err->pointer,
            err->pointer[0] == '\0' ? "" : ": ", err->message);
    return STATUS_UNREADABLE;
}

static int verify_bundle(const struct request *request, FILE *out, FILE *problems)
{
    ZCD_AUTO(buffer_done) struct buffer zip = {0};
    ZCD_AUTO(arena_done) struct arena arena = {0};
    struct zcd_error err = {.code = ZCD_OK};
    struct note_vkey vkey;
    struct bundle bundle;
    struct bundle_report report;

    if (request->key != NULL && read_vkey(request->key, &vkey, &err) != ZCD_OK)
        return complain(request, "--key", &err, problems);
    if (read_file(request->file, BUNDLE_SIZE_MAX, &zip, &err) != ZCD_OK
        || bundle_read(buffer_bytes(&zip), &arena, &bundle, &err) != ZCD_OK)
        return complain(request, request->file, &err, problems);

    bundle_verify(&bundle, request->key == NULL ? NULL : &vkey, &report);
    say(request, &report, out);
    return status_of(report.verdict);
}

int verify_run(int argument_count, char *const *arguments, const char *locale, FILE *out, FILE *problems)
{
    struct request request;

    if (!read_request(argument_count, arguments, locale, &request)) {
        fputs(USAGE, problems);
        return STATUS_UNREADABLE;
    }
    if (request.help) {
        fputs(USAGE, out);
        return STATUS_VERIFIED;
    }
    int status = verify_bundle(&request, out, problems);
    if (fflush(out) != 0)
        return STATUS_UNREADABLE; /* a verdict nobody could read is none */
    return status;
}
