/*
 * fuzz.h - what a fuzz target offers, and to whom: libFuzzer in a build with ZCD_FUZZ (clang), replay.c in every other.
 *
 * A target is one file fuzz_NAME.c with LLVMFuzzerTestOneInput; it aborts where something is wrong. Its corpus is what the
 * project ships (data/examples, data/policies) and tests/fuzz/corpus/NAME.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* json_mutator.c: a mutation that leaves most JSON valid, so that what is behind the parser is reached. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned int seed);

/* libFuzzer's own mutation of bytes, or replay.c's. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t size_max);

#endif
