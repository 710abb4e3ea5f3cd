#include "api/http/fair_queue.h"

#include "base/arena.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SHARE_MIN = 2 };

/* A list of nodes, first to be taken first. */
struct list {
    struct node *first, *last;
};

/* An item, a member with its items, or a group with its members. */
struct node {
    struct node *next;
    struct list inner;
    size_t count; /* of the items inside */
    char *name;   /* on the heap; NULL for an item */
    void *item;
};

struct fair_queue {
    size_t places, group_share, member_share;
    size_t count;
    struct list groups;
    struct list unused; /* nodes that were made before */
    struct arena arena;
};

static void append(struct list *list, struct node *node)
{
    node->next = NULL;
    if (list->first == NULL)
        list->first = node;
    else
        list->last->next = node;
    list->last = node;
}

static struct node *remove_first(struct list *list)
{
    struct node *node = list->first;

    if (node != NULL)
        list->first = node->next;
    return node;
}

static size_t share_of(size_t places, size_t part)
{
    size_t share = (places + part - 1) / part;
    return share < SHARE_MIN ? SHARE_MIN : share;
}

struct fair_queue *fair_queue_new(size_t places)
{
    struct arena arena = {0};
    struct fair_queue *queue = ARENA_NEW(&arena, struct fair_queue, 1);

    assert(places > 0);
    queue->places = places;
    queue->group_share = share_of(places, 2);
    queue->member_share = share_of(places, 4);
    queue->arena = arena;
    return queue;
}

static void free_names(const struct list *list)
{
    for (struct node *node = list->first; node != NULL; node = node->next) {
        free_names(&node->inner);
        free(node->name);
    }
}

void fair_queue_free(struct fair_queue *queue)
{
    if (queue == NULL)
        return;
    free_names(&queue->groups);
    struct arena arena = queue->arena; /* which the queue itself lives in */
    arena_done(&arena);
}

/* As many nodes are made as were ever in use at once: at most three for each place. */
static struct node *new_node(struct fair_queue *queue)
{
    struct node *node = remove_first(&queue->unused);

    if (node == NULL)
        node = ARENA_NEW(&queue->arena, struct node, 1);
    *node = (struct node){.next = NULL};
    return node;
}

static void drop_node(struct fair_queue *queue, struct node *node)
{
    free(node->name);
    node->name = NULL;
    append(&queue->unused, node);
}

/* There are no more of them than places, and few as a rule: looking through them costs less than keeping an index. */
static struct node *find(const struct list *list, const char *name)
{
    for (struct node *node = list->first; node != NULL; node = node->next) {
        if (strcmp(node->name, name) == 0)
            return node;
    }
    return NULL;
}

static struct node *find_or_make(struct fair_queue *queue, struct list *list, const char *name)
{
    struct node *node = find(list, name);

    if (node != NULL)
        return node;
    node = new_node(queue);
    node->name = strdup(name);
    if (node->name == NULL)
        abort(); /* out of memory, as in base */
    append(list, node);
    return node;
}

bool fair_queue_put(struct fair_queue *queue, const char *group_name, const char *member_name, void *item)
{
    const struct node *group_there = find(&queue->groups, group_name);
    const struct node *member_there = group_there == NULL ? NULL : find(&group_there->inner, member_name);

    if (queue->count == queue->places || (group_there != NULL && group_there->count >= queue->group_share)
        || (member_there != NULL && member_there->count >= queue->member_share))
        return false;
    struct node *group = find_or_make(queue, &queue->groups, group_name);
    struct node *member = find_or_make(queue, &group->inner, member_name);
    struct node *node = new_node(queue);
    node->item = item;
    append(&member->inner, node);
    member->count++;
    group->count++;
    queue->count++;
    return true;
}

/* Who still has something goes to the end of the turn. */
static void return_node(struct fair_queue *queue, struct list *list, struct node *node)
{
    if (--node->count > 0)
        append(list, node);
    else
        drop_node(queue, node);
}

void *fair_queue_take(struct fair_queue *queue)
{
    struct node *group = remove_first(&queue->groups);

    if (group == NULL)
        return NULL;
    struct node *member = remove_first(&group->inner);
    struct node *node = remove_first(&member->inner);
    void *item = node->item;
    drop_node(queue, node);
    return_node(queue, &group->inner, member);
    return_node(queue, &queue->groups, group);
    queue->count--;
    return item;
}

size_t fair_queue_count(const struct fair_queue *queue)
{
    return queue->count;
}
