#!/usr/bin/env python3
"""The table of expected verdicts, under both policies, for many seeds of the reconstructed detail.

    python3 tests/scoring/verdicts.py ZCD [--seeds 50]

The verdicts are sanity, not targets: each must hold whatever plausible detail is drawn. Ends with "N passed, N failed".
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import reconstruct  # noqa: E402

FIVE_MILLION_YUAN = 500_000_000


def decide(zcd, policy, dossier):
    done = subprocess.run([zcd, "assess", "-", "--policy", policy], input=json.dumps(dossier, ensure_ascii=False).encode(),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode())
    return json.loads(done.stdout)


def first_reason(decision):
    return decision["reasons"][0]["code"] if decision["reasons"] else None


def is_approved(decision):
    return decision["outcome"] in ("approve", "approve_with_conditions")


def repaid_ppm(case):
    return case["repaid_ppm"]["with_renewals"]["within_90_days"]


# Each row: case, policy, what is expected, the test of it.
EXPECTED = (
    ("zhicheng-2020-10", "zhengcaidai", "approved with or without conditions, 5,000,000 yuan",
     lambda d, _: is_approved(d) and d["limit_fen"] == FIVE_MILLION_YUAN),
    ("zhicheng-2020-10", "zhengcaidai", "locking the accounts is what makes the loan safe",
     lambda d, _: d["outcome"] == "approve" or (
         repaid_ppm(d["with_conditions"]) >= 950_000 > repaid_ppm(d["as_it_stands"])
         and any(c["code"] == "lock_accounts" for c in d["conditions"]))),
    ("zhicheng-2020-10", "traditional", "declined", lambda d, _: d["outcome"] == "decline"),
    ("zhicheng-2022-06", "zhengcaidai", "approved", lambda d, _: is_approved(d)),
    ("zhicheng-2022-06", "zhengcaidai", "every rule of renewal holds, by the rules of 2014, and it goes through the green channel",
     lambda d, _: d["renewal"]["outcome"] == "pass" and "2014" in d["renewal"]["law"]["en"]
         and d["green_channel"]["open"] and d["green_channel"]["decide_by"] == "2022-06-22"),
    ("zhicheng-2022-06-deferral", "zhengcaidai", "approved by the deferral test, no downgrade in the window of 2022, green channel",
     lambda d, _: d["outcome"] == "approve" and d["limit_fen"] == 0 and d["green_channel"]["open"]
         and d["deferral"]["treatment"]["name"] == "without_downgrade" and d["deferral"]["to"] == "2022-12-21"),
    ("zhicheng-2022-06", "traditional", "declined or referred", lambda d, _: d["outcome"] in ("decline", "refer")),
    ("donations-only", "zhengcaidai", "declined for eligibility",
     lambda d, _: d["outcome"] == "decline" and any(f["rule"] == "public_contract" and f["outcome"] == "stop" for f in d["eligibility"])),
    ("donations-only", "traditional", "declined", lambda d, _: d["outcome"] == "decline"),
    ("serious-violation-list", "zhengcaidai", "declined, the list is the first reason",
     lambda d, _: d["outcome"] == "decline" and "serious_violation" in first_reason(d)),
    ("serious-violation-list", "traditional", "declined", lambda d, _: d["outcome"] == "decline"),
    ("contract-ending-next-month", "zhengcaidai", "referred, or a smaller limit and a shorter tenor",
     lambda d, dossier: d["outcome"] == "refer" or (
         is_approved(d) and
         d["limit_fen"] < dossier["application"]["amount_fen"] and d["tenor_months"] < dossier["application"]["tenor_months"])),
    ("contract-ending-next-month", "traditional", "declined", lambda d, _: d["outcome"] == "decline"),
    ("payers-90-days-late", "zhengcaidai", "declined or referred, a reason names a payer",
     lambda d, dossier: d["outcome"] in ("decline", "refer") and any(
         payer["name"] in (r["subject"], r["text"]["zh"]) or payer["name"] in r["text"]["zh"]
         for r in d["reasons"] for payer in dossier["payers"])),
    ("payers-90-days-late", "traditional", "declined", lambda d, _: d["outcome"] == "decline"),
)


def try_case(job):
    """The names of what does not hold for one case, policy and seed, with the decision's short form."""
    zcd, case, policy, seed = job
    dossier = reconstruct.reconstruct(case, seed)
    decision = decide(zcd, policy, dossier)
    short = f"{decision['outcome']} {decision['limit_fen'] // 100} yuan, {decision['tenor_months']} months, {[r['code'] for r in decision['reasons']]}"
    return [(what, f"{case}, {policy}, seed {seed}: {short}") for c, p, what, holds in EXPECTED
            if c == case and p == policy and not holds(decision, dossier)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("zcd")
    parser.add_argument("--seeds", type=int, default=50)
    arguments = parser.parse_args()

    pairs = sorted({(case, policy) for case, policy, _, _ in EXPECTED})
    jobs = [(arguments.zcd, case, policy, seed) for case, policy in pairs for seed in range(arguments.seeds)]
    broken = {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for errors in pool.map(try_case, jobs):
            for what, example in errors:
                broken.setdefault((what, example.split(",")[0] + "," + example.split(",")[1]), []).append(example)

    failures = 0
    for case, policy, what, _ in EXPECTED:
        examples = broken.get((what, f"{case}, {policy}"), [])
        failures += 1 if examples else 0
        print(f"{'FAILED' if examples else 'ok'}: {case}, {policy}: {what} ({arguments.seeds - len(examples)} of {arguments.seeds} seeds)")
        for example in examples[:3]:
            print(f"    {example}")
    print(f"{len(EXPECTED) - failures} passed, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
