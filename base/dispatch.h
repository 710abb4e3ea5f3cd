/*
 * dispatch.h - copies of a hot loop for machines with wider vectors, chosen when it is called.
 *
 *     static inline ZCD_WIDE_BODY void walk_body(const struct plan *plan) { ... }
 *     ZCD_WIDE(void, walk, (const struct plan *plan), (plan))
 *
 * makes `static void walk(const struct plan *plan)`, which runs walk_body compiled for the widest vectors that this machine
 * has. Integer arithmetic gives the same result at any width; only the time differs. A build with ZCD_WIDTH_MAX below 2
 * keeps to narrower ones, so that each can be compared with the others (./check does). Elsewhere than x86-64 there is just the
 * portable copy.
 */
#ifndef BASE_DISPATCH_H
#define BASE_DISPATCH_H

#ifndef ZCD_WIDTH_MAX
#define ZCD_WIDTH_MAX 2
#endif

/* In the order of preference. AVX-512 with the parts that x86-64-v4 has. */
enum dispatch_width { DISPATCH_PORTABLE = 0, DISPATCH_AVX2 = 1, DISPATCH_AVX512 = 2 };

/* The widest that machine and build allow. */
enum dispatch_width dispatch_width(void);

#define ZCD_WIDE_BODY __attribute__((always_inline))

#if defined(__x86_64__)

/* gcc keeps to 256 bits unless told; clang knows no such option here. flatten inlines whatever the body calls. */
#ifdef __clang__
#define ZCD_TARGET_AVX512 "avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx2,bmi,bmi2"
#else
#define ZCD_TARGET_AVX512 "avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx2,bmi,bmi2,prefer-vector-width=512"
#endif

#define ZCD_WIDE(type, name, parameters, arguments)                                                                    \
    __attribute__((flatten, target("avx2,bmi,bmi2"))) static type name##_avx2 parameters                              \
    {                                                                                                                  \
        return name##_body arguments;                                                                                  \
    }                                                                                                                  \
    __attribute__((flatten, target(ZCD_TARGET_AVX512))) static type name##_avx512 parameters                          \
    {                                                                                                                  \
        return name##_body arguments;                                                                                  \
    }                                                                                                                  \
    __attribute__((flatten)) static type name##_portable parameters                                                    \
    {                                                                                                                  \
        return name##_body arguments;                                                                                  \
    }                                                                                                                  \
    static type name parameters                                                                                        \
    {                                                                                                                  \
        const enum dispatch_width width = dispatch_width();                                                            \
        if (width == DISPATCH_AVX512)                                                                                  \
            return name##_avx512 arguments;                                                                            \
        if (width == DISPATCH_AVX2)                                                                                    \
            return name##_avx2 arguments;                                                                              \
        return name##_portable arguments;                                                                              \
    }

#else

#define ZCD_WIDE(type, name, parameters, arguments)                                                                    \
    static type name parameters                                                                                        \
    {                                                                                                                  \
        return name##_body arguments;                                                                                  \
    }

#endif

#endif
