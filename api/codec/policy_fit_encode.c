#include "api/codec/policy_fit_encode.h"

#include "api/codec/json_writer.h"

#include <math.h>
#include <stdio.h>

static int64_t ppm(double value)
{
    return (int64_t)llround(value * 1e6);
}

static void write_bin(struct json_writer *json, const struct policy_fit_characteristic *one, size_t number)
{
    const struct fit_bin *bin = &one->binning.bins[number];
    char below[32];

    json_write_object(json, NULL);
    json_write_integer(json, "bads", (int64_t)bin->bads);
    if (one->binning.column->is_number && !bin->is_missing && isfinite(bin->below)) {
        (void)snprintf(below, sizeof below, "%.15g", bin->below);
        json_write_text(json, "below", below);
    }
    if (bin->category_count > 0) {
        json_write_array(json, "categories");
        for (size_t i = 0; i < bin->category_count; i++)
            json_write_text(json, NULL, one->binning.column->categories[bin->categories[i]]);
        json_write_end(json);
    }
    json_write_integer(json, "goods", (int64_t)bin->goods);
    json_write_boolean(json, "missing", bin->is_missing);
    json_write_integer(json, "points", one->points[number]);
    json_write_integer(json, "woe_ppm", ppm(bin->woe));
    json_write_end(json);
}

static void write_characteristic(struct json_writer *json, const struct policy_fit_characteristic *one)
{
    json_write_object(json, NULL);
    json_write_array(json, "bins");
    for (size_t i = 0; i < one->binning.bin_count; i++)
        write_bin(json, one, i);
    json_write_end(json);
    json_write_integer(json, "coefficient_ppm", ppm(one->coefficient));
    json_write_text(json, "id", one->binning.column->name);
    json_write_integer(json, "iv_ppm", ppm(one->binning.iv));
    json_write_end(json);
}

static void write_separation(struct json_writer *json, const char *name, const struct fit_separation *separation)
{
    json_write_object(json, name);
    json_write_integer(json, "auc_ppm", ppm(separation->auc));
    json_write_integer(json, "gini_ppm", ppm(2 * separation->auc - 1));
    json_write_integer(json, "ks_ppm", ppm(separation->ks));
    json_write_end(json);
}

static void write_pd(struct json_writer *json, const struct policy_fit *fit)
{
    json_write_array(json, "pd");
    for (int i = 0; i < POLICY_FIT_PD_ROWS; i++) {
        json_write_object(json, NULL);
        json_write_integer(json, "pd_ppm", ppm(fit->pd[i].pd));
        json_write_integer(json, "score", fit->pd[i].score);
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_scale(struct json_writer *json, const struct policy_fit_scale *scale)
{
    json_write_object(json, "scale");
    json_write_integer(json, "base_odds_ppm", ppm(scale->base_odds));
    json_write_integer(json, "base_score", (int64_t)scale->base_score);
    json_write_integer(json, "points_to_double_odds", (int64_t)scale->pdo);
    json_write_end(json);
}

enum zcd_code policy_fit_encode(const struct policy_fit *fit, const struct policy_fit_scale *scale, const char *target,
                                const char *data_sha256, struct buffer *json_text, struct zcd_error *err)
{
    struct json_writer json;

    json_writer_init(&json, json_text);
    json_write_object(&json, NULL);
    json_write_integer(&json, "auc_highest_ppm", ppm(fit->auc_highest));
    json_write_integer(&json, "auc_lowest_ppm", ppm(fit->auc_lowest));
    json_write_integer(&json, "bads", (int64_t)fit->bads);
    json_write_integer(&json, "base_points", fit->base_points);
    json_write_array(&json, "characteristics");
    for (size_t i = 0; i < fit->characteristic_count; i++)
        write_characteristic(&json, &fit->characteristics[i]);
    json_write_end(&json);
    json_write_text(&json, "data_sha256", data_sha256);
    json_write_integer(&json, "folds", (int64_t)fit->folds);
    json_write_integer(&json, "goods", (int64_t)fit->goods);
    json_write_integer(&json, "intercept_ppm", ppm(fit->intercept));
    write_pd(&json, fit);
    write_scale(&json, scale);
    json_write_text(&json, "schema", "zhengcaidai/scorecard-fit/1");
    json_write_text(&json, "target", target);
    write_separation(&json, "training", &fit->training);
    write_separation(&json, "validated", &fit->validated);
    json_write_end(&json);
    return json_writer_finish(&json, err);
}
