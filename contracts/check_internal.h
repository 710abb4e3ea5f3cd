/*
 * check_internal.h - the parts of dossier_check, one for each noun; the rules are listed in dossier.h.
 *
 * Each adds what it refuses at the place of its record, or of the array whose rows it checks, and goes on. Pure. Thread: any.
 */
#ifndef CONTRACTS_CHECK_INTERNAL_H
#define CONTRACTS_CHECK_INTERNAL_H

#include "base/date.h"
#include "base/error_list.h"

#include <stddef.h>

struct application;
struct contract;
struct facility;
struct organisation;
struct payer;
struct payer_experience;

void organisation_check(const struct organisation *organisation, struct date as_of, const struct error_place *place);

/* All rows of the array. */
void payers_check(const struct payer *payers, size_t count, const struct organisation *organisation,
                  const struct error_place *place);
void payer_experience_check(const struct payer_experience *rows, size_t count, const struct error_place *place);

void contract_check(const struct contract *contract, struct date as_of, const struct error_place *place);

/* The milestones of one contract; the place is the contract's. */
void schedule_check(const struct contract *contract, struct date as_of, const struct error_place *place);

void facility_check(const struct facility *facility, struct date as_of, const struct error_place *place);
void application_check(const struct application *application, struct date as_of, const struct error_place *place);

#endif
