#!/usr/bin/env python3
"""What must always hold of decisions, tried on many reconstructed dossiers through `zcd assess`.

    python3 tests/scoring/properties.py ZCD [--pairs N] [--first SEED]

Each property makes a pair: a dossier, and the same with one thing changed. A pair is non-trivial where the
base case was approved and a bound moved (or what else fits the property); both numbers are printed, because a property that never met such a pair has not been tested.
Ends with "N passed, N failed"; exit status 1 when one failed.
"""
import argparse
import concurrent.futures
import copy
import datetime
import json
import os
import pathlib
import random
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import reconstruct  # noqa: E402

CASES = ("zhicheng-2020-10", "zhicheng-2022-06", "contract-ending-next-month", "payers-90-days-late")


def decide(zcd, dossier):
    """The decision of one dossier."""
    done = subprocess.run([zcd, "assess", "-"], input=json.dumps(dossier, ensure_ascii=False).encode(),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode())
    return json.loads(done.stdout)


def approved(decision):
    return decision["outcome"] in ("approve", "approve_with_conditions")


def bounds(decision):
    return {bound["name"]: bound["amount_fen"] for bound in decision["limit_bounds"]}


def signed_contracts(dossier):
    return [c for c in dossier["contracts"] if c["stage"] in ("signed", "performing", "evaluating")]


def day(text):
    return datetime.date.fromisoformat(text)


# ---------------------------------------------------------------- the changes; each returns None where it cannot be made

def paid_later(dossier, luck):
    """One payment made some weeks later, still in the past."""
    rows = [p for c in dossier["contracts"] for m in c["milestones"] for p in m.get("payments", []) if day(p["paid_on"]) < day(dossier["as_of"])]
    if not rows:
        return None
    row = luck.choice(rows)
    room = (day(dossier["as_of"]) - day(row["paid_on"])).days
    row["paid_on"] = (day(row["paid_on"]) + datetime.timedelta(days=luck.randint(1, room))).isoformat()
    return dossier


def instalment_paid_later(dossier, luck):
    rows = [p for f in dossier.get("facilities", []) for i in f.get("instalments", []) for p in i.get("payments", []) if day(p["paid_on"]) < day(dossier["as_of"])]
    if not rows:
        return None
    row = luck.choice(rows)
    room = (day(dossier["as_of"]) - day(row["paid_on"])).days
    row["paid_on"] = (day(row["paid_on"]) + datetime.timedelta(days=luck.randint(1, min(room, 120)))).isoformat()
    return dossier


def account_locked(dossier, luck):
    rows = [c for c in signed_contracts(dossier) if not c.get("security", {}).get("account_locked")]
    if not rows:
        return None
    for row in luck.sample(rows, luck.randint(1, len(rows))):
        row.setdefault("security", {})["account_locked"] = True
    return dossier


def buyer_confirmed(dossier, luck):
    rows = [c for c in signed_contracts(dossier) if not c.get("security", {}).get("buyer_confirmed")]
    if not rows:
        return None
    for row in luck.sample(rows, luck.randint(1, len(rows))):
        row.setdefault("security", {})["buyer_confirmed"] = True
    return dossier


def more_asked(dossier, luck):
    dossier["application"]["amount_fen"] += luck.randint(1, 500) * 1_000_000
    return dossier


def stop_removed(dossier, luck):
    del luck
    dossier["organisation"]["lists"] = []
    return dossier


def reordered(dossier, luck):
    for rows in (dossier["contracts"], dossier["payers"], dossier.get("facilities", []), dossier.get("payer_experience", []),
                 dossier["organisation"].get("statements", []), dossier["organisation"].get("staff", [])):
        luck.shuffle(rows)
    for contract in dossier["contracts"]:
        luck.shuffle(contract["milestones"])
        for milestone in contract["milestones"]:
            luck.shuffle(milestone.get("payments", []))
    return dossier


# ---------------------------------------------------------------- which pairs say something

