#include "api/flows/policy_simulate.h"

#include "api/codec/dossier_decode.h"
#include "api/file.h"
#include "base/cleanup.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DOSSIER_SIZE_MAX = 8 << 20, SLOTS_A_THREAD = 4 };

/* ------------------------------------------------------------------ names */

static int is_dossier_name(const struct dirent *entry)
{
    size_t size = strlen(entry->d_name);
    return entry->d_name[0] != '.' && size > strlen(".json")
           && strcmp(entry->d_name + size - strlen(".json"), ".json") == 0;
}

/* By bytes, whatever the locale. */
static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* A name is anything but '/' and NUL: shown, it must be text without control characters. */
static const char *name_to_show(struct arena *arena, const char *name)
{
    bool is_text = bytes_are_utf8(bytes_of_text(name));
    char *shown = arena_copy_text(arena, name);

    for (char *at = shown; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte < 0x20 || byte == 0x7F || (byte >= 0x80 && !is_text))
            *at = '?';
    }
    return shown;
}

/* ------------------------------------------------------------------ one dossier */

/* A file on its way: read and decided by a worker, counted by the caller's thread in the order of the names. */
struct slot {
    bool is_done;
    struct arena arena; /* of the dossier and its decisions; emptied once counted */
    const struct dossier *dossier;
    struct decision decisions[COMPARISON_SIDES];
    enum zcd_code code;
    struct zcd_error err; /* where code is not ZCD_OK */
};

static enum zcd_code read_file(const char *folder, const char *name, struct buffer *json, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer path = {0};
    struct stat status;

    buffer_append_format(&path, "%s/%s", folder, name);
    if (stat((const char *)path.data, &status) != 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "the file cannot be read: %s", strerror(errno));
    if (!S_ISREG(status.st_mode)) /* a pipe would keep the run waiting */
        return zcd_fail(err, ZCD_INVALID, "is not a file");
    return file_read((const char *)path.data, DOSSIER_SIZE_MAX, json, err);
}

static void decide_file(const struct loaded_policy *policies, const char *folder, const char *name,
                        struct cashflow_workspace *workspace, struct slot *slot)
{
    ZCD_AUTO(buffer_done)
    struct buffer json = {0};

    slot->code = read_file(folder, name, &json, &slot->err);
    if (slot->code == ZCD_OK)
        slot->code = dossier_decode(buffer_bytes(&json), &slot->arena, &slot->dossier, &slot->err);
    for (int side = 0; side < COMPARISON_SIDES && slot->code == ZCD_OK; side++)
        scoring_decide_once(slot->dossier, policies[side].policy, slot->dossier->as_of, workspace, &slot->arena,
                            &slot->decisions[side]);
}

/* ------------------------------------------------------------------ workers */

/* The ring holds what is being decided and what waits to be counted: workers run ahead of the count by its size only. */
struct run {
    const struct loaded_policy *policies;
    const char *folder;
    struct dirent **entries;
    size_t count;
    struct slot *ring;
    size_t ring_size;
    pthread_mutex_t lock; /* of the three below, and of is_done */
    pthread_cond_t moved; /* something was done, or a slot is free again */
    size_t taken;
    size_t counted;
};

/* The next file that has a free slot; false when there is none left. */
static bool take(struct run *run, size_t *index)
{
    (void)pthread_mutex_lock(&run->lock);
    while (run->taken < run->count && run->taken >= run->counted + run->ring_size)
        (void)pthread_cond_wait(&run->moved, &run->lock);
    bool has_one = run->taken < run->count;
    if (has_one)
        *index = run->taken++;
    (void)pthread_mutex_unlock(&run->lock);
    return has_one;
}

static void set_done(struct run *run, struct slot *slot)
{
    (void)pthread_mutex_lock(&run->lock);
    slot->is_done = true;
    (void)pthread_cond_broadcast(&run->moved);
    (void)pthread_mutex_unlock(&run->lock);
}

static void *work(void *context)
{
    struct run *run = context;
    struct cashflow_workspace *workspace = cashflow_workspace_new();
    size_t index = 0;

    while (take(run, &index)) {
        struct slot *slot = &run->ring[index % run->ring_size];
        decide_file(run->policies, run->folder, run->entries[index]->d_name, workspace, slot);
        set_done(run, slot);
    }
    cashflow_workspace_free(workspace);
    return NULL;
}

static struct slot *wait_for(struct run *run, size_t index)
{
    struct slot *slot = &run->ring[index % run->ring_size];

    (void)pthread_mutex_lock(&run->lock);
    while (!slot->is_done)
        (void)pthread_cond_wait(&run->moved, &run->lock);
    (void)pthread_mutex_unlock(&run->lock);
    return slot;
}

static void set_counted(struct run *run, struct slot *slot)
{
    arena_reset(&slot->arena);
    (void)pthread_mutex_lock(&run->lock);
    slot->is_done = false;
    run->counted++;
    (void)pthread_cond_broadcast(&run->moved);
    (void)pthread_mutex_unlock(&run->lock);
}

/* ------------------------------------------------------------------ counting */

