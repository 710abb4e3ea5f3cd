#!/usr/bin/env python3
"""whole_run.py begin|end   around all end-to-end tests: does the service answer in every way that api/openapi.yaml describes?

`begin` empties the folder that ZCD_EXCHANGES names; each test notes there what it has met (seen.py). `end` fails where an operation has
an answer that nobody was given, of those that are its own: every success, every 304, and what is described at the operation. What is
described once for all operations (components/responses) is answered by code that they share, so it has to be met once, at any of them.
Fields, members and parameters that were never met are told, and fail nothing. Skipped where only some of the tests have run.
"""
import shutil
import sys

import seen

HERE = seen.pathlib.Path(__file__).resolve().parent
SKIPPED = 77

# Answers that no test can bring about, and why.
NEVER_MET = {
    "probes_readyz 503 application/problem+json": "only while as many readings wait as may, which no test can hold long enough to ask",
}


def expected_tests():
    """Those that talk to a service."""
    return {path.stem for path in HERE.glob("test_*.py") if "service.main()" in path.read_text(encoding="utf-8")}


def shared(operation, status):
    """The component that describes the answer, or None."""
    pointer = operation["responses"][status].get("$ref", "")
    return pointer.rsplit("/", 1)[-1] if pointer and status != "304" and not status.startswith("2") else None


def answers():
    """{line of the notes: what it is to be met as}: itself, or the component's name with the status."""
    found = {}
    for id_, operation in seen.operations().items():
        for status, response in operation["responses"].items():
            component = shared(operation, status)
            found[f"answer {id_} {status}"] = f"{component} {status}" if component else f"{id_} {status}"
            if component is None:
                for media in seen.resolved(response)[1].get("content", {}):
                    found[f"type {id_} {status} {media}"] = f"{id_} {status} {media}"
    return found


def never_met():
    """A build without the page of /docs has no style to give."""
    has_page = (HERE.parents[1] / "build/npm/swagger-ui-dist").exists()
    return {**NEVER_MET, **({} if has_page else {"documents_file 200 text/css; charset=utf-8": "the page was not fetched"})}


def judge(lines):
    """(answers that were never met, the same of what is listed, all else that was never met)"""
    wanted = answers()
    met = {wanted[line] for line in lines if line in wanted}
    unmet = sorted(set(wanted.values()) - met)
    rest = [line for line in dict.fromkeys(seen.documented()) if line not in lines and line.split()[0] not in ("answer", "type")]
    return [name for name in unmet if name not in never_met()], sorted(set(NEVER_MET) & met), rest


def end():
    ran, lines = seen.noted()
    if not expected_tests() <= ran:
        print(f"skipped: these have not run: {', '.join(sorted(expected_tests() - ran))}")
        return SKIPPED
    unmet, listed, rest = judge(lines)
    for line in rest:
        if " 429 " not in line and not line.startswith("field"):
            print(f"never met: {line}")
    for name in unmet:
        print(f"FAILED: no test was answered with: {name}")
    for name in listed:
        print(f"FAILED: listed as never met, and was: {name}")
    print(f"{len(set(answers().values()))} answers, {len(unmet)} never met, {len(never_met())} that cannot be")
    return 1 if unmet or listed else 0


def begin():
    shutil.rmtree(seen.folder(), ignore_errors=True)
    seen.folder().mkdir(parents=True)
    return 0


if __name__ == "__main__":
    sys.exit({"begin": begin, "end": end}[sys.argv[1]]())
