#include "contracts/import/import_report.h"

static const char *const SEVERITIES[] = {
    [IMPORT_NOTE] = "note", [IMPORT_DOUBT] = "kept_with_doubt", [IMPORT_REFUSED] = "not_kept"};

const char *import_severity_name(enum import_severity severity)
{
    return SEVERITIES[severity];
}
