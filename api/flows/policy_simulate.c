#include "api/flows/policy_simulate.h"

#include "api/codec/dossier_decode.h"
#include "api/file.h"
#include "base/cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DOSSIER_SIZE_MAX = 8 << 20 };

/* ------------------------------------------------------------------ names */

static int is_dossier_name(const struct dirent *entry)
{
    size_t size = strlen(entry->d_name);
    return entry->d_name[0] != '.' && size > strlen(".json") && strcmp(entry->d_name + size - strlen(".json"), ".json") == 0;
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

/* What a run over the folder has in hand; the arena is emptied after each dossier. */
struct run {
    const struct loaded_policy *policies;
    const char *folder;
    struct cashflow_workspace *workspace;
    simulation_bad_met *bad_met;
    struct simulation *simulation;
    struct arena arena;
    struct buffer json;
};

static enum zcd_code read_dossier(struct run *run, const char *name, const struct dossier **dossier, struct zcd_error *err)
{
    ZCD_AUTO(buffer_done)
    struct buffer path = {0};
    struct stat status;

    buffer_append_format(&path, "%s/%s", run->folder, name);
    buffer_clear(&run->json);
    if (stat((const char *)path.data, &status) != 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "the file cannot be read: %s", strerror(errno));
    if (!S_ISREG(status.st_mode)) /* a pipe would keep the run waiting */
        return zcd_fail(err, ZCD_INVALID, "is not a file");
    enum zcd_code code = file_read((const char *)path.data, DOSSIER_SIZE_MAX, &run->json, err);
    return code != ZCD_OK ? code : dossier_decode(buffer_bytes(&run->json), &run->arena, dossier, err);
}

static void keep_bad(struct run *run, const char *name, const struct zcd_error *err)
{
    struct simulation *simulation = run->simulation;
    struct simulation_bad bad = {name_to_show(&run->arena, name), err->pointer, err->message};

    simulation->bad_total++;
    if (run->bad_met != NULL)
        run->bad_met(&bad);
    if (simulation->bad_count == SIMULATION_BAD_MAX)
        return;
    bad = (struct simulation_bad){arena_copy_text(&simulation->arena, bad.file),
                                  arena_copy_text(&simulation->arena, bad.pointer),
                                  arena_copy_text(&simulation->arena, bad.message)};
    simulation->bad[simulation->bad_count++] = bad;
}

static size_t kept_swaps(const struct simulation *simulation, enum comparison_swap swap)
{
    size_t count = 0;

    for (size_t i = 0; i < simulation->swap_count; i++)
        count += simulation->swaps[i].swap == swap ? 1 : 0;
    return count;
}

static void keep_swap(struct simulation *simulation, const char *name, const struct decision *const decisions[COMPARISON_SIDES])
{
    enum comparison_swap swap = comparison_swap_of(decisions);

    if (swap == COMPARISON_BOTH || swap == COMPARISON_NEITHER || kept_swaps(simulation, swap) == SIMULATION_SWAPS_MAX)
        return;
    struct simulation_swap row = {.file = name_to_show(&simulation->arena, name), .swap = swap};
    for (int side = 0; side < COMPARISON_SIDES; side++)
        row.answers[side] = comparison_answer_of(decisions[side]);
    simulation->swaps[simulation->swap_count++] = row;
}

static void compare_on(struct run *run, const char *name)
{
    const struct dossier *dossier = NULL;
    struct decision champion;
    struct decision challenger;
    const struct decision *const decisions[COMPARISON_SIDES] = {&champion, &challenger};
    const struct policy *const policies[COMPARISON_SIDES] = {run->policies[COMPARISON_CHAMPION].policy,
                                                             run->policies[COMPARISON_CHALLENGER].policy};
    struct zcd_error err;

    if (read_dossier(run, name, &dossier, &err) != ZCD_OK) {
        keep_bad(run, name, &err);
        return;
    }
    scoring_decide_once(dossier, policies[COMPARISON_CHAMPION], dossier->as_of, run->workspace, &run->arena, &champion);
    scoring_decide_once(dossier, policies[COMPARISON_CHALLENGER], dossier->as_of, run->workspace, &run->arena, &challenger);
    policy_comparison_add(&run->simulation->comparison, dossier, policies, decisions);
    keep_swap(run->simulation, name, decisions);
}

/* ------------------------------------------------------------------ the folder */

enum zcd_code policy_simulate(const struct loaded_policy policies[COMPARISON_SIDES], const char *folder,
                              simulation_bad_met *bad_met, struct simulation *simulation, struct zcd_error *err)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_dossier_name, compare_names);

    if (count < 0)
        return zcd_fail(err, ZCD_NOT_FOUND, "the folder cannot be read: %s", strerror(errno));
    struct run run = {.policies = policies, .folder = folder, .bad_met = bad_met, .simulation = simulation,
                      .workspace = cashflow_workspace_new()};
    for (int i = 0; i < count; i++) {
        compare_on(&run, entries[i]->d_name);
        arena_reset(&run.arena);
        free(entries[i]);
    }
    free(entries);
    cashflow_workspace_free(run.workspace);
    arena_done(&run.arena);
    buffer_done(&run.json);
    return count > 0 ? ZCD_OK : zcd_fail(err, ZCD_NOT_FOUND, "the folder holds no dossier (NAME.json)");
}

void policy_simulation_done(struct simulation *simulation)
{
    arena_done(&simulation->arena);
    *simulation = (struct simulation){0};
}
