#!/usr/bin/env python3
"""The shipped policies as documents: their schema, the sources of their numbers, and their generated tables.

Run from the root of the repository, as CTest does: python3 -B tests/scoring/test_policy_documents.py
Formulas are held against published values, then the tables against the formulas.
"""
import copy
import json
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "data" / "policies"))
import generate_tables as tables  # noqa: E402

SCHEMA = json.loads((ROOT / "data/policies/schema/policy.schema.json").read_text(encoding="utf-8"))
POLICIES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "data/policies").glob("*.json"))}

TYPES = {"object": dict, "array": list, "string": str, "null": type(None), "boolean": bool}


def is_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def problems(value, schema, pointer=""):
    """What JSON Schema 2020-12 has against the value; knows the keywords that our schema uses, and no other."""
    for keyword, wanted in schema.items():
        if keyword in ("$schema", "$id", "$defs", "title", "description", "additionalProperties"):
            continue
        if keyword == "$ref":
            yield from problems(value, SCHEMA["$defs"][wanted.removeprefix("#/$defs/")], pointer)
        elif keyword == "type":
            if not is_type(value, wanted):
                yield f"{pointer} is not of type {wanted}"
                return
        elif keyword == "const":
            if value != wanted:
                yield f"{pointer} is not {wanted}"
        elif keyword == "enum":
            if value not in wanted:
                yield f"{pointer} is not one of the list"
        elif keyword == "anyOf":
            if all(list(problems(value, one, pointer)) for one in wanted):
                yield f"{pointer} fits none of the forms"
        elif keyword == "required":
            yield from (f"{pointer}/{name} is missing" for name in wanted if name not in value)
        elif keyword == "dependentRequired":
            yield from (f"{pointer}/{other} is missing" for name, others in wanted.items() if name in value for other in others if other not in value)
        elif keyword == "properties":
            for name, member in value.items():
                if name in wanted:
                    yield from problems(member, wanted[name], f"{pointer}/{name}")
                elif schema.get("additionalProperties") is False:
                    yield f"{pointer}/{name} is unknown"
        elif keyword == "items":
            for index, item in enumerate(value):
                yield from problems(item, wanted, f"{pointer}/{index}")
        elif keyword in ("minimum", "maximum"):
            if value < wanted if keyword == "minimum" else value > wanted:
                yield f"{pointer} is {value}"
        elif keyword in ("minItems", "minLength"):
            if len(value) < wanted:
                yield f"{pointer} is too short"
        elif keyword == "maxItems":
            if len(value) > wanted:
                yield f"{pointer} is too long"
        elif keyword == "uniqueItems":
            if len(set(value)) != len(value):
                yield f"{pointer} holds something twice"
        elif keyword == "pattern":
            if not re.search(wanted, value):
                yield f"{pointer} does not have the form"
        else:
            raise NotImplementedError(keyword)


