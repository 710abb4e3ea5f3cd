/*
 * verify.h - the command zcd-verify, apart from its main(): reads files, judges, says one line. Offline, no database.
 *
 *     zcd-verify bundle FILE --key VKEY|@VKEY-FILE [--json] [--lang zh|en]
 *
 * Exit status: 0 verified; 1 not verified (also "intact, not authenticated": no key given); 2 could not be read, or usage.
 */
#ifndef AUDIT_VERIFY_H
#define AUDIT_VERIFY_H

#include <stdio.h>

/*
 * Run the command.
 *
 *   argument_count, arguments  in  as main() has them; arguments[0] is the program
 *   locale  in  what LC_ALL, LC_MESSAGES or LANG say, or NULL; one that begins with "zh" means Chinese
 *   out, problems  in  where the verdict goes, and what kept us from one
 *
 * Returns the exit status.
 */
int verify_run(int argument_count, char *const *arguments, const char *locale, FILE *out, FILE *problems);

#endif
