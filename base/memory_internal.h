/*
 * memory_internal.h - heap that ends the process when there is none left: nothing sensible can follow it here.
 *
 * Thread: any.
 */
#ifndef BASE_MEMORY_INTERNAL_H
#define BASE_MEMORY_INTERNAL_H

#include <stddef.h>

/* realloc() of size > 0 bytes that does not return NULL. */
void *memory_resize(void *block, size_t size);

/* a * b and a + b; a result that does not fit size_t is memory that cannot exist, and ends the process too. */
size_t memory_size_product(size_t a, size_t b);
size_t memory_size_sum(size_t a, size_t b);

#endif
