#include "base/memory_internal.h"

#include <stdio.h>
#include <stdlib.h>

static _Noreturn void end_out_of_memory(void)
{
    (void)fputs("out of memory\n", stderr);
    abort();
}

void *memory_resize(void *block, size_t size)
{
    void *resized = realloc(block, size);
    if (resized == NULL)
        end_out_of_memory();
    return resized;
}

size_t memory_size_product(size_t a, size_t b)
{
    size_t product;
    if (__builtin_mul_overflow(a, b, &product))
        end_out_of_memory();
    return product;
}

size_t memory_size_sum(size_t a, size_t b)
{
    size_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        end_out_of_memory();
    return sum;
}
