#!/usr/bin/env python3
"""Print a dictionary for libFuzzer: every member name and every short text of the JSON files given, each once.

    python3 tests/fuzz/dictionary.py data/examples/*.json data/policies/*.json > var/fuzz/dictionary
"""
import json
import sys

TEXT_SIZE_MAX = 40  # codes, days and units; not sentences


def words_of(value):
    if isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from words_of(member)
    elif isinstance(value, list):
        for element in value:
            yield from words_of(element)
    elif isinstance(value, str) and len(value) <= TEXT_SIZE_MAX:
        yield value


def main(paths):
    words = set()
    for path in paths:
        with open(path, encoding="utf-8") as file:
            words.update(words_of(json.load(file)))
    for word in sorted(words):
        if word.isascii() and word.isprintable():
            print('"\\"' + word.replace("\\", "\\\\").replace('"', '\\"') + '\\""')


if __name__ == "__main__":
    main(sys.argv[1:])
