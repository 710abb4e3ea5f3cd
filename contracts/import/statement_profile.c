#include "contracts/import/statement_profile.h"

#include "base/cleanup.h"
#include "contracts/folded_text.h"

#include <assert.h>
#include <jansson.h>
#include <stdbool.h>
#include <string.h>

enum { PROFILE_SIZE_MAX = 65536, WORD_SIZE_MAX = 200 };

static const char *const COLUMN_NAMES[STATEMENT_COLUMN_COUNT] = {
    [STATEMENT_DATE] = "date",       [STATEMENT_IN] = "in",
    [STATEMENT_OUT] = "out",         [STATEMENT_AMOUNT] = "amount",
    [STATEMENT_DIRECTION] = "direction", [STATEMENT_PAYER_NAME] = "payer_name",
    [STATEMENT_NOTE] = "note",       [STATEMENT_ID] = "id",
    [STATEMENT_ACCOUNT] = "account", [STATEMENT_CURRENCY] = "currency",
    [STATEMENT_BALANCE] = "balance",
};

static void free_json(json_t **json)
{
    json_decref(*json);
}

static const char *fold_in_arena(const char *text, struct arena *arena)
{
    ZCD_AUTO(buffer_done) struct buffer folded = {0};

    text_fold(text, &folded);
    return arena_copy_bytes(arena, folded.data, folded.size);
}

static enum zcd_code read_words(const json_t *array, struct arena *arena, struct statement_words *words, struct zcd_error *err)
{
    if (!json_is_array(array))
        return zcd_fail(err, ZCD_INVALID, "not an array of texts");
    if (json_array_size(array) > STATEMENT_NAMES_MAX)
        return zcd_fail(err, ZCD_INVALID, "more than %d texts", STATEMENT_NAMES_MAX);
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *word = json_string_value(json_array_get(array, i));
        if (word == NULL || word[0] == '\0' || strlen(word) > WORD_SIZE_MAX) {
            (void)zcd_fail(err, ZCD_INVALID, "not a text of 1 to %d bytes", WORD_SIZE_MAX);
            return zcd_fail_within_index(err, i);
        }
        words->words[words->count++] = fold_in_arena(word, arena);
    }
    return ZCD_OK;
}

static enum zcd_code read_columns(json_t *object, struct arena *arena, struct statement_profile *profile, struct zcd_error *err)
{
    const char *key;
    json_t *value;

    if (!json_is_object(object))
        return zcd_fail(err, ZCD_INVALID, "not an object");
    json_object_foreach(object, key, value) {
        size_t column = 0;
        while (column < STATEMENT_COLUMN_COUNT && strcmp(COLUMN_NAMES[column], key) != 0)
            column++;
        if (column == STATEMENT_COLUMN_COUNT)
            (void)zcd_fail(err, ZCD_INVALID, "no such column");
        if (column == STATEMENT_COLUMN_COUNT || read_words(value, arena, &profile->columns[column], err) != ZCD_OK)
            return zcd_fail_within(err, key);
    }
    bool has_two = profile->columns[STATEMENT_IN].count > 0 && profile->columns[STATEMENT_OUT].count > 0;
    if (profile->columns[STATEMENT_DATE].count == 0 || profile->columns[STATEMENT_PAYER_NAME].count == 0)
        return zcd_fail(err, ZCD_INVALID, "date and payer_name are required");
    if (!has_two && profile->columns[STATEMENT_AMOUNT].count == 0)
        return zcd_fail(err, ZCD_INVALID, "either in and out or amount is required");
    return ZCD_OK;
}

static enum zcd_code read_text(const json_t *value, struct arena *arena, const char **text, struct zcd_error *err)
{
    if (json_string_length(value) == 0)
        return zcd_fail(err, ZCD_INVALID, "not a text, or empty");
    *text = arena_copy_text(arena, json_string_value(value));
    return ZCD_OK;
}

static enum zcd_code read_bank(json_t *value, struct arena *arena, struct statement_profile *profile, struct zcd_error *err)
{
    if (json_object_size(value) != 2)
        return zcd_fail(err, ZCD_INVALID, "not an object of zh and en");
    enum zcd_code code = read_text(json_object_get(value, "zh"), arena, &profile->bank_zh, err);
    return code == ZCD_OK ? read_text(json_object_get(value, "en"), arena, &profile->bank_en, err) : code;
}

static enum zcd_code read_member(const char *key, json_t *value, struct arena *arena, struct statement_profile *profile,
                                 struct zcd_error *err)
{
    if (strcmp(key, "name") == 0)
        return read_text(value, arena, &profile->name, err);
    if (strcmp(key, "bank") == 0)
        return read_bank(value, arena, profile, err);
    if (strcmp(key, "source") == 0)
        return read_text(value, arena, &profile->source, err);
    if (strcmp(key, "columns") == 0)
        return read_columns(value, arena, profile, err);
    if (strcmp(key, "in_words") == 0)
        return read_words(value, arena, &profile->in_words, err);
    if (strcmp(key, "out_words") == 0)
        return read_words(value, arena, &profile->out_words, err);
    if (strcmp(key, "account_labels") == 0)
        return read_words(value, arena, &profile->account_labels, err);
    if (strcmp(key, "footer_words") == 0)
        return read_words(value, arena, &profile->footer_words, err);
    return zcd_fail(err, ZCD_INVALID, "no such member");
}

enum zcd_code statement_profile_decode(struct bytes text, struct arena *arena, struct statement_profile *profile, struct zcd_error *err)
{
    static const char *const REQUIRED[] = {"name", "bank", "source", "columns"};
    struct statement_profile read = {0};
    json_error_t fault;
    const char *key;
    json_t *value;

    if (text.size > PROFILE_SIZE_MAX)
        return zcd_fail(err, ZCD_INVALID, "the profile has more than %d bytes", PROFILE_SIZE_MAX);
    ZCD_AUTO(free_json) json_t *root = json_loadb((const char *)text.data, text.size, JSON_REJECT_DUPLICATES, &fault);
    if (!json_is_object(root))
        return zcd_fail(err, ZCD_INVALID, "the profile is no JSON object");
    for (size_t i = 0; i < sizeof REQUIRED / sizeof *REQUIRED; i++) {
        if (json_object_get(root, REQUIRED[i]) == NULL)
            return zcd_fail(err, ZCD_INVALID, "the profile has no %s", REQUIRED[i]);
    }
    json_object_foreach(root, key, value) {
        if (read_member(key, value, arena, &read, err) != ZCD_OK)
            return zcd_fail_within(err, key);
    }
    *profile = read;
    return ZCD_OK;
}

enum zcd_code statement_profile_load(const char *name, struct arena *arena, const struct statement_profile **profiles, size_t *count,
                                     struct zcd_error *err)
{
    struct statement_profile *loaded = ARENA_NEW(arena, struct statement_profile, STATEMENT_PROFILE_FILE_COUNT + 1);
    size_t loaded_count = 0;

    for (size_t i = 0; i < STATEMENT_PROFILE_FILE_COUNT; i++) {
        const struct statement_profile_file *file = &STATEMENT_PROFILE_FILES[i];
        if (name != NULL && strcmp(name, file->name) != 0)
            continue;
        enum zcd_code code = statement_profile_decode((struct bytes){file->text, file->size}, arena, &loaded[loaded_count], err);
        if (code != ZCD_OK)
            return code;
        loaded_count++;
    }
    if (loaded_count == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "no statement profile is called %s", name == NULL ? "" : name);
    *profiles = loaded;
    *count = loaded_count;
    return ZCD_OK;
}
