/*
 * servicing_encode.h - the sections of a decision document that speak of loans after they are made. Each writes one member of the
 * object that is open; members in ascending order, as json_writer.h wants them. Thread: one at a time.
 */
#ifndef API_CODEC_SERVICING_ENCODE_H
#define API_CODEC_SERVICING_ENCODE_H

#include "api/codec/json_writer.h"
#include "scoring/decision.h"

/* "alert_count" and "alerts". */
void servicing_encode_alerts(struct json_writer *json, const struct early_warning_result *alerts);

/* "classification". */
void servicing_encode_classification(struct json_writer *json, const struct classification_result *classification);

/* "deferral", "green_channel", "renewal": null where the application is of another kind. */
void servicing_encode_deferral(struct json_writer *json, const struct deferral_result *deferral);
void servicing_encode_green_channel(struct json_writer *json, const struct green_channel_result *green);
void servicing_encode_renewal(struct json_writer *json, const struct renewal_result *renewal);

#endif
