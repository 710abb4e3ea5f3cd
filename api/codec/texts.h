/*
 * texts.h - the Chinese of what errors say.
 *
 * The sources say what is wrong in English, as the format of zcd_fail and its like; texts.def has the Chinese of each format.
 * A text that was made from one is recognised by what stands between its arguments, and said again in Chinese around the same
 * arguments, so that nothing but a row has to be written for a new text. tests/texts/check_texts.py reads all sources and
 * fails when a row is missing. Pure. Thread: any.
 */
#ifndef API_CODEC_TEXTS_H
#define API_CODEC_TEXTS_H

#include "base/bytes.h"

#include <stdbool.h>

/*
 * Append the Chinese of a text, or the text itself where no row has it.
 *   text  in  UTF-8; of the rows that fit it that with the most of its own words is taken
 * An argument that is itself a text of the list ("an object") is put in Chinese too. False when no row had the text.
 */
bool texts_append_chinese(const char *text, struct buffer *chinese);

#endif
