#!/usr/bin/env python3
"""Replay the golden decisions: each example under each policy gives the recorded decision, byte for byte.

    python3 tests/scoring/golden.py ZCD [--update]

Only the digest of the engine's sources is left out of the comparison, because it changes with every comment. A byte that
differs for the same input means that decisions change: bump the engine's version, say in CHANGELOG.md which decisions are
affected and why, and record the new ones with --update.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "data" / "examples").glob("*.json"))
POLICIES = ("zhengcaidai", "traditional")
VECTORS = ROOT / "tests" / "vectors" / "decisions"
SOURCE_DIGEST = re.compile(rb'"source_sha256":"[0-9a-f]{64}"')


def decide(zcd, example, policy):
    done = subprocess.run([zcd, "assess", str(example), "--policy", policy], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode())
    return SOURCE_DIGEST.sub(b'"source_sha256":""', done.stdout)


def first_difference(golden, decision):
    """The first member that differs, for a person."""
    a, b = json.loads(golden), json.loads(decision)
    for name in sorted(set(a) | set(b)):
        if a.get(name) != b.get(name):
            return f"{name}: {json.dumps(a.get(name), ensure_ascii=False)[:200]} became {json.dumps(b.get(name), ensure_ascii=False)[:200]}"
    return "same members, other bytes"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("zcd")
    parser.add_argument("--update", action="store_true")
    arguments = parser.parse_args()

    failures = 0
    for example in EXAMPLES:
        for policy in POLICIES:
            path = VECTORS / f"{example.stem}.{policy}.json"
            decision = decide(arguments.zcd, example, policy)
            if arguments.update:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(decision)
                continue
            golden = path.read_bytes()
            same = golden == decision
            failures += 0 if same else 1
            print(f"{'ok' if same else 'FAILED'}: {path.name}" + ("" if same else ": " + first_difference(golden, decision)))
    print(f"{len(EXAMPLES) * len(POLICIES) - failures} passed, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
