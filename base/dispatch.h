/*
 * dispatch.h - a second copy of a hot loop for machines with wider vectors, chosen when the program starts. For static
 * functions only: clang 14 gives the chooser another name than the function has. gcc copies what they call into them, which clang
 * does of itself where it pays.
 *
 * Integer arithmetic gives the same result at any width; only the time differs. Elsewhere than x86-64, and under
 * sanitizers (whose run-time is not up yet when the choice is made), there is just the portable copy.
 */
#ifndef BASE_DISPATCH_H
#define BASE_DISPATCH_H

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define ZCD_SANITIZED
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define ZCD_SANITIZED
#endif

#if !defined(__x86_64__) || !defined(__linux__) || defined(ZCD_SANITIZED)
#define ZCD_WIDE
#elif defined(__clang__)
#define ZCD_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define ZCD_WIDE __attribute__((flatten, target_clones("avx2", "default")))
#endif

#endif
