#include "audit/verify_internal.h"

#include "audit/canonical_json.h"
#include "base/cleanup.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

enum { VKEY_FILE_SIZE_MAX = 4096, INDEX_DIGITS_MAX = 18 };

static const char USAGE[] =
    "usage: zcd-verify bundle FILE                 one record with its documents (.zip)\n"
    "           --tsa FILE                         certificates (PEM) of time-stamping authorities: the checkpoint "
    "must be\n"
    "                                              timestamped by one of them\n"
    "       zcd-verify proof PROOF LEAF            a .tlog-proof and the leaf that it is about\n"
    "           --policy FILE                      (bundle too) witnesses and their quorum, as c2sp.org/tlog-policy "
    "has\n"
    "                                              them: so many must have cosigned the checkpoint\n"
    "       zcd-verify consistency OLD NEW         two checkpoints; NEW may be a folder of tiles\n"
    "           --proof FILE                       the consistency proof, a base64 hash a line, when NEW is a file\n"
    "       zcd-verify tiles DIR                   a log as a folder of tiles: every record, every tile, the root\n"
    "           --old CHECKPOINT                   an earlier checkpoint that it must continue; may be given often\n"
    "           --against DIR                      an earlier copy of the log that it must continue\n"
    "           --from INDEX                       an export that begins there\n"
    "           --records                          also that each organisation's records are numbered without gaps, "
    "and\n"
    "                                              that time never goes back\n"
    "       zcd-verify replay FILE                 a bundle, decided again\n"
    "options of all: --key VKEY or --key @FILE     the log's public key, name+id+base64, from a source you trust; "
    "without\n"
    "                                              it things can be found intact, but not authenticated\n"
    "                --json, --lang zh|en\n"
    "Works offline. Exit status: 0 verified, 1 not verified, 2 could not be read.\n";

/* ------------------------------------------------------------------ the command line */

enum option {
    OPTION_KEY = 1,
    OPTION_PROOF = 2,
    OPTION_OLD = 4,
    OPTION_AGAINST = 8,
    OPTION_FROM = 16,
    OPTION_RECORDS = 32,
    OPTION_POLICY = 64,
    OPTION_TSA = 128
};

struct command {
    const char *name;
    size_t operand_count;
    unsigned options;
    int (*run)(const struct verify_request *request);
};

static const struct command COMMANDS[] = {
    {"bundle", 1, OPTION_KEY | OPTION_POLICY | OPTION_TSA, verify_run_bundle},
    {"proof", 2, OPTION_KEY | OPTION_POLICY, verify_run_proof},
    {"consistency", 2, OPTION_KEY | OPTION_PROOF, verify_run_consistency},
    {"tiles", 1, OPTION_KEY | OPTION_OLD | OPTION_AGAINST | OPTION_FROM | OPTION_RECORDS, verify_run_tiles},
    {"replay", 1, OPTION_KEY, verify_run_replay},
};

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < sizeof COMMANDS / sizeof COMMANDS[0]; i++) {
        if (strcmp(COMMANDS[i].name, name) == 0)
            return &COMMANDS[i];
    }
    return NULL;
}

static bool read_index(const char *text, uint64_t *index)
{
    size_t digits = strspn(text, "0123456789");
    uint64_t value = 0;

    if (digits == 0 || digits > INDEX_DIGITS_MAX || text[digits] != '\0')
        return false;
    for (; *text != '\0'; text++)
        value = value * 10 + (uint64_t)(*text - '0');
    *index = value;
    return true;
}

/* An option that may be given once. */
static bool set_once(const char **place, const char *value)
{
    bool is_first = *place == NULL;
    *place = value;
    return is_first;
}

static bool add_old(struct verify_request *request, const char *value)
{
    if (request->old_count == VERIFY_OLD_MAX)
        return false;
    request->old[request->old_count++] = value;
    return true;
}