def names_in(path, macro):
    return re.findall(rf'^{macro}\(\d+, \w+, "([^"]+)"', (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)


def numbers(value, pointer=""):
    """Pointer of every number of a document."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from numbers(member, f"{pointer}/{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from numbers(item, f"{pointer}/{index}")
    elif is_type(value, "integer"):
        yield pointer


def at(document, pointer):
    for name in pointer.split("/")[1:]:
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document


class Formulas(unittest.TestCase):
    def test_capital_meets_the_illustrative_weights_of_the_basel_committee(self):
        """
        Corporates, 2.5 years, turnover of EUR 50 million and EUR 5 million: Basel II (2006), annex 5, at LGD 45 %; the
        same table after the reforms, at LGD 40 % (CRE99; here as in the rulebook of the Saudi central bank, 26.2).
        """
        published = (
            (0.45, ((0.0003, 14.44, 11.30), (0.0010, 29.65, 23.30), (0.0050, 69.61, 54.91), (0.0100, 92.32, 72.40),
                    (0.0200, 114.86, 88.55), (0.0250, 122.16, 93.43), (0.0300, 128.44, 97.58))),
            (0.40, ((0.0005, 17.47, 13.69), (0.0010, 26.36, 20.71), (0.0025, 43.97, 34.68), (0.0040, 55.75, 43.99),
                    (0.0050, 61.88, 48.81), (0.0075, 73.58, 57.91), (0.0100, 82.06, 64.35), (0.0130, 89.73, 70.02))),
        )
        for lgd, rows in published:
            for pd, large, small in rows:
                self.assertAlmostEqual(1250 * tables.irb_capital(pd, lgd, 2.5), large, delta=0.011)
                self.assertAlmostEqual(1250 * tables.irb_capital(pd, lgd, 2.5, 5), small, delta=0.011)

    def test_scores_double_their_odds_as_stated(self):
        self.assertAlmostEqual(tables.pd_of_score(600), 1 / 51)
        self.assertAlmostEqual(tables.pd_of_score(650), 1 / 101)
        self.assertAlmostEqual(tables.pd_of_score(550), 1 / 26)

    def test_hazards_have_the_mean_they_were_made_for(self):
        weeks_of = dict(tables.LEVEL_WEEKS)
        factor_of = {name: factor for name, factor, _ in tables.FUND_FACTORS}
        for row in tables.payment_rows():
            wanted = weeks_of[row.get("level")] * factor_of.get(row.get("fund_source"), 1)
            self.assertAlmostEqual(tables.mean_weeks(row["hazard_ppm"]), wanted, delta=0.1)

    def test_a_constant_hazard_has_the_mean_of_the_geometric_law(self):
        """Paid with chance h in each week: 1 / h weeks, less the half week to the middle of the last one."""
        self.assertAlmostEqual(tables.mean_weeks([250_000] * 6), 1 / 0.25 - 0.5, places=6)

    def test_tables_turn_at_the_bounds_of_the_grades(self):
        for bound in tables.GRADES_PPM[:-2]:
            self.assertIn(bound, tables.LENS_PD_PPM)
            self.assertIn(bound, tables.CAPITAL_PD_PPM)


class Documents(unittest.TestCase):
    def test_the_two_policies_are_shipped(self):
        self.assertEqual(list(POLICIES), ["traditional", "zhengcaidai"])

    def test_generated_tables_are_what_the_formulas_give(self):
        for name, policy in POLICIES.items():
            self.assertEqual(tables.differences(policy), [], name)

    def test_a_table_that_is_off_by_more_than_one_bp_is_noticed(self):
        policy = copy.deepcopy(POLICIES["zhengcaidai"])
        policy["scorecard"]["pd"][20]["pd_ppm"] += 100
        self.assertEqual(tables.differences(policy), [])
        policy["scorecard"]["pd"][20]["pd_ppm"] += 1
        policy["price"]["capital"].pop()
        self.assertEqual(tables.differences(policy), ["/scorecard/pd", "/price/capital"])

    def test_documents_are_laid_out_as_the_generator_lays_them_out(self):
        for name, policy in POLICIES.items():
            text = (ROOT / f"data/policies/{name}.json").read_text(encoding="utf-8")
            self.assertEqual(text, tables.layout(policy) + "\n", name)

    def test_every_number_has_a_source(self):
        for name, policy in POLICIES.items():
            sourced = {row["pointer"] for row in policy["sources"]}
            count = 0
            for pointer in numbers({name: member for name, member in policy.items() if name != "vectors"}):  # cases, not numbers of the policy
                parts = pointer.split("/")
                ancestors = {"/".join(parts[:length]) for length in range(2, len(parts) + 1)}
                own = [a for a in ancestors if isinstance(at(policy, a), dict) and at(policy, a).get("source")]
                self.assertTrue(ancestors & sourced or own, f"{name}: {pointer}")
                count += 1
            self.assertGreater(count, 200)

    def test_cases_are_fiction_and_their_limits_follow_from_their_facts(self):
        """15 % of 6 million x 200 days of 365; seven tenths of the collateral; both in whole steps."""
        cases = {name: policy["vectors"] for name, policy in POLICIES.items()}
        self.assertTrue(all("Fiction" in c[0]["dossier"]["provenance"] for c in cases.values()))
        for name, index, limit_fen in (("zhengcaidai", 1, 600_000_000 * 200 // 365 * 15 // 100), ("traditional", 0, 60_000_000 * 7 // 10)):
            step = POLICIES[name]["limit"]["step_fen"]
            self.assertEqual(cases[name][index]["expect"]["limit_fen"], limit_fen // step * step, name)

    def test_the_points_of_each_card_add_up_to_a_thousand(self):
        for name, policy in POLICIES.items():
            best = [max(b["points"] for b in c["bins"]) for c in policy["scorecard"]["characteristics"]]
            self.assertEqual(sum(best), 1000, name)

    def test_a_missing_credit_history_scores_about_two_thirds(self):
        cards = {c["id"]: c for c in POLICIES["zhengcaidai"]["scorecard"]["characteristics"]}
        for name in ("instalments_on_time", "worst_days_past_due", "months_on_book"):
            best = max(b["points"] for b in cards[name]["bins"])
            self.assertTrue(0.60 <= cards[name]["missing_points"] / best <= 0.70, name)

    def test_floor_referral_and_grades_say_the_same(self):
        """P(not repaid) at the floor leads to the last grade approved, and at the referral to the last one referred."""
        policy = POLICIES["zhengcaidai"]
        grades = policy["scorecard"]["grade_pd_max_ppm"]

        def grade_at(repaid_ppm):
            pd = next(r["pd_ppm"] for r in policy["scorecard"]["lens"] if 1_000_000 - repaid_ppm <= r["not_repaid_max_ppm"])
            return 1 + next(i for i, bound in enumerate(grades) if pd <= bound)

        self.assertEqual(grade_at(policy["repayment"]["floor_ppm"]), policy["decision"]["approve_grade_max"])
        self.assertEqual(grade_at(policy["decision"]["refer_repaid_min_ppm"]), policy["decision"]["refer_grade_max"])


class Schema(unittest.TestCase):
    def test_it_accepts_the_shipped_policies(self):
        for name, policy in POLICIES.items():
            self.assertEqual(list(problems(policy, SCHEMA)), [], name)

    def test_it_refuses_what_is_missing_unknown_or_out_of_range(self):
        changes = (
            (lambda p: p.pop("price"), "/price is missing"),
            (lambda p: p["price"].update(margin_bp=1), "/price/margin_bp is unknown"),
            (lambda p: p["price"].update(cap_bp=10001), "/price/cap_bp is 10001"),
            (lambda p: p["price"].update(cap_bp=1.5), "/price/cap_bp is not of type integer"),
            (lambda p: p["decision"]["levers"].append("pray"), "/decision/levers/3 is not one of the list"),
            (lambda p: p["delay"]["payment"][0].update(fund_source="charity"), "/delay/payment/0/level is missing"),
            (lambda p: p.update(version="1"), "/version does not have the form"),
        )
        for change, message in changes:
            policy = copy.deepcopy(POLICIES["zhengcaidai"])
            change(policy)
            self.assertEqual(list(problems(policy, SCHEMA)), [message])

    def test_its_lists_are_those_of_the_program(self):
        sections = SCHEMA["properties"]
        codelists = "contracts/codelists.def"
        row = sections["delay"]["properties"]["payment"]["items"]["properties"]
        for listed, path, macro in (
                (sections["eligibility"]["properties"]["rules"]["items"], "scoring/eligibility_rules.def", "ELIGIBILITY_RULE"),
                (sections["eligibility"]["properties"]["body_kinds"]["items"], codelists, "ORGANISATION_KIND"),
                (sections["eligibility"]["properties"]["purposes"]["items"], codelists, "APPLICATION_PURPOSE"),
                (row["level"], codelists, "PAYER_LEVEL"),
                (row["fund_source"], codelists, "FUND_SOURCE"),
                (SCHEMA["$defs"]["characteristic"]["properties"]["id"], "scoring/characteristics.def", "CHARACTERISTIC")):
            self.assertEqual(listed["enum"], names_in(path, macro), macro)


if __name__ == "__main__":
    unittest.main()