static void keep_bad(struct simulation *simulation, const char *name, const struct slot *slot,
                     simulation_bad_met *bad_met)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    const struct simulation_bad bad = {name_to_show(&arena, name), slot->err.pointer, slot->err.message};

    simulation->bad_total++;
    if (bad_met != NULL)
        bad_met(&bad);
    if (simulation->bad_count == SIMULATION_BAD_MAX)
        return;
    simulation->bad[simulation->bad_count++] = (struct simulation_bad){
        arena_copy_text(&simulation->arena, bad.file), arena_copy_text(&simulation->arena, bad.pointer),
        arena_copy_text(&simulation->arena, bad.message)};
}

static size_t kept_swaps(const struct simulation *simulation, enum comparison_swap swap)
{
    size_t count = 0;

    for (size_t i = 0; i < simulation->swap_count; i++)
        count += simulation->swaps[i].swap == swap ? 1 : 0;
    return count;
}

static void keep_swap(struct simulation *simulation, const char *name,
                      const struct decision *const decisions[COMPARISON_SIDES])
{
    enum comparison_swap swap = comparison_swap_of(decisions);

    if (swap == COMPARISON_BOTH || swap == COMPARISON_NEITHER || kept_swaps(simulation, swap) == SIMULATION_SWAPS_MAX)
        return;
    struct simulation_swap row = {.file = name_to_show(&simulation->arena, name), .swap = swap};
    for (int side = 0; side < COMPARISON_SIDES; side++)
        row.answers[side] = comparison_answer_of(decisions[side]);
    simulation->swaps[simulation->swap_count++] = row;
}

static void count_in(const struct loaded_policy *policies, const char *name, const struct slot *slot,
                     struct simulation *simulation)
{
    const struct policy *const both[COMPARISON_SIDES] = {policies[COMPARISON_CHAMPION].policy,
                                                         policies[COMPARISON_CHALLENGER].policy};
    const struct decision *const decisions[COMPARISON_SIDES] = {&slot->decisions[COMPARISON_CHAMPION],
                                                                &slot->decisions[COMPARISON_CHALLENGER]};

    policy_comparison_add(&simulation->comparison, slot->dossier, both, decisions);
    keep_swap(simulation, name, decisions);
}

static void count_all(struct run *run, simulation_bad_met *bad_met, struct simulation *simulation)
{
    for (size_t i = 0; i < run->count; i++) {
        const char *name = run->entries[i]->d_name;
        struct slot *slot = wait_for(run, i);
        if (slot->code == ZCD_OK)
            count_in(run->policies, name, slot, simulation);
        else
            keep_bad(simulation, name, slot, bad_met);
        set_counted(run, slot);
    }
}

/* ------------------------------------------------------------------ the folder */

/* At least one thread must start; fewer than wanted only take longer. */
static enum zcd_code run_threads(struct run *run, size_t threads, simulation_bad_met *bad_met,
                                 struct simulation *simulation, struct zcd_error *err)
{
    pthread_t ids[SIMULATION_THREADS_MAX];
    size_t started = 0;

    while (started < threads && pthread_create(&ids[started], NULL, work, run) == 0)
        started++;
    if (started > 0)
        count_all(run, bad_met, simulation);
    for (size_t i = 0; i < started; i++)
        (void)pthread_join(ids[i], NULL);
    return started > 0 ? ZCD_OK : zcd_fail(err, ZCD_UNAVAILABLE, "no thread can be started");
}

static enum zcd_code simulate(struct run *run, size_t threads, simulation_bad_met *bad_met,
                              struct simulation *simulation, struct zcd_error *err)
{
    struct arena arena = {0};

    run->ring_size = SLOTS_A_THREAD * threads;
    run->ring = ARENA_NEW(&arena, struct slot, run->ring_size);
    (void)pthread_mutex_init(&run->lock, NULL);
    (void)pthread_cond_init(&run->moved, NULL);
    enum zcd_code code = run_threads(run, threads, bad_met, simulation, err);
    (void)pthread_cond_destroy(&run->moved);
    (void)pthread_mutex_destroy(&run->lock);
    for (size_t i = 0; i < run->ring_size; i++)
        arena_done(&run->ring[i].arena);
    arena_done(&arena);
    return code;
}

enum zcd_code policy_simulate(const struct loaded_policy policies[COMPARISON_SIDES], const char *folder, size_t threads,
                              simulation_bad_met *bad_met, struct simulation *simulation, struct zcd_error *err)
{
    assert(threads > 0);
    assert(threads <= SIMULATION_THREADS_MAX);

    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_dossier_name, compare_names);
    if (count < 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "the folder cannot be read: %s", strerror(errno));

    struct run run = {.policies = policies, .folder = folder, .entries = entries, .count = (size_t)count};
    enum zcd_code code = count > 0 ? simulate(&run, threads, bad_met, simulation, err)
                                   : zcd_fail(err, ZCD_NOT_FOUND, "the folder holds no dossier (NAME.json)");
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    return code;
}

void policy_simulation_done(struct simulation *simulation)
{
    arena_done(&simulation->arena);
    *simulation = (struct simulation){0};
}
