/*
 * clerk.h - the thread that does what no request asks for: it states each day when the day is over.
 *
 * Several services on one database each have one; the database lets one of them be first.
 */
#ifndef API_CLERK_H
#define API_CLERK_H

#include "api/app.h"

struct clerk;

/* Begin. app is borrowed until clerk_stop. Without a thread to be had there is none: NULL, and the log of the service says so. */
struct clerk *clerk_start(struct app *app);

/* Let it finish what it has begun, which the log must still be there for. NULL is fine. */
void clerk_stop(struct clerk *clerk);

#endif
