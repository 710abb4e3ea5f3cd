/* What others than the log say of its checkpoint: witnesses and time-stamping authorities. */
#include "audit/verify_internal.h"

#include "audit/timestamp.h"
#include "base/cleanup.h"

#include <stdlib.h>

enum { PEM_SIZE_MAX = 1024 * 1024 };

void verify_others_done(struct verify_others *others)
{
    free(others->policy);
    buffer_done(&others->tsa_pem);
}

static enum zcd_code read_policy(const char *path, struct verify_others *others, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};

    enum zcd_code code = verify_read_file(path, WITNESS_POLICY_SIZE_MAX, &text, err);
    if (code != ZCD_OK)
        return code;
    others->policy = malloc(sizeof *others->policy);
    if (others->policy == NULL)
        abort();
    return witness_policy_parse(buffer_bytes(&text), others->policy, err);
}

enum zcd_code verify_read_others(const struct verify_request *request, struct verify_others *others,
                                 struct zcd_error *err)
{
    enum zcd_code code = ZCD_OK;

    others->timestamped_s = -1;
    if (request->policy != NULL)
        code = read_policy(request->policy, others, err);
    if (code == ZCD_OK && request->tsa != NULL)
        code = verify_read_file(request->tsa, PEM_SIZE_MAX, &others->tsa_pem, err);
    return code;
}

static bool check_witnesses(struct verify_others *others, const struct note *note, struct verify_report *report)
{
    if (others->policy == NULL)
        return true;
    enum zcd_code code = witness_policy_check(others->policy, note, &others->cosigned, &report->detail);
    if (code != ZCD_OK)
        verify_report_fault(report,
                            code == ZCD_CORRUPT ? VERIFY_FAULT_COSIGNATURE_BAD : VERIFY_FAULT_WITNESSES_TOO_FEW);
    return code == ZCD_OK;
}

static bool check_timestamp(struct verify_others *others, const struct note *note, struct bytes token,
                            struct verify_report *report)
{
    if (others->tsa_pem.size == 0)
        return true;
    if (token.size == 0) {
        (void)zcd_fail(&report->detail, ZCD_INVALID, "there is no checkpoint.tsr");
        verify_report_fault(report, VERIFY_FAULT_TIMESTAMP_MISSING);
        return false;
    }
    if (timestamp_verify(token, note->text, buffer_bytes(&others->tsa_pem), &others->timestamped_s, &report->detail)
        == ZCD_OK)
        return true;
    verify_report_fault(report, VERIFY_FAULT_TIMESTAMP_BAD);
    return false;
}

bool verify_check_others(struct verify_others *others, struct bytes note, struct bytes token,
                         struct verify_report *report)
{
    struct note parsed;

    if (note_parse(note, &parsed, &report->detail) != ZCD_OK) {
        verify_report_fault(report, VERIFY_FAULT_CHECKPOINT_MALFORMED);
        return false;
    }
    return check_witnesses(others, &parsed, report) && check_timestamp(others, &parsed, token, report);
}
