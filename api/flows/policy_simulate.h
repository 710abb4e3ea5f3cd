/*
 * policy_simulate.h - decides a folder of dossiers under two policies, and keeps what differs.
 *
 * Reads only; there is no path from here to a database or a log. Thread: the caller's one at a time; it starts workers of its own.
 */
#ifndef API_FLOWS_POLICY_SIMULATE_H
#define API_FLOWS_POLICY_SIMULATE_H

#include "api/codec/simulation_encode.h"
#include "api/flows/policy.h"

#define SIMULATION_THREADS_MAX 64

/* Called for each bad file as it is met; the row lives until the call returns. */
typedef void simulation_bad_met(const struct simulation_bad *bad);

/*
 * Decide every file of the folder whose name ends in ".json", each on its own day, and count them in the order of the names'
 * bytes: the result is the same for any number of threads. Of the folder only the names are held, and four dossiers a
 * thread. A bad file is noted and the run goes on.
 *
 *   folder      in   not searched further down
 *   threads     in   1 to SIMULATION_THREADS_MAX, each with 10 MB of its own
 *   bad_met     in   NULL: nobody is told; called on the caller's thread, in order
 *   simulation  out  start with {0}, release with policy_simulation_done, on failure too
 *
 * ZCD_UNAVAILABLE when no thread can be started; ZCD_NOT_FOUND when the folder cannot be read or holds no such file.
 */
enum zcd_code policy_simulate(const struct loaded_policy policies[COMPARISON_SIDES], const char *folder, size_t threads,
                              simulation_bad_met *bad_met, struct simulation *simulation,
                              struct zcd_error *err) ZCD_MUST_USE;
void policy_simulation_done(struct simulation *simulation);

#endif