def moved(base, changed):
    """The base case was approved and a bound or a characteristic moved."""
    return approved(base) and (bounds(base) != bounds(changed) or base["characteristics"] != changed["characteristics"])


def was_stopped(base, _):
    return any(finding["outcome"] == "stop" for finding in base["eligibility"])


def was_approved(base, _):
    return approved(base)


# ---------------------------------------------------------------- what must hold; each returns an error text or None

def never_better(base, changed):
    if changed["capacity_fen"] > base["capacity_fen"]:
        return f"capacity rose from {base['capacity_fen']} to {changed['capacity_fen']}"
    if changed["grade"] < base["grade"] and base["limit_fen"] == changed["limit_fen"]:
        return f"grade bettered from {base['grade']} to {changed['grade']}"
    return None


def never_worse(base, changed):
    if changed["capacity_fen"] < base["capacity_fen"]:
        return f"capacity fell from {base['capacity_fen']} to {changed['capacity_fen']}"
    if changed["limit_fen"] < base["limit_fen"]:
        return f"limit fell from {base['limit_fen']} to {changed['limit_fen']}"
    return None


def limit_not_lower(base, changed):
    if changed["limit_fen"] < base["limit_fen"]:
        return f"limit fell from {base['limit_fen']} to {changed['limit_fen']}"
    return None


def no_stop_added(base, changed):
    before = {f["rule"] for f in base["eligibility"] if f["outcome"] == "stop"}
    after = {f["rule"] for f in changed["eligibility"] if f["outcome"] == "stop"}
    return f"stops added: {after - before}" if after - before else None


def same_bytes(base, changed):
    a = {k: v for k, v in base.items() if k != "dossier_sha256"}
    b = {k: v for k, v in changed.items() if k != "dossier_sha256"}
    if a == b:
        return None
    return "differs in " + ", ".join(sorted(k for k in a if a[k] != b.get(k)))


PROPERTIES = (
    ("a payment made later never raises capacity nor betters the grade", paid_later, never_better, moved, CASES),
    ("an instalment paid later never betters anything", instalment_paid_later, never_better, moved, ("zhicheng-2022-06",)),
    ("locking accounts never hurts", account_locked, never_worse, moved, CASES),
    ("confirming buyers never hurts", buyer_confirmed, never_worse, moved, CASES),
    ("asking for more never gets less", more_asked, limit_not_lower, moved, CASES),
    ("removing a hard-stop fact never adds a stop", stop_removed, no_stop_added, was_stopped, ("serious-violation-list",)),
    ("the order of the input never matters", reordered, same_bytes, was_approved, CASES),
)


def try_pair(job):
    """(error or None, non-trivial) of one pair; None where the change cannot be made."""
    zcd, index, case, seed = job
    _, change, holds, says_something, _ = PROPERTIES[index]
    base_dossier = reconstruct.reconstruct(case, seed)
    luck = random.Random(f"{index}/{case}/{seed}")
    changed_dossier = change(copy.deepcopy(base_dossier), luck)
    if changed_dossier is None:
        return None
    base = decide(zcd, base_dossier)
    changed = decide(zcd, changed_dossier)
    error = holds(base, changed)
    return (f"{case} seed {seed}: {error}" if error else None, says_something(base, changed))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("zcd")
    parser.add_argument("--pairs", type=int, default=40, help="seeds tried for each property and case")
    parser.add_argument("--first", type=int, default=1000, help="first seed")
    arguments = parser.parse_args()

    failures = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for index, (name, _, _, _, cases) in enumerate(PROPERTIES):
            jobs = [(arguments.zcd, index, case, arguments.first + i) for case in cases for i in range(arguments.pairs)]
            results = [r for r in pool.map(try_pair, jobs) if r is not None]
            errors = [error for error, _ in results if error]
            failures += 1 if errors else 0
            print(f"{'FAILED' if errors else 'ok'}: {name}: {len(results)} pairs, {sum(says for _, says in results)} non-trivial, {len(errors)} broken")
            for error in errors[:5]:
                print(f"    {error}")
    print(f"{len(PROPERTIES) - failures} passed, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