/* An option with a value; *used says which it was. False when it is unknown or its value no such thing. */
static bool read_value(const char *option, const char *value, struct verify_request *request, unsigned *used)
{
    if (strcmp(option, "--lang") == 0) {
        request->chinese = strcmp(value, "zh") == 0;
        return request->chinese || strcmp(value, "en") == 0;
    }
    if (strcmp(option, "--key") == 0) {
        *used |= OPTION_KEY;
        return set_once(&request->key, value);
    }
    if (strcmp(option, "--proof") == 0) {
        *used |= OPTION_PROOF;
        return set_once(&request->proof, value);
    }
    if (strcmp(option, "--against") == 0) {
        *used |= OPTION_AGAINST;
        return set_once(&request->against, value);
    }
    if (strcmp(option, "--policy") == 0) {
        *used |= OPTION_POLICY;
        return set_once(&request->policy, value);
    }
    if (strcmp(option, "--tsa") == 0) {
        *used |= OPTION_TSA;
        return set_once(&request->tsa, value);
    }
    if (strcmp(option, "--old") == 0) {
        *used |= OPTION_OLD;
        return add_old(request, value);
    }
    *used |= OPTION_FROM;
    return strcmp(option, "--from") == 0 && read_index(value, &request->from);
}

static bool read_flag(const char *option, struct verify_request *request, unsigned *used)
{
    if (strcmp(option, "--json") == 0)
        return request->json = true;
    if (strcmp(option, "--help") == 0)
        return request->help = true;
    if (strcmp(option, "--records") != 0)
        return false;
    *used |= OPTION_RECORDS;
    return request->records = true;
}

/* False when no command can be made of the words. */
static bool read_request(int count, char *const *arguments, const char *locale, struct verify_request *request,
                         const struct command **command)
{
    unsigned used = 0;

    *command = NULL;
    request->chinese = locale != NULL && strncmp(locale, "zh", 2) == 0;
    for (int i = 1; i < count; i++) {
        if (strncmp(arguments[i], "--", 2) == 0) {
            if (read_flag(arguments[i], request, &used))
                continue;
            if (i + 1 == count || !read_value(arguments[i], arguments[i + 1], request, &used))
                return false;
            i++;
        } else if (*command == NULL) {
            *command = find_command(arguments[i]);
            if (*command == NULL)
                return false;
        } else if (request->operand_count < VERIFY_OPERANDS_MAX) {
            request->operand[request->operand_count++] = arguments[i];
        } else {
            return false;
        }
    }
    if (request->help)
        return true;
    return *command != NULL && request->operand_count == (*command)->operand_count && (used & ~(*command)->options) == 0
           && ((*command)->run != verify_run_replay || request->replay != NULL);
}

/* ------------------------------------------------------------------ files */

enum zcd_code verify_read_file(const char *path, size_t size_max, struct buffer *content, struct zcd_error *err)
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

enum zcd_code verify_read_vkey(const char *key, struct note_vkey *vkey, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};

    if (key[0] != '@')
        return note_vkey_parse(key, vkey, err);
    enum zcd_code code = verify_read_file(key + 1, VKEY_FILE_SIZE_MAX, &text, err);
    if (code != ZCD_OK)
        return code;
    if (text.size > 0 && text.data[text.size - 1] == '\n')
        text.data[--text.size] = '\0';
    if (text.size == 0 || memchr(text.data, '\0', text.size) != NULL)
        return zcd_fail(err, ZCD_INVALID, "key file does not hold one line with a verifier key");
    return note_vkey_parse((const char *)text.data, vkey, err);
}

/* ------------------------------------------------------------------ what is said */

struct fault_row {
    enum verify_fault fault;
    const char *name, *zh, *en;
};

static const struct fault_row FAULTS[] = {
#define VERIFY_FAULT(number, symbol, text, chinese, english) {VERIFY_FAULT_##symbol, text, chinese, english},
#include "audit/verify_faults.def"
#undef VERIFY_FAULT
};

static const struct fault_row *row_of(enum verify_fault fault)
{
    for (size_t i = 0; i < sizeof FAULTS / sizeof FAULTS[0]; i++) {
        if (FAULTS[i].fault == fault)
            return &FAULTS[i];
    }
    assert(false && "every fault has a row");
    return NULL;
}

struct verify_report verify_report_new(void)
{
    return (struct verify_report){.index = VERIFY_NO_INDEX, .bad_from = VERIFY_NO_INDEX, .bad_to = VERIFY_NO_INDEX};
}

void verify_report_fault(struct verify_report *report, enum verify_fault fault)
{
    report->fault = fault;
}

static void append_member(struct buffer *json, const char *start, const char *text)
{
    buffer_append_text(json, start);
    canonical_json_append_string(json, bytes_of_text(text));
}

