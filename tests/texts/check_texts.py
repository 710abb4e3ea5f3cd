#!/usr/bin/env python3
"""Fail when a text that may reach a reader has no Chinese in api/codec/texts.def, or a row there is wrong; name rows to be cleaned away.

Run from the root of the repository, as CTest does: python3 tests/texts/check_texts.py
With --missing it prints the rows that are missing, to be filled in. sources.py tells what is read.
"""
import functools
import re
import sys

sys.dont_write_bytecode = True
import catalogue
import sources

PREFIX = re.compile(r"(.+: )\{\}")


def prefixes(rows):
    """"database: " of the row "database: {}": what follows is a text by itself."""
    return [match.group(1) for match in (PREFIX.fullmatch(english) for english, _ in rows) if match and "{}" not in match.group(1)]


def pieces(text, rows):
    """The rows that give a text together, or None."""
    if text in {english for english, _ in rows}:
        return [text]
    for prefix in prefixes(rows):
        if text.startswith(prefix):
            rest = pieces(text[len(prefix):], rows)
            if rest is not None:
                return [prefix + "{}"] + rest
    return None


@functools.lru_cache(maxsize=None)
def pattern_of(english):
    return re.compile("(.*?)".join(re.escape(piece) for piece in english.split("{}")), re.DOTALL)


def best(text, rows):
    """The row that api/codec/texts.c takes for a text: of those that give it that with the most bytes of its own."""
    def own_size(english):
        return len(english.replace("{}", "").encode())

    fitting = [english for english, _ in rows if pattern_of(english).fullmatch(text)]
    return max(fitting, key=own_size, default=None)


def missing(texts, rows):
    return [text for text in texts if pieces(text, rows) is None and not re.fullmatch(r"[\W\d_]*(\{\}[\W\d_]*)*", text)]


def remarks_on_rows(rows, said):
    """Rows that do no harm and no good. said: every text of the sources."""
    used = {piece for text in said for piece in pieces(text, rows) or ()}
    found = [f"is of no use, nothing says it: {english!r}" for english, _ in rows if english not in used]
    return found + [f"stands twice: {english!r}" for i, (english, _) in enumerate(rows) if english in {one for one, _ in rows[:i]}]


def faults_of_rows(rows):
    found = []
    for english, chinese in rows:
        holes = sorted(set(re.findall(r"\{(\d)\}", chinese)))
        if not catalogue.has_chinese(chinese) and catalogue.has_words(english.replace("SQLSTATE", "")):
            found.append(f"is not in Chinese: {chinese!r}")
        if holes != [str(n + 1) for n in range(english.count("{}"))]:
            found.append(f"does not say each argument: {english!r} {chinese!r}")
        if best(english.replace("{}", "7"), rows) != english:
            found.append(f"is taken for another row: {english!r} for {best(english.replace('{}', '7'), rows)!r}")
    return found


def main():
    rows = catalogue.rows()
    read = sources.read()
    lacking = missing(read.texts, rows)
    if "--missing" in sys.argv:
        for text in lacking:
            print('TEXT("{}", "")'.format(text.replace("\\", "\\\\").replace('"', '\\"')))
        return 0
    faults = read.faults + [f"{read.texts[text]}: api/codec/texts.def has no row for {text!r}" for text in lacking]
    faults += [f"api/codec/texts.def: a row {fault}" for fault in faults_of_rows(rows)]
    for remark in remarks_on_rows(rows, sources.all_literals(read)):
        print(f"api/codec/texts.def: remark: a row {remark}")
    for fault in faults:
        print(fault)
    print(f"{len(read.texts)} texts, {len(rows)} rows, {len(faults)} faults")
    return 1 if faults or len(read.texts) < 500 else 0


if __name__ == "__main__":
    sys.exit(main())
