/*
 * check_internal.h - the parts of dossier_check, one for each noun; the rules are listed in dossier.h.
 *
 * Each hands back ZCD_INVALID with a pointer that starts at its own record. Pure. Thread: any.
 */
#ifndef CONTRACTS_CHECK_INTERNAL_H
#define CONTRACTS_CHECK_INTERNAL_H

#include "base/date.h"
#include "base/error.h"

#include <stddef.h>

struct application;
struct contract;
struct facility;
struct milestone;
struct organisation;
struct payer;
struct payer_experience;

enum zcd_code organisation_check(const struct organisation *organisation, struct date as_of, struct zcd_error *err)
    ZCD_MUST_USE;

/* All rows of the array; the pointer starts at the row's index. */
enum zcd_code payers_check(const struct payer *payers, size_t count, const struct organisation *organisation,
                           struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code payer_experience_check(const struct payer_experience *rows, size_t count, struct zcd_error *err) ZCD_MUST_USE;

enum zcd_code contract_check(const struct contract *contract, struct date as_of, struct zcd_error *err) ZCD_MUST_USE;

/* The milestones of one contract; the pointer starts at the milestone's index. */
enum zcd_code schedule_check(const struct contract *contract, struct date as_of, struct zcd_error *err) ZCD_MUST_USE;

enum zcd_code facility_check(const struct facility *facility, struct date as_of, struct zcd_error *err) ZCD_MUST_USE;
enum zcd_code application_check(const struct application *application, struct date as_of, struct zcd_error *err) ZCD_MUST_USE;

#endif
