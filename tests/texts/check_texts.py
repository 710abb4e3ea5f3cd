#!/usr/bin/env python3
"""Fail when a text that may reach a reader through an error has no Chinese in api/codec/texts.def, or a row there is of no use.

Run from the root of the repository, as CTest does: python3 tests/texts/check_texts.py
With --missing it prints rows to be filled in. What is read: every text or format that the sources hand to the functions of TAKERS,
and every text that the functions of PHRASES return. A text handed on as a bare "%s", or kept in a variable, is not seen, so whoever does that
is refused unless the function is one of TAKERS itself.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CATALOGUE = "api/codec/texts.def"
FOLDERS = ("base", "contracts", "scoring", "audit", "db", "api")

# What only the operator reads, on standard error or in the log, before or beside the service.
FOR_OPERATORS = ("api/cli/*", "api/config.c", "api/verify_main.c", "api/witness_server.c")

# Functions that are handed a text for readers, and which argument it is, counted from 0.
TAKERS = {
    "zcd_fail": 2, "error_add": 2, "answer_fill_problem": 2, "answer_error_as": 2,
}
# By file: static functions that hand one of their arguments on.
LOCAL_TAKERS = {}
# Functions whose texts become part of a text for readers: %s of a format.
PHRASES = {}
# Members of initialisers that are texts for readers.
MEMBERS = {"api/*": ("detail",)}


def main():
    pass
