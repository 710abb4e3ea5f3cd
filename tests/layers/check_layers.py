#!/usr/bin/env python3
"""Fail when a source file includes a header that the architecture does not grant it, or computes in floating point.

Run from the root of the repository, as CTest does: python3 tests/layers/check_layers.py
RULES is the table of ARCHITECTURE.md ("What may include what"); change both in one commit and say why.
"""
import fnmatch
import pathlib
import re
import sys

# Headers of the outside libraries, by name of the library. Everything else in <> is the C library's.
LIBRARIES = {
    "libpq": ("libpq-fe.h", "libpq/"),
    "openssl": ("openssl/",),
    "jansson": ("jansson.h",),
    "libevent": ("event2/",),
    "libcurl": ("curl/",),
    "zip": ("minizip/", "zlib.h", "zip.h"),
}

# Clocks, files, sockets, threads and floating point: not for a folder that computes and nothing else.
IMPURE = ("time.h", "sys/", "unistd.h", "fcntl.h", "dirent.h", "poll.h", "pthread.h", "threads.h", "signal.h", "netdb.h",
          "netinet/", "arpa/", "math.h", "tgmath.h", "float.h", "fenv.h")

# Written by CMake into the build tree.
GENERATED = ("engine_digest.h",)

STORES = ("contracts/*_store.[ch]",)
EVERYTHING = ("base", "contracts", "scoring", "generator", "audit", "db", "api")


class Rule:
    """What the files that match a pattern may include besides their own folder and the C library."""

    def __init__(self, pattern, folders=(), libraries=(), pure=False, stores=False):
        self.pattern, self.folders, self.libraries, self.pure, self.stores = pattern, folders, libraries, pure, stores


# The first pattern that matches a file wins.
RULES = (
    Rule("base/*", pure=True),
    Rule("contracts/*_store.[ch]", ("base", "db"), stores=True),
    Rule("contracts/import/*", ("base",), ("jansson",)), # readers: streams in, facts out; no database
    Rule("contracts/*", ("base",), pure=True),
    Rule("scoring/*", ("base", "contracts"), pure=True),
    Rule("generator/*", ("base", "contracts"), pure=True),
    Rule("audit/canonical_json.[ch]", ("base",), ("jansson",)),
    Rule("audit/store_pg.[ch]", ("base", "db")),
    Rule("audit/log*.[ch]", ("base", "db")),
    Rule("audit/archive.c", ("base",), ("zip",)),
    Rule("audit/*", ("base",), ("openssl",)),
    Rule("db/*", ("base",), ("libpq",)),
    Rule("api/http/tls.[ch]", ("base",), ("libevent", "openssl")),
    Rule("api/http/*", ("base",), ("libevent",)),
    Rule("api/codec/*", EVERYTHING, ("jansson",), stores=True),
    Rule("api/fetch.[ch]", ("base",), ("libcurl",)),
    Rule("api/identity/jw*.[ch]", ("base", "api"), ("jansson", "openssl")), # tokens of others: keys and claims, no database
    Rule("api/identity/password.[ch]", ("base", "api"), ("openssl",)),
    Rule("api/*", EVERYTHING, stores=True),
)

# A decision and its proof come out the same on every machine, so nothing there is rounded by hardware.
EXACT_FOLDERS = ("base", "contracts", "scoring", "generator", "audit")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+([<"])([^>"]+)[>"]', re.MULTILINE)
COMMENT_OR_TEXT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
FLOATING = re.compile(r"\b(?:float|double)\b")


def matches_any(path, patterns):
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)


def rule_of(path):
    return next((rule for rule in RULES if fnmatch.fnmatchcase(path, rule.pattern)), None)


def library_of(header):
    return next((name for name, prefixes in LIBRARIES.items() if header.startswith(prefixes)), None)


def may_include_outside(rule, header):
    library = library_of(header)
    if library is not None:
        return library in rule.libraries
    return not (rule.pure and header.startswith(IMPURE))


def may_include_ours(rule, path, header):
    folder = header.split("/")[0]
    if header in GENERATED:
        return True
    if folder == path.split("/")[0]:
        return rule.stores or not matches_any(header, STORES)
    if folder not in rule.folders or header.endswith("_internal.h"):
        return False
    return rule.stores or not matches_any(header, STORES)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def refused_includes(path, text):
    """Yield (line, message) for each include that the file may not have."""
    rule = rule_of(path)
    if rule is None:
        yield 1, "no rule covers this file"
        return
    for match in INCLUDE.finditer(text):
        bracket, header = match.groups()
        granted = may_include_outside(rule, header) if bracket == "<" else may_include_ours(rule, path, header)
        if not granted:
            yield line_of(text, match.start()), f"may not include {header}"


def floating_point(path, text):
    """Yield (line, message) for each floating type in a folder that is exact."""
    if path.split("/")[0] not in EXACT_FOLDERS:
        return
    code = COMMENT_OR_TEXT.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    for match in FLOATING.finditer(code):
        yield line_of(code, match.start()), f"{match.group()} where arithmetic is exact"


def problems(path, text):
    return sorted([*refused_includes(path, text), *floating_point(path, text)])


def main():
    folders = sorted({rule.pattern.split("/")[0] for rule in RULES})
    sources = [path for folder in folders for path in sorted(pathlib.Path(folder).rglob("*.[ch]"))]
    found = [f"{path}:{line}: {message}" for path in sources
             for line, message in problems(path.as_posix(), path.read_text(encoding="utf-8"))]
    for message in found:
        print(message)
    print(f"{len(sources)} files, {len(found)} problems")
    return 1 if found or not sources else 0


if __name__ == "__main__":
    sys.exit(main())
