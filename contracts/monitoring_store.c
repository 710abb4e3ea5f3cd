#include "contracts/monitoring_store.h"

/* clang-format off */
#define MONITORING_EVENT_KEY(C, ROW) C(ROW, event_id, ID, id, NULL)
#define MONITORING_EVENT_VALUES(C, ROW) \
    C(ROW, on_day,      DATE, on, NULL) \
    C(ROW, kind,        TEXT, kind, NULL) \
    C(ROW, contract_id, TEXT, contract_id, NULL) \
    C(ROW, note,        TEXT, note, NULL)
FACT_TABLE_OF_EVENTS(MONITORING_EVENT_FACTS, "monitoring_event", struct monitoring_event_row, MONITORING_EVENT);

#define VISIT_KEY(C, ROW) C(ROW, visit_id, ID, id, NULL)
#define VISIT_VALUES(C, ROW) \
    C(ROW, on_day,  DATE, on, NULL) \
    C(ROW, visitor, TEXT, visitor, NULL) \
    C(ROW, place,   TEXT, place, NULL) \
    C(ROW, note,    TEXT, note, NULL)
FACT_TABLE_OF_EVENTS(VISIT_FACTS, "visit", struct visit_row, VISIT);

#define MATCHING_MEETING_KEY(C, ROW) C(ROW, meeting_id, ID, id, NULL)
#define MATCHING_MEETING_VALUES(C, ROW) \
    C(ROW, on_day,    DATE, on, NULL) \
    C(ROW, organiser, TEXT, organiser, NULL) \
    C(ROW, place,     TEXT, place, NULL) \
    C(ROW, outcome,   TEXT, outcome, NULL)
FACT_TABLE_OF_EVENTS(MATCHING_MEETING_FACTS, "matching_meeting", struct matching_meeting_row, MATCHING_MEETING);
/* clang-format on */
