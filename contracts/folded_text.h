/*
 * folded_text.h - names and numbers as people mean them: what banks and offices write in several ways becomes one.
 *
 * Full-width forms (U+FF01 to U+FF5E) become ASCII, letters upper case, dashes of every length '-', 〔〕【】 become [ ],
 * and white space goes, the ideographic one too. Nothing else changes; bytes that are not UTF-8 stay as they are.
 * Pure. Thread: any.
 */
#ifndef CONTRACTS_FOLDED_TEXT_H
#define CONTRACTS_FOLDED_TEXT_H

#include "base/bytes.h"

/* Append the folded form of a text to a buffer, which is then terminated by NUL. */
void text_fold(const char *text, struct buffer *folded);

#endif
