/*
 * cleanup.h - release at the end of scope, so that early returns are safe.
 *
 *     ZCD_AUTO(buffer_done) struct buffer text = {0};
 *
 * gcc and clang (attribute cleanup).
 */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

/* Call release(&variable) when the variable leaves its scope. */
#define ZCD_AUTO(release) __attribute__((cleanup(release)))

#endif
