#!/usr/bin/env python3
"""The tables in the policies beside this file that come from formulas.

    python3 data/policies/generate_tables.py           compare: exit status 1 where a table differs by more than 1 bp
    python3 data/policies/generate_tables.py --write   put the tables into the documents

The engine knows no exp, no normal quantile and no fraction; they are used here, once, and what comes out is data that is
read and approved like any other number of a policy. Only the standard library.
"""
import argparse
import json
import math
import pathlib
import statistics
import sys

HERE = pathlib.Path(__file__).resolve().parent
PPM = 1_000_000
BP_IN_PPM = 100

# ---------------------------------------------------------------- score to PD

# Score = offset + factor * ln(good/bad), factor = points to double the odds / ln 2 (Siddiqi, Credit Risk Scorecards, 2006).
SCORE_ANCHOR = 600
ODDS_AT_ANCHOR = 50
POINTS_TO_DOUBLE_ODDS = 50
SCORE_STEP = 25
PD_FLOOR_PPM = 500  # 0.05 %: the floor of the Basel framework (CRE32, 2023 version)


def pd_of_score(score):
    factor = POINTS_TO_DOUBLE_ODDS / math.log(2)
    offset = SCORE_ANCHOR - factor * math.log(ODDS_AT_ANCHOR)
    return 1 / (1 + math.exp((score - offset) / factor))


def pd_rows():
    """One row for each step of scores, at the PD of its lowest score; rows that the floor makes equal are one."""
    rows = []
    for score in range(1000, -1, -SCORE_STEP):
        pd_ppm = max(PD_FLOOR_PPM, round(pd_of_score(score) * PPM))
        if rows and rows[-1]["pd_ppm"] == pd_ppm:
            rows.pop()
        rows.append({"score_min": score, "pd_ppm": pd_ppm})
    return rows


# ---------------------------------------------------------------- P(not repaid) to PD

# Upper PD bounds of the ten grades, in ppm, and points between them.
GRADES_PPM = (1000, 2500, 5000, 9000, 15000, 25000, 45000, 80000, 200000, 1000000)
LENS_PD_PPM = (500, 1000, 1750, 2500, 3750, 5000, 7000, 9000, 12000, 15000, 20000, 25000, 35000, 45000, 60000, 80000,
               120000, 200000, 300000, 400000)
# Of the paths that have not repaid 90 days after maturity, the share that ends in default: the others still hold
# receivables on public bodies, which pay late rather than never, and are renewed or deferred.
DEFAULT_AFTER_NOT_REPAID = 0.4


def lens_rows():
    """PD = share * P(not repaid), in steps; each row at the PD of its upper end."""
    return [{"not_repaid_max_ppm": round(pd / DEFAULT_AFTER_NOT_REPAID), "pd_ppm": pd} for pd in LENS_PD_PPM]


# ---------------------------------------------------------------- capital

LGD = 0.40            # senior unsecured (Basel framework, CRE32, 2023 version); the policies' price.lgd_bp
MATURITY_YEARS = 1.0  # the formula's least; no tenor is longer
SME_SALES_MEUR = 5.0  # CRE31.9: sales of at most EUR 5 million take the whole size adjustment
CAPITAL_PD_PPM = (500, 1000, 1750, 2500, 3750, 5000, 7000, 9000, 12000, 15000, 20000, 25000, 35000, 45000, 60000, 80000,
                  120000, 200000, 1000000)


def irb_capital(pd, lgd, maturity_years, sales_meur=None):
    """CRE31.5 to 31.9: capital as a share of exposure; correlation of corporates, lowered for small ones."""
    normal = statistics.NormalDist()
    weight = (1 - math.exp(-50 * pd)) / (1 - math.exp(-50))
    correlation = 0.12 * weight + 0.24 * (1 - weight)
    if sales_meur is not None:
        correlation -= 0.04 * (1 - (min(max(sales_meur, 5), 50) - 5) / 45)
    adjustment = (0.11852 - 0.05478 * math.log(pd)) ** 2
    stressed = normal.cdf((normal.inv_cdf(pd) + math.sqrt(correlation) * normal.inv_cdf(0.999)) / math.sqrt(1 - correlation))
    return lgd * (stressed - pd) * (1 + (maturity_years - 2.5) * adjustment) / (1 - 1.5 * adjustment)


def capital_rows():
    """
    Each row holds the most that any PD up to its end needs. The formula falls again where default is nearly certain, because
    expected loss takes over; a price must not fall there, so the last row keeps the peak.
    """
    rows = []
    peak = 0.0
    pd_ppm = 0
    for end_ppm in CAPITAL_PD_PPM:
        while pd_ppm < end_ppm:
            pd_ppm += 250
            if pd_ppm < PPM:
                peak = max(peak, irb_capital(pd_ppm / PPM, LGD, MATURITY_YEARS, SME_SALES_MEUR))
        rows.append({"pd_max_ppm": end_ppm, "capital_ppm": round(peak * PPM)})
    return rows


# ---------------------------------------------------------------- hazards of payment and acceptance