/* Members in canonical order. Indices are decimal strings where they may exceed 2^53; here they never do. */
static void append_fault(const struct verify_report *report, struct buffer *json)
{
    append_member(json, "{\"detail\":", report->detail.message);
    append_member(json, ",\"fault\":", row_of(report->fault)->name);
    if (report->bad_from != VERIFY_NO_INDEX)
        buffer_append_format(json, ",\"first_bad_from\":%" PRIu64 ",\"first_bad_to\":%" PRIu64, report->bad_from,
                             report->bad_to);
    append_member(json, ",\"verdict\":", "not_verified");
}

static void append_shown(const struct verify_report *report, bool authenticated, struct buffer *json)
{
    char root[SHA256_TEXT_SIZE];
    const char *separator = "{";

    if (report->index != VERIFY_NO_INDEX) {
        buffer_append_format(json, "{\"index\":%" PRIu64, report->index);
        separator = ",";
    }
    buffer_append_text(json, separator);
    append_member(json, "\"origin\":", report->checkpoint.origin);
    append_member(json, ",\"root\":", sha256_format(&report->checkpoint.root, root));
    buffer_append_format(json, ",\"size\":%" PRIu64, report->checkpoint.size);
    append_member(json, ",\"verdict\":", authenticated ? "verified" : "intact");
}

static void say_in_json(const struct verify_request *request, const struct verify_report *report, bool authenticated)
{
    ZCD_AUTO(buffer_done)
    struct buffer json = {0};

    if (report->fault != VERIFY_FAULT_NONE)
        append_fault(report, &json);
    else
        append_shown(report, authenticated, &json);
    buffer_append_text(&json, "}\n");
    (void)fwrite(json.data, 1, json.size, request->out);
}

static void say_where(const struct verify_request *request, const struct verify_report *report)
{
    if (report->bad_from == VERIFY_NO_INDEX)
        return;
    if (report->bad_to == report->bad_from + 1)
        fprintf(request->out,
                request->chinese ? ";第一条有问题的记录是第 %" PRIu64 " 号"
                                 : "; the first bad record is number %" PRIu64,
                report->bad_from);
    else
        fprintf(request->out,
                request->chinese ? ";第一条有问题的记录在第 %" PRIu64 " 号至第 %" PRIu64 " 号之间"
                                 : "; the first bad record is one of the numbers %" PRIu64 " to %" PRIu64,
                report->bad_from, report->bad_to - 1);
}

static void say_in_words(const struct verify_request *request, const struct verify_report *report, bool authenticated)
{
    const bool chinese = request->chinese;

    if (report->fault != VERIFY_FAULT_NONE) {
        fprintf(request->out, chinese ? "未通过验证:%s" : "Not verified: %s",
                chinese ? row_of(report->fault)->zh : row_of(report->fault)->en);
        say_where(request, report);
        fputs(chinese ? "。\n" : ".\n", request->out);
        return;
    }
    if (authenticated)
        fprintf(request->out, chinese ? "已验证:%s。\n" : "Verified: %s.\n", chinese ? report->zh : report->en);
    else
        fprintf(request->out,
                chinese ? "内容完整,但未经认证(没有给出公钥,任何人都可能制作):%s。\n"
                        : "Intact, not authenticated (no key was given, so anybody may have made it): %s.\n",
                chinese ? report->zh : report->en);
}

int verify_say(const struct verify_request *request, const struct verify_report *report, bool authenticated)
{
    if (request->json)
        say_in_json(request, report, authenticated);
    else
        say_in_words(request, report, authenticated);
    return report->fault == VERIFY_FAULT_NONE && authenticated ? VERIFY_VERIFIED : VERIFY_NOT_VERIFIED;
}

int verify_complain(const struct verify_request *request, const char *what, const struct zcd_error *err)
{
    fprintf(request->problems, "%s: %s: %s%s%s\n", request->chinese ? "无法读取" : "Could not be read", what,
            err->pointer, err->pointer[0] == '\0' ? "" : ": ", err->message);
    return VERIFY_UNREADABLE;
}

/* ------------------------------------------------------------------ the command */

int verify_run(int argument_count, char *const *arguments, const char *locale, verify_replay *replay, FILE *out,
               FILE *problems)
{
    struct verify_request request = {.out = out, .problems = problems, .replay = replay};
    const struct command *command;

    if (!read_request(argument_count, arguments, locale, &request, &command)) {
        fputs(USAGE, problems);
        return VERIFY_UNREADABLE;
    }
    if (request.help) {
        fputs(USAGE, out);
        return VERIFY_VERIFIED;
    }
    int status = command->run(&request);
    if (fflush(out) != 0)
        return VERIFY_UNREADABLE; /* a verdict nobody could read is none */
    return status;
}
