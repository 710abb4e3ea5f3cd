/*
 * notice_reader.h - procurement notices, as text or JSON, into contracts, their stages and the evidence of a locked account.
 *
 * The award notice, the contract notice and the acceptance notice of the Ministry of Finance's templates (财办库〔2020〕50号,
 * formats 5, 8 and 9), and the supplement by which a contract's account is changed for its financing. Text has one notice
 * behind another, each below its title: numbered items, a colon behind each name, in any width. JSON has the same names as members, nested or not, and
 * "公告类型" for the kind; an array holds several notices. What is not of the template is reported and passed over.
 *
 * A notice joins the contract that is known by its number, from the facts or from a notice before it in the file. The id of one that is
 * not is its project's number, or its own number where the notice gives no project, or where another contract of the project has
 * that id: a project may have a contract a year. A payer is known by its name or an alias; the id of one that is not is its name, folded. Thread: the caller's.
 */
#ifndef CONTRACTS_IMPORT_NOTICE_READER_H
#define CONTRACTS_IMPORT_NOTICE_READER_H

#include "contracts/import/import_sink.h"

#include <stdio.h>

#define NOTICE_SIZE_MAX 1048576 /* bytes of a file */
#define NOTICE_ITEM_SIZE_MAX 2000 /* of one item; the rest is cut off */

enum notice_kind { NOTICE_NONE = 0, NOTICE_AWARD, NOTICE_CONTRACT, NOTICE_ACCEPTANCE, NOTICE_ACCOUNT_CHANGE };

/* What is known of a contract before its notices are read. Texts are borrowed. */
struct notice_milestone {
    const char *id, *title;
    struct date due_on, accepted_on; /* DATE_NONE where there is none */
    struct date since;               /* the last day from which something is known of it: an acceptance is added to that */
};
struct notice_contract {
    const char *id;
    const char *number; /* as printed; "" when not known */
    const char *payer;  /* id; "" when not known */
    int64_t value_fen;  /* FACT_MONEY_NONE when not known */
    struct date ends_on;
    struct date since; /* as of a milestone */
    enum contract_stage stage;
    const struct notice_milestone *milestones;
    size_t milestone_count;
};
struct notice_payer {
    const char *id, *name; /* one row for each name it has */
};
struct notice_known {
    const struct notice_contract *contracts;
    size_t contract_count;
    const struct notice_payer *payers;
    size_t payer_count;
};

/* The milestone that an acceptance of a whole contract without any becomes. */
#define NOTICE_WHOLE_MILESTONE "acceptance"

struct notice_import {
    const char *organisation;      /* key of the supplier whose notices they are: no notice gives it */
    const char *organisation_name; /* "" when not known; otherwise notices of other suppliers are not kept */
    const struct notice_known *known; /* NULL: nothing can be known (a dry run) */
    const struct import_sink *sink;
};

struct notice_summary {
    uint64_t notice_count, kept_count;
    uint64_t by_kind[NOTICE_ACCOUNT_CHANGE + 1]; /* of those kept */
};

/*
 * Read a file of notices and hand on what each says:
 *   award           FACT_PAYER, FACT_CONTRACT in stage awarded with its value
 *   contract        the same in stage signed, from its first day on performing, with number, days and value
 *   acceptance      where the opinion says that the work passed: FACT_MILESTONE accepted on that day, of the stage that is named, or
 *                   of the only milestone that was due, or of all when the contract's last day is over; the whole
 *                   contract when it has no milestones (its value, due on its last day). FACT_CONTRACT in stage evaluating
 *                   when nothing of it is left to be done
 *   account change  FACT_SECURITY: account_locked where it is agreed that the account changes only with the bank's written consent
 *
 * ZCD_INVALID: more than NOTICE_SIZE_MAX bytes, UTF-16, JSON that is none, or text whose kind its title does not tell.
 * ZCD_NOT_FOUND when the file cannot be read. What the sink answers ends the reading.
 */
enum zcd_code notice_read(FILE *file, const struct notice_import *import, struct notice_summary *summary, struct zcd_error *err) ZCD_MUST_USE;

#endif
