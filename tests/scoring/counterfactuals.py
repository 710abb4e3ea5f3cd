#!/usr/bin/env python3
"""Every counterfactual of a decision, made true in the dossier's JSON and decided again from outside, comes out as it says.

    python3 tests/scoring/counterfactuals.py ZCD [--dossiers N] [--seed S]

The changes are applied by the paths that the decision gives, so the paths are tested too: ids for indices, "-" for a new row. The
dossiers are the examples and invented ones (`zcd bench generate`), half of them asking for more than they do; the policy is the shipped
one, also looking for fewer conditions.
"""
import argparse
import collections
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "data" / "examples").glob("*.json"))
KEYS = ("id", "due_on", "on")


def assess(zcd, dossier, policy):
    done = subprocess.run([zcd, "assess", "-", "--policy", policy], input=json.dumps(dossier).encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode())
    return json.loads(done.stdout)


def member(value, name, new_rows):
    """The value under a segment: a member, the row with that id or day, or the row that this step adds."""
    if isinstance(value, dict):
        if value.get(name) is None:
            value[name] = [] if name in ("payments", "staff") else {}
        return value[name]
    if name == "-":
        if id(value) not in new_rows:
            new_rows[id(value)] = {}
            value.append(new_rows[id(value)])
        return new_rows[id(value)]
    found = [row for row in value if any(row.get(key) == name for key in KEYS)]
    if len(found) != 1:
        raise KeyError(name)
    return found[0]


def apply(dossier, facts):
    """Write each fact, after looking that the value it is changed from is what stands there."""
    new_rows = {}
    for fact in facts:
        *path, last = (part.replace("~1", "/").replace("~0", "~") for part in fact["field"].split("/")[1:])
        value = dossier
        for name in path:
            value = member(value, name, new_rows)
        is_new_row = "-" in path
        if not is_new_row and value.get(last) != fact["from"] and not (fact["from"] in (False, 0) and value.get(last) is None):
            raise ValueError(f"{fact['field']} is {value.get(last)}, not {fact['from']}")
        value[last] = fact["to"]
        if is_new_row and "payments" in path and "milestones" in path:
            value["id"] = "counterfactual"


def claims(row):
    return {name: row[name] for name in ("outcome", "limit_fen", "grade", "tenor_months", "rate_bp")}


def is_goal(row, decision, after):
    if row["goal"] == "approval":
        return decision["limit_fen"] == 0 and after["limit_fen"] > 0
    if row["goal"] == "full_amount":
        return after["limit_fen"] > decision["limit_fen"] > 0
    return decision["outcome"] == "approve_with_conditions" and after["outcome"] == "approve"


def check(zcd, policy, dossier, counts):
    """Problems of one dossier's counterfactuals."""
    decision = assess(zcd, dossier, policy)
    if decision["counterfactual_search"] is None:
        counts["not searched"] += 1
        if decision["counterfactuals"] or decision["outcome"] in ("decline", "refer") and decision["limit_fen"] > 0:
            yield "answers without a search"
        return
    counts["searched"] += 1
    for row in decision["counterfactuals"]:
        changed = copy.deepcopy(dossier)
        name = row["goal"] + ": " + " + ".join(step["lever"] for step in row["steps"])
        for step in row["steps"]:
            apply(changed, step["facts"])
        after = assess(zcd, changed, policy)
        counts[name] += 1
        if claims(row) != claims(after):
            yield f"{name}: said {claims(row)}, came out {claims(after)}"
        if not is_goal(row, decision, after):
            yield f"{name}: the goal is not reached"


def dossiers(zcd, folder, count, seed):
    for path in EXAMPLES:
        yield path.stem, json.loads(path.read_text(encoding="utf-8"))
    subprocess.run([zcd, "bench", "generate", str(count), folder, "--seed", str(seed)], check=True, stdout=subprocess.DEVNULL)
    for index, path in enumerate(sorted(pathlib.Path(folder).glob("d*.json"))):
        dossier = json.loads(path.read_text(encoding="utf-8"))
        if index % 2:
            dossier["application"]["amount_fen"] *= 3
        yield path.stem, dossier


def write_policy(folder):
    policy = json.loads((ROOT / "data" / "policies" / "zhengcaidai.json").read_text(encoding="utf-8"))
    policy["counterfactual"]["relax_conditions"] = True
    path = pathlib.Path(folder) / "policy.json"
    path.write_text(json.dumps(policy, ensure_ascii=False), encoding="utf-8")
    return str(path)


def check_all(zcd, folder, count, seed, counts):
    """Prints what is wrong; returns how much is."""
    failures = 0
    policy = write_policy(folder)
    for name, dossier in dossiers(zcd, str(pathlib.Path(folder) / "dossiers"), count, seed):
        try:
            found = list(check(zcd, policy, dossier, counts))
        except (KeyError, ValueError, RuntimeError) as problem:
            found = [repr(problem)]
        for problem in found:
            failures += 1
            print(f"FAILED: {name}: {problem}")
    return failures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("zcd")
    parser.add_argument("--dossiers", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    counts = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        failures = check_all(arguments.zcd, folder, arguments.dossiers, arguments.seed, counts)
    for name, count in sorted(counts.items()):
        print(f"{count:5} {name}")
    answers = sum(count for name, count in counts.items() if ":" in name)
    print(f"{answers} answers confirmed from outside, {failures} failures")
    return 1 if failures or answers == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
