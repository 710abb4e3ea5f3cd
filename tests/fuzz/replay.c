/*
 * replay.c - a fuzz target without libFuzzer: every file given, as it is and with a fixed number of mutations.
 *
 *   fuzz_NAME MUTATIONS FILE...
 */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_SIZE_MAX = 1 << 20 };

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t size_max)
{
    static unsigned int turn;
    (void)size_max;
    turn++;
    if (size > 0) /* Knuth's multiplicative step: another byte every time */
        data[turn * 2654435761U % size] ^= (uint8_t)(1 + turn % 255);
    return size;
}

static void replay(const uint8_t *input, size_t size, unsigned int mutations)
{
    static uint8_t changed[INPUT_SIZE_MAX];
    (void)LLVMFuzzerTestOneInput(input, size);
    memcpy(changed, input, size);
    size_t changed_size = size;
    for (unsigned int seed = 1; seed <= mutations; seed++) {
        if (seed % 8 == 0) { /* changes pile up, but not for ever */
            memcpy(changed, input, size);
            changed_size = size;
        }
        changed_size = LLVMFuzzerCustomMutator(changed, changed_size, sizeof changed, seed);
        (void)LLVMFuzzerTestOneInput(changed, changed_size);
    }
}

int main(int count, char **words)
{
    static uint8_t input[INPUT_SIZE_MAX];
    unsigned long mutations = count > 2 ? strtoul(words[1], NULL, 10) : 0;
    if (count < 3) {
        (void)fprintf(stderr, "usage: fuzz_NAME MUTATIONS FILE...\n");
        return 64;
    }
    for (int i = 2; i < count; i++) {
        FILE *file = fopen(words[i], "rb");
        if (file == NULL) {
            perror(words[i]);
            return 66;
        }
        size_t size = fread(input, 1, sizeof input, file);
        (void)fclose(file);
        replay(input, size, (unsigned int)mutations);
    }
    (void)printf("%d files, %lu mutations of each: nothing broke\n", count - 2, mutations);
    return 0;
}
