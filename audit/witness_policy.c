#include "audit/witness_policy.h"

#include "audit/lines_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = WITNESS_POLICY_MEMBERS_MAX + 3, WORD_SIZE = 512 };

/* One line in words; borrowed. */
struct line {
    struct bytes word[WORDS_MAX];
    size_t count;
};

/* ------------------------------------------------------------------ words */

static bool is_allowed(uint8_t byte)
{
    return byte == '\t' || byte >= 0x20;
}

static bool is_space(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

static bool split(struct bytes text, struct line *line)
{
    line->count = 0;
    for (size_t i = 0; i < text.size;) {
        if (text.data[i] == '#')
            return true;
        if (is_space(text.data[i])) {
            i++;
            continue;
        }
        size_t start = i;
        while (i < text.size && !is_space(text.data[i]) && text.data[i] != '#')
            i++;
        if (line->count == WORDS_MAX)
            return false;
        line->word[line->count++] = (struct bytes){text.data + start, i - start};
    }
    return true;
}

static bool word_is(struct bytes word, const char *text)
{
    return bytes_equal(word, bytes_of_text(text));
}

/* Copy a word that fits. */
static bool copy_word(struct bytes word, char *text, size_t size)
{
    if (word.size == 0 || word.size >= size || memchr(word.data, '\0', word.size) != NULL)
        return false;
    memcpy(text, word.data, word.size);
    text[word.size] = '\0';
    return true;
}

static int find_member(const struct witness_policy *policy, struct bytes name)
{
    for (size_t i = 0; i < policy->member_count; i++) {
        if (word_is(name, policy->member[i].name))
            return (int)i;
    }
    return -1;
}

/* ------------------------------------------------------------------ lines; each gives NULL or what is wrong */

static const char *read_key(struct bytes word, enum note_algorithm expected, struct note_vkey *vkey)
{
    char text[WORD_SIZE];
    struct zcd_error err;

    if (!copy_word(word, text, sizeof text) || note_vkey_parse(text, vkey, &err) != ZCD_OK)
        return "not a verifier key";
    return vkey->algorithm == expected ? NULL : "a key of another kind";
}

static bool key_is_known(const struct witness_policy *policy, const struct note_vkey *vkey)
{
    for (size_t i = 0; i < policy->log_count; i++) {
        if (memcmp(&policy->log[i].key, &vkey->key, sizeof vkey->key) == 0)
            return true;
    }
    for (size_t i = 0; i < policy->member_count; i++) {
        if (policy->member[i].needed == 0 && memcmp(&policy->member[i].vkey.key, &vkey->key, sizeof vkey->key) == 0)
            return true;
    }
    return false;
}

static const char *read_log(const struct line *line, struct witness_policy *policy)
{
    struct note_vkey vkey;

    if (line->count < 2 || line->count > 3)
        return "\"log\" takes a key, and a URL maybe";
    if (policy->log_count == WITNESS_POLICY_LOGS_MAX)
        return "too many logs";
    const char *problem = read_key(line->word[1], NOTE_ED25519, &vkey);
    if (problem == NULL && key_is_known(policy, &vkey))
        problem = "the key stands there twice";
    if (problem == NULL)
        policy->log[policy->log_count++] = vkey;
    return problem;
}

static const char *read_name(struct bytes word, struct witness_policy *policy, struct witness_member *member)
{
    if (policy->member_count == WITNESS_POLICY_MEMBERS_MAX)
        return "too many witnesses and groups";
    if (word_is(word, "none") || !copy_word(word, member->name, sizeof member->name))
        return "not a name";
    return find_member(policy, word) < 0 ? NULL : "the name stands there twice";
}

static const char *read_witness(const struct line *line, struct witness_policy *policy)
{
    struct witness_member member = {.group = -1};

    if (line->count < 3 || line->count > 4)
        return "\"witness\" takes a name, a key, and a URL maybe";
    const char *problem = read_name(line->word[1], policy, &member);
    if (problem == NULL)
        problem = read_key(line->word[2], NOTE_COSIGNATURE, &member.vkey);
    if (problem == NULL && key_is_known(policy, &member.vkey))
        problem = "the key stands there twice";
    if (problem == NULL && line->count == 4 && !copy_word(line->word[3], member.url, sizeof member.url))
        problem = "the URL is too long";
    if (problem == NULL)
        policy->member[policy->member_count++] = member;
    return problem;
}

static const char *read_needed(struct bytes word, size_t members, int *needed)
{
    char text[8];
    char *end;

    if (word_is(word, "all")) {
        *needed = (int)members;
        return NULL;
    }
    if (word_is(word, "any")) {
        *needed = 1;
        return NULL;
    }
    if (!copy_word(word, text, sizeof text) || text[0] < '1' || text[0] > '9')
        return "neither all, any nor a number";
    long value = strtol(text, &end, 10);
    if (*end != '\0' || value > (long)members)
        return "a number that cannot be reached";
    *needed = (int)value;
    return NULL;
}

static const char *read_group(const struct line *line, struct witness_policy *policy)
{
    struct witness_member member = {.group = -1};
    const size_t members = line->count < 4 ? 0 : line->count - 3;

    if (members == 0)
        return "\"group\" takes a name, a number and members";
    const char *problem = read_name(line->word[1], policy, &member);
    if (problem == NULL)
        problem = read_needed(line->word[2], members, &member.needed);
    for (size_t i = 0; problem == NULL && i < members; i++) {
        int found = find_member(policy, line->word[3 + i]);
        if (found < 0)
            problem = "a member that is not known above";
        else if (policy->member[found].group >= 0)
            problem = "a member that belongs to a group already";
        else
            policy->member[found].group = (int)policy->member_count;
    }
    if (problem == NULL)
        policy->member[policy->member_count++] = member;
    return problem;
}

static const char *read_quorum(const struct line *line, struct witness_policy *policy, bool *has_quorum)
{
    if (line->count != 2)
        return "\"quorum\" takes a name";
    if (*has_quorum)
        return "a second quorum";
    *has_quorum = true;
    policy->quorum = word_is(line->word[1], "none") ? -1 : find_member(policy, line->word[1]);
    return policy->quorum >= 0 || word_is(line->word[1], "none") ? NULL : "a quorum that is not known above";
}

static const char *read_line(struct bytes text, struct witness_policy *policy, bool *has_quorum)
{
    struct line line;

    for (size_t i = 0; i < text.size; i++) {
        if (!is_allowed(text.data[i]))
            return "a control character";
    }
    if (!split(text, &line))
        return "too many words";
    if (line.count == 0)
        return NULL;
    if (word_is(line.word[0], "log"))
        return read_log(&line, policy);
    if (word_is(line.word[0], "witness"))
        return read_witness(&line, policy);
    if (word_is(line.word[0], "group"))
        return read_group(&line, policy);
    return word_is(line.word[0], "quorum") ? read_quorum(&line, policy, has_quorum) : "an unknown word";
}

enum zcd_code witness_policy_parse(struct bytes text, struct witness_policy *policy, struct zcd_error *err)
{
    bool has_quorum = false;
    struct bytes line;

    *policy = (struct witness_policy){.quorum = -1};
    if (text.size > WITNESS_POLICY_SIZE_MAX)
        return zcd_fail(err, ZCD_INVALID, "the witness policy is too large");
    for (size_t number = 1; text.size > 0; number++) {
        if (!lines_take(&text, &line))
            return zcd_fail(err, ZCD_INVALID, "the witness policy's last line does not end");
        const char *problem = read_line(line, policy, &has_quorum);
        if (problem != NULL)
            return zcd_fail(err, ZCD_INVALID, "witness policy, line %zu: %s", number, problem);
    }
    if (!has_quorum)
        return zcd_fail(err, ZCD_INVALID, "the witness policy has no quorum");
    return ZCD_OK;
}

/* ------------------------------------------------------------------ judging */

enum zcd_code witness_policy_check(const struct witness_policy *policy, const struct note *note, size_t *count,
                                   struct zcd_error *err)
{
    int satisfied[WITNESS_POLICY_MEMBERS_MAX] = {0}; /* members of a group that are; of a witness 1 when it cosigned */
    const struct note_signature *found;
    size_t cosigned = 0;

    /* Members stand above their groups, so one pass is enough. */
    for (size_t i = 0; i < policy->member_count; i++) {
        const struct witness_member *member = &policy->member[i];
        bool is_satisfied = member->needed > 0 && satisfied[i] >= member->needed;
        if (member->needed == 0) {
            enum zcd_code code = note_find_signature(note->text, note->signature, note->signature_count, &member->vkey,
                                                     &found, NULL, err);
            if (code == ZCD_CORRUPT)
                return code;
            is_satisfied = code == ZCD_OK;
            cosigned += is_satisfied ? 1 : 0;
        }
        satisfied[i] = is_satisfied ? 1 : 0;
        if (is_satisfied && member->group >= 0)
            satisfied[member->group]++;
    }
    if (policy->quorum >= 0 && satisfied[policy->quorum] == 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "%zu witnesses cosigned, and that is not the quorum", cosigned);
    *count = cosigned;
    return ZCD_OK;
}
