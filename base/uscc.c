#include "base/uscc.h"

#include "base/reference_internal.h"

#include <assert.h>
#include <string.h>

/* GB 32100-2015: a character's index here is its value in the check sum. */
static const char ALPHABET[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
enum {
    RADIX = sizeof ALPHABET - 1,
    BODY_LENGTH = USCC_LENGTH - 1,
    ORGANISATION_START = 8, /* the organisation code: 8 characters and its own check character */
    ORGANISATION_LENGTH = 8,
    ORGANISATION_MODULUS = 11
};
static_assert(RADIX == 31, "GB 32100-2015 has 31 characters");

/* 0..30, or -1 for a character outside the alphabet. */
static int value_of(char c)
{
    const char *found = c == '\0' ? NULL : strchr(ALPHABET, c);
    return found == NULL ? -1 : (int)(found - ALPHABET);
}

/* GB 32100-2015: weights 3^i mod 31. */
static char check_character(const char body[static BODY_LENGTH])
{
    int sum = 0;
    int weight = 1;

    for (int i = 0; i < BODY_LENGTH; i++) {
        sum += value_of(body[i]) * weight;
        weight = weight * 3 % RADIX;
    }
    return ALPHABET[(RADIX - sum % RADIX) % RADIX];
}

/* GB 11714-1997: here a letter's value is its place in the whole alphabet, A 10 ... Z 35, and 10 is written X. */
static char organisation_check_character(const char code[static ORGANISATION_LENGTH])
{
    static const int WEIGHT[ORGANISATION_LENGTH] = {3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;

    for (int i = 0; i < ORGANISATION_LENGTH; i++) {
        int value = code[i] <= '9' ? code[i] - '0' : code[i] - 'A' + 10;
        sum += value * WEIGHT[i];
    }
    return "0123456789X"[(ORGANISATION_MODULUS - sum % ORGANISATION_MODULUS) % ORGANISATION_MODULUS];
}

static bool is_pilot_exception(const char *text)
{
    for (size_t i = 0; i < USCC_PILOT_EXCEPTION_COUNT; i++) {
        if (strcmp(text, USCC_PILOT_EXCEPTIONS[i]) == 0)
            return true;
    }
    return false;
}

/* 18 characters of the alphabet. */
static enum zcd_code check_sums(const char *text, struct zcd_error *err)
{
    const char *organisation = text + ORGANISATION_START;

    if (is_pilot_exception(text))
        return ZCD_OK;
    if (text[BODY_LENGTH] != check_character(text))
        return zcd_fail(err, ZCD_INVALID, "USCC check character does not match");
    if (organisation[ORGANISATION_LENGTH] != organisation_check_character(organisation))
        return zcd_fail(err, ZCD_INVALID, "check character of the organisation code in the USCC does not match");
    return ZCD_OK;
}

enum zcd_code uscc_parse(const char *text, struct uscc *id, struct zcd_error *err)
{
    assert(text != NULL);
    assert(id != NULL);

    if (strlen(text) != USCC_LENGTH)
        return zcd_fail(err, ZCD_INVALID, "USCC does not have %d characters", USCC_LENGTH);
    for (int i = 0; i < USCC_LENGTH; i++) {
        if (value_of(text[i]) < 0)
            return zcd_fail(err, ZCD_INVALID, "USCC character %d is outside the alphabet", i + 1);
    }
    if (check_sums(text, err) != ZCD_OK)
        return err->code;

    memcpy(id->text, text, sizeof id->text);
    return ZCD_OK;
}

enum uscc_body uscc_body(const struct uscc *id)
{
    static const struct {
        char prefix[3];
        enum uscc_body body;
    } BODIES[] = {
        {"11", USCC_BODY_STATE_ORGAN},        {"12", USCC_BODY_PUBLIC_INSTITUTION},
        {"13", USCC_BODY_MASS_ORGANISATION},  {"51", USCC_BODY_SOCIAL_ASSOCIATION},
        {"52", USCC_BODY_SOCIAL_SERVICE_INSTITUTION}, {"53", USCC_BODY_FOUNDATION},
        {"91", USCC_BODY_ENTERPRISE},
    };
    for (size_t i = 0; i < sizeof BODIES / sizeof *BODIES; i++) {
        if (strncmp(id->text, BODIES[i].prefix, 2) == 0)
            return BODIES[i].body;
    }
    return USCC_BODY_OTHER;
}

bool uscc_equal(const struct uscc *a, const struct uscc *b)
{
    return strcmp(a->text, b->text) == 0;
}
