#include "base/dispatch.h"

enum dispatch_width dispatch_width(void)
{
#if defined(__x86_64__)
    if (ZCD_WIDTH_MAX >= DISPATCH_AVX512 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("bmi2"))
        return DISPATCH_AVX512;
    if (ZCD_WIDTH_MAX >= DISPATCH_AVX2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
        return DISPATCH_AVX2;
#endif
    return DISPATCH_PORTABLE;
}
