/*
 * fair_queue.h - a bounded queue in which nobody can starve others, however much of theirs waits.
 *
 * Whoever waits is a member of a group: a user of a bank. What is taken next comes from each group in turn, and within a group
 * from each member in turn; each member's own in the order in which they came. A group may have half of the places, a member
 * a quarter, two at least. Not for several threads at a time: whoever uses it locks.
 */
#ifndef API_HTTP_FAIR_QUEUE_H
#define API_HTTP_FAIR_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

struct fair_queue;

/* With places for so many, at least 1. fair_queue_free. */
struct fair_queue *fair_queue_new(size_t places);
void fair_queue_free(struct fair_queue *queue); /* NULL is fine; what still waits is not its own */

/*
 * Put an item at the end of its member's.
 *   group, member  in  names; copied. Two members of one name in two groups are two.
 * False, and it is not in the queue: no place is left, or none for this group or member.
 */
bool fair_queue_put(struct fair_queue *queue, const char *group, const char *member, void *item);

/* Whose turn it is; NULL when nothing waits. */
void *fair_queue_take(struct fair_queue *queue);

size_t fair_queue_count(const struct fair_queue *queue);

#endif
