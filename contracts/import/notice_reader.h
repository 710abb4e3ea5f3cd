/*
 * notice_reader.h - procurement notices, as text or JSON, into contracts, their stages and the evidence of a locked account.
 *
 * The award notice, the contract notice and the acceptance notice of the Ministry of Finance's templates (财办库〔2020〕50号,
 * formats 5, 8 and 9), and the supplement by which a contract's account is changed for its financing. Text has one notice a
 * file: numbered items, a colon behind each name, in any width. JSON has the same names as members, nested or not, and
 * "公告类型" for the kind; an array holds several notices. What is not of the template is reported and passed over.
 *
 * A contract's id is its project's number, or its own number where the notice gives no project: what the notices of one contract
 * have in common. A payer's id is its name, folded. Thread: the caller's.
 */
#ifndef CONTRACTS_IMPORT_NOTICE_READER_H
#define CONTRACTS_IMPORT_NOTICE_READER_H

#include "contracts/import/import_sink.h"

#include <stdio.h>

#define NOTICE_SIZE_MAX 1048576 /* bytes of a file */
#define NOTICE_ITEM_SIZE_MAX 2000 /* of one item; the rest is cut off */

enum notice_kind { NOTICE_NONE = 0, NOTICE_AWARD, NOTICE_CONTRACT, NOTICE_ACCEPTANCE, NOTICE_ACCOUNT_CHANGE };

struct notice_import {
    const char *organisation;      /* key of the supplier whose notices they are: no notice gives it */
    const char *organisation_name; /* "" when not known; otherwise notices of other suppliers are not kept */
    const struct import_sink *sink;
};

struct notice_summary {
    uint64_t notice_count, kept_count;
    uint64_t by_kind[NOTICE_ACCOUNT_CHANGE + 1]; /* of those kept */
};

/*
 * Read a file of notices and hand on what each says:
 *   award           FACT_PAYER, FACT_CONTRACT in stage awarded with its value
 *   contract        the same in stage signed with number, days and value
 *   acceptance      FACT_CONTRACT in stage evaluating, where the opinion says that the work passed
 *   account change  FACT_SECURITY: account_locked where it is agreed that the account changes only with the bank's written consent
 *
 * ZCD_INVALID: more than NOTICE_SIZE_MAX bytes, UTF-16, JSON that is none, or text whose kind its title does not tell.
 * ZCD_NOT_FOUND when the file cannot be read. What the sink answers ends the reading.
 */
enum zcd_code notice_read(FILE *file, const struct notice_import *import, struct notice_summary *summary, struct zcd_error *err) ZCD_MUST_USE;

#endif
