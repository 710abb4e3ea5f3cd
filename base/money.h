/*
 * money.h - amounts in fen (1/100 yuan) and the few ways to compute with them.
 *
 * An amount is an int64_t whose name ends in _fen. Every amount that enters (dossier, policy) is at most
 * MONEY_FEN_MAX in size, so that sums of up to 100,000 of them cannot overflow; products and sums of
 * unknown length go through the functions below. Rounding is in the name.
 * Pure. Thread: any.
 */
#ifndef BASE_MONEY_H
#define BASE_MONEY_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

#define MONEY_FEN_MAX INT64_C(10000000000000) /* 100 billion yuan */
#define MONEY_BP_ONE 10000                    /* 100 % in basis points */
#define MONEY_PPM_ONE 1000000                 /* 100 % in parts per million */

/* Write a + b (a - b) to *result and return true, or return false and leave it alone when it overflows. */
bool money_add(int64_t a_fen, int64_t b_fen, int64_t *result_fen) ZCD_MUST_USE;
bool money_sub(int64_t a_fen, int64_t b_fen, int64_t *result_fen) ZCD_MUST_USE;

/*
 * amount * numerator / denominator through 128 bits, rounded toward minus infinity (floor) or plus
 * infinity (ceil). denominator > 0. A result outside int64_t is our own bug: bounded inputs cannot reach it.
 */
int64_t money_mul_ratio_floor(int64_t amount_fen, int64_t numerator, int64_t denominator);
int64_t money_mul_ratio_ceil(int64_t amount_fen, int64_t numerator, int64_t denominator);

/* The same with a rate in basis points or parts per million. */
int64_t money_mul_bp_floor(int64_t amount_fen, int64_t rate_bp);
int64_t money_mul_bp_ceil(int64_t amount_fen, int64_t rate_bp);
int64_t money_mul_ppm_floor(int64_t amount_fen, int64_t rate_ppm);

/* The largest multiple of step (> 0) that is not above amount; amount >= 0. */
int64_t money_round_down(int64_t amount_fen, int64_t step_fen);

/*
 * Write the amount as a person reads it: "5,000,000.00". Returns text.
 *   text  out  at least MONEY_TEXT_SIZE bytes
 */
#define MONEY_TEXT_SIZE 32
const char *money_format_yuan(int64_t amount_fen, char text[MONEY_TEXT_SIZE]);

#endif