BIN_START_WEEKS = (0, 2, 4, 8, 13, 26)
WEEKS = 160  # a forecast of the engine ends there
# How the chance of payment in a week changes with the time waited: low at first (the papers travel), highest
# between the second and the thirteenth week, lower again for what is stuck.
PAYMENT_SHAPE = (1.0, 1.4, 1.6, 1.6, 1.3, 1.0)
SLIP_SHAPE = (1.6, 1.6, 1.4, 1.2, 1.0, 0.8)  # acceptance: what is ready is taken soon, what is not drags on
HAZARD_STEP_PPM = 500

# Mean weeks from the payable day to payment. The reasons stand in each policy's sources.
LEVEL_WEEKS = (
    (None, 9), ("central", 4), ("province", 5), ("city", 6), ("district", 7), ("township", 9), ("village", 10),
    ("public_institution", 6), ("mass_organisation", 7), ("enterprise", 9), ("donor", 4),
)
FUND_FACTORS = (
    ("welfare_lottery", 1.1, ("province", "city", "district", "township", "village")),
    ("award_fund", 1.4, ("province", "city", "district", "township")),
    ("venture_philanthropy", 0.9, ("city", "district", "mass_organisation")),
)
SLIP_WEEKS = 2.5


def hazards(shape, speed):
    return [max(1, round(speed * part * PPM / HAZARD_STEP_PPM)) * HAZARD_STEP_PPM for part in shape]


def mean_weeks(hazards_ppm):
    """As delay.c has it: whole weeks survived, and half a week for the one in which it is paid."""
    left, total = 1.0, 0.5
    for week in range(WEEKS):
        index = max(i for i, start in enumerate(BIN_START_WEEKS) if start <= week)
        left *= 1 - hazards_ppm[index] / PPM
        total += left
    return total


def hazards_with_mean(shape, weeks):
    """The hazards of this shape whose mean comes nearest."""
    low, high = 1e-4, 0.6
    for _ in range(60):
        middle = (low + high) / 2
        if mean_weeks(hazards(shape, middle)) > weeks:
            low = middle
        else:
            high = middle
    return hazards(shape, high)


def payment_rows():
    rows = []
    for level, weeks in LEVEL_WEEKS:
        row = {} if level is None else {"level": level}
        rows.append({**row, "hazard_ppm": hazards_with_mean(PAYMENT_SHAPE, weeks)})
    weeks_of = dict(LEVEL_WEEKS)
    for fund_source, factor, levels in FUND_FACTORS:
        for level in levels:
            rows.append({"level": level, "fund_source": fund_source,
                         "hazard_ppm": hazards_with_mean(PAYMENT_SHAPE, weeks_of[level] * factor)})
    return rows


# ---------------------------------------------------------------- into the documents

def tables(policy):
    """Where each table stands, and what it holds; a policy without a second lens stays without."""
    yield "delay", "bin_start_weeks", list(BIN_START_WEEKS)
    yield "delay", "payment", payment_rows()
    yield "delay", "slip_hazard_ppm", hazards_with_mean(SLIP_SHAPE, SLIP_WEEKS)
    yield "scorecard", "pd", pd_rows()
    if policy["scorecard"]["lens"]:
        yield "scorecard", "lens", lens_rows()
    yield "scorecard", "grade_pd_max_ppm", list(GRADES_PPM)
    yield "price", "capital", capital_rows()


def is_near(kept, generated):
    """Equal, but for 1 bp where the members are parts per million."""
    if isinstance(generated, dict):
        return isinstance(kept, dict) and kept.keys() == generated.keys() and all(is_near(kept[k], generated[k]) for k in kept)
    if isinstance(generated, list):
        return isinstance(kept, list) and len(kept) == len(generated) and all(map(is_near, kept, generated))
    if isinstance(generated, int) and generated > BP_IN_PPM:
        return isinstance(kept, int) and abs(kept - generated) <= BP_IN_PPM
    return kept == generated


def differences(policy):
    return [f"/{section}/{name}" for section, name, rows in tables(policy) if not is_near(policy[section][name], rows)]


def layout(value, indent=0):
    """JSON with one line for what fits on it, so that a table reads as a table and a change as one line."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or not value or (len(line) + indent <= 118 and not nests(value)):
        return line
    inner = " " * (indent + 1)
    if isinstance(value, dict):
        rows = [f"{json.dumps(k, ensure_ascii=False)}: {layout(v, indent + 1)}" for k, v in value.items()]
        return "{\n" + ",\n".join(inner + row for row in rows) + "\n" + " " * indent + "}"
    return "[\n" + ",\n".join(inner + layout(v, indent + 1) for v in value) + "\n" + " " * indent + "]"


def nests(value):
    parts = value.values() if isinstance(value, dict) else value
    return any(isinstance(part, dict) for part in parts) or any(isinstance(part, list) and nests(part) for part in parts)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    failures = 0
    for path in sorted(HERE.glob("*.json")):
        policy = json.loads(path.read_text(encoding="utf-8"))
        if arguments.write:
            for section, name, rows in tables(policy):
                policy[section][name] = rows
            path.write_text(layout(policy) + "\n", encoding="utf-8")
        for pointer in differences(policy):
            failures += 1
            print(f"{path.name}: {pointer} is not what the formula gives")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
