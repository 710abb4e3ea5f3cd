"""The views on stored facts: the decision's own figures, what they are made of, and who may see them."""
import copy
import datetime
import json
import subprocess
import sys
import time

import service

EXAMPLES = service.SOURCE / "data/examples"
VIEWS = ("cashflow", "pipeline", "payers", "renewal")
DIRECTOR = "e2e-director-of-zhicheng".ljust(40, "0")
STRANGER = "e2e-director-of-another".ljust(40, "0")
RIVAL = "e2e-officer-of-another-bank".ljust(40, "0")
ORGANISER = "e2e-organiser-of-a-round".ljust(40, "0")
SCOPES = ["organisation", "contracts", "payments", "facilities"]


def example(name):
    return json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def day(text):
    return datetime.date.fromisoformat(text)


def amounts_of(contract, as_of):
    """A contract's amounts from its document, by hand."""
    sums = dict.fromkeys(("accepted_unpaid", "deducted", "due_unaccepted", "future", "outstanding", "received", "scheduled"), 0)
    for milestone in contract.get("milestones", []):
        received = sum(payment["amount_fen"] for payment in milestone.get("payments", []))
        outstanding = milestone["amount_fen"] - received - milestone.get("deducted_fen", 0)
        sums["received"] += received
        sums["deducted"] += milestone.get("deducted_fen", 0)
        sums["scheduled"] += milestone["amount_fen"]
        sums["outstanding"] += outstanding
        if milestone.get("accepted_on"):
            sums["accepted_unpaid"] += outstanding
        elif day(milestone["due_on"]) <= day(as_of):
            sums["due_unaccepted"] += outstanding
        else:
            sums["future"] += outstanding
    return {f"{name}_fen": value for name, value in sums.items()}


class ViewsTest(service.ServiceTest):
    def setUp(self):
        super().setUp()
        self.first = example("zhicheng-2020-10")
        self.uscc = self.first["organisation"]["uscc"]

    def keep(self, document, user="officer-1"):
        path = self.state / "facts.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        run = service.zcd("import", path, "--kind", "dossier", "--user", user, "--json", **self.service.environment())
        self.assertEqual(run.returncode, 0, run.stderr)

    def ask(self, method, path, document=None, **options):
        fields = {} if document is None else {"Content_Type": "application/json"}
        status, _, body = self.service.request(method, path, None if document is None else json.dumps(document), **fields, **options)
        return status, json.loads(body) if body else None

    def view(self, name, as_of="2020-10-19", query="", uscc=None, status=200, **options):
        got, document = self.ask("GET", f"/v1/organisations/{uscc or self.uscc}/{name}?as_of={as_of}{query}", **options)
        self.assertEqual(got, status, document)
        return document

    def decision(self, document, application=None):
        status, answer = self.ask("POST", f"/v1/organisations/{document['organisation']['uscc']}/assessments",
                                  {"as_of": document["as_of"], "application": application or document["application"]})
        self.assertEqual(status, 201, answer)
        return answer["decision"]

    def test_a_view_says_what_the_decision_says(self):
        for name in ("zhicheng-2020-10", "payers-90-days-late", "donations-only", "contract-ending-next-month", "serious-violation-list"):
            document = example(name)
            uscc, as_of = document["organisation"]["uscc"], document["as_of"]
            self.keep(document)
            decision = self.decision(document)
            size = self.database.log_size()
            cashflow = self.view("cashflow", as_of, uscc=uscc)
            self.assertEqual((cashflow["cashflow"], cashflow["slip"]), (decision["cashflow"], decision["slip"]), name)
            self.assertEqual(self.view("pipeline", as_of, uscc=uscc)["pipeline"], decision["pipeline"], name)
            payers = self.view("payers", as_of, uscc=uscc)
            self.assertEqual(payers["payers"], decision["payers"], name)
            for rests_on in ("as_of", "policy", "engine"):
                self.assertEqual(payers[rests_on], decision[rests_on])
            self.assertEqual((payers["uscc"], payers["lender"], payers["known_at"]), (uscc, service.LENDER, None))
            self.assertEqual(self.database.log_size(), size)  # whoever owns the facts discloses nothing, and no view is a decision

    def test_the_pipeline_is_made_of_contracts_by_tier_and_stage(self):
        self.keep(self.first)
        view = self.view("pipeline")
        contracts = {contract["id"]: contract for contract in self.first["contracts"]}
        self.assertEqual([row["id"] for row in view["contracts"]], sorted(contracts))
        groups = {}
        for row in view["contracts"]:
            contract = contracts[row["id"]]
            self.assertEqual((row["tier"], row["stage"], row["payer"]), (contract["tier"], contract["stage"], contract["payer"]))
            for name, value in amounts_of(contract, "2020-10-19").items():
                self.assertEqual(row["amounts"][name], value, (row["id"], name))
            group = groups.setdefault((row["tier"], row["stage"]), {"contracts": 0})
            group["contracts"] += 1
            for name, value in row["amounts"].items():
                group[name] = group.get(name, 0) + value
        self.assertEqual({(group["tier"], group["stage"]): {"contracts": group["contracts"], **group["amounts"]} for group in view["groups"]}, groups)
        signed = [row["amounts"] for row in view["contracts"] if row["signed"]]
        for name in ("outstanding_fen", "accepted_unpaid_fen", "due_unaccepted_fen", "future_fen"):
            self.assertEqual(view["pipeline"][name], sum(amounts[name] for amounts in signed), name)
        self.assertEqual(view["pipeline"]["overdue_fen"], sum(row["amounts"]["overdue_fen"] for row in view["contracts"]))

    def test_payers_have_their_amounts_and_what_is_known_of_their_delay(self):
        self.keep(self.first)
        alone = {row["payer"]: row for row in self.view("payers")["experience"]}
        self.assertEqual(sorted(alone), sorted({contract["payer"] for contract in self.first["contracts"]}))
        for payer, row in alone.items():
            contracts = [contract for contract in self.first["contracts"] if contract["payer"] == payer]
            self.assertEqual(row["contracts"], len(contracts))
            self.assertEqual(row["amounts"]["received_fen"], sum(amounts_of(one, "2020-10-19")["received_fen"] for one in contracts))
        # Another organisation that the same payers pay: the book knows more, this organisation's own share is what it was.
        other = copy.deepcopy(self.first)
        other["organisation"]["uscc"] = example("serious-violation-list")["organisation"]["uscc"]
        other.pop("payer_experience", None)
        self.keep(other)
        together = {row["payer"]: row for row in self.view("payers")["experience"]}
        for payer, row in together.items():
            self.assertEqual(row["own"], alone[payer]["own"])
            seen = row["own"] if row["own"]["exposure_ppm"] else None
            self.assertEqual(row["book"], seen and {name: seen[name] for name in ("events_ppm", "exposure_ppm")}, payer)

    def test_what_is_expected_comes_and_goes_on_its_days(self):
        self.keep(self.first)
        view = self.view("cashflow")
        organisation, weeks = self.first["organisation"], view["expected"]["weeks"]
        self.assertEqual(view["expected"]["opening_fen"], organisation["cash_fen"] - organisation["restricted_cash_fen"])
        self.assertEqual(len(weeks), len(view["cashflow"]["weeks"]))
        begins = [day(week["begins_on"]) for week in weeks]
        self.assertEqual(begins, [day("2020-10-19") + datetime.timedelta(7 * i) for i in range(len(weeks))])
        payday = next(i for i, begin in enumerate(begins) if begin <= day(f"2020-11-{organisation['payroll_day']:02d}") < begin + datetime.timedelta(7))
        wages = organisation["payroll_month_fen"] + organisation["other_costs_month_fen"]
        self.assertLess(abs(weeks[payday]["payments_fen"] - wages), 100)  # payroll is shared out among contracts in whole fen
        self.assertEqual([week["payments_fen"] for week in weeks[:payday]], [organisation.get("wages_payable_fen", 0)] + [0] * (payday - 1))
        outstanding = self.view("pipeline")["pipeline"]["outstanding_fen"]
        self.assertLessEqual(sum(week["receipts_fen"] for week in weeks), outstanding)
        self.assertGreater(sum(week["receipts_fen"] for week in weeks), outstanding // 2)

    def test_a_renewal_is_shown_as_it_would_be_decided(self):
        document = example("zhicheng-2022-06")
        self.keep(document)
        view = self.view("renewal", "2022-06-20")
        self.assertEqual([facility["id"] for facility in view["facilities"]], ["f1"])
        self.assertEqual(view["application"]["tenor_months"], 24)  # 2020-10-23 to 2022-10-22
        decision = self.decision(document, {"id": "a", "requested_on": "2022-06-20", **view["application"]})
        for name in ("renewal", "green_channel", "conditions", "counterfactuals", "counterfactual_search", "evidence_needed", "limit_fen",
                     "outcome", "reasons"):
            self.assertEqual(view[name], decision[name], name)
        self.assertEqual({rule["outcome"] for rule in view["renewal"]["rules"]}, {"pass"})
        self.assertEqual(self.view("renewal", "2022-06-20", "&facility=f1"), view)
        self.view("renewal", "2022-06-20", "&facility=f2", status=404)
        # Too early: the rule that waits says until when.
        early = copy.deepcopy(document)
        early["facilities"][0]["matures_on"] = "2023-06-22"
        self.keep(early)
        waiting = next(rule for rule in self.view("renewal", "2022-06-20")["renewal"]["rules"] if rule["rule"] == "window_before_maturity")
        self.assertEqual(waiting["outcome"], "waiting")
        self.assertGreater(waiting["until"], "2022-06-20")

    def test_nothing_to_renew_is_no_error(self):
        self.keep(self.first)
        view = self.view("renewal")
        self.assertEqual((view["facilities"], view["application"], view["renewal"], view["outcome"]), ([], None, None, None))

    def test_what_was_known_then_is_shown_as_it_was_then(self):
        self.keep(self.first)
        before = {name: self.view(name) for name in VIEWS}
        known_at = self.database.run("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
        later = copy.deepcopy(self.first)
        milestone = next(m for c in later["contracts"] for m in c["milestones"] if m.get("accepted_on") and not m.get("payments"))
        milestone["payments"] = [{"id": "late", "amount_fen": milestone["amount_fen"], "paid_on": later["as_of"]}]
        self.keep(later)
        after = self.view("pipeline")["pipeline"]
        self.assertEqual(before["pipeline"]["pipeline"]["accepted_unpaid_fen"] - after["accepted_unpaid_fen"], milestone["amount_fen"])
        for name in VIEWS:
            self.assertEqual(self.view(name, query=f"&known_at={known_at}"), {**before[name], "known_at": known_at}, name)
        self.assertEqual(self.view("pipeline", "2020-10-20")["as_of"], "2020-10-20")
        self.view("pipeline", "2020-10-18", status=404)  # nothing holds before its day
        status, today = self.ask("GET", f"/v1/organisations/{self.uscc}/pipeline")
        self.assertEqual((status, abs((day(today["as_of"]) - datetime.datetime.now(datetime.timezone.utc).date()).days) <= 1), (200, True))

    def test_who_may_not_see_all_of_the_facts_sees_no_view(self):
        other = example("serious-violation-list")["organisation"]["uscc"]
        for user, roles, belongs, token in (("rival", "officer", ("--lender", "another-bank"), RIVAL), ("organiser-1", "organiser", (), ORGANISER),
                                            ("director-1", "director", ("--organisation", self.uscc), DIRECTOR),
                                            ("director-2", "director", ("--organisation", other), STRANGER)):
            self.service.add_user(user, roles, *belongs, token=token)
        while 401 in (self.service.request("GET", "/v1/jobs", token=token)[0] for token in (RIVAL, ORGANISER, DIRECTOR, STRANGER)):
            time.sleep(0.05)
        self.keep(self.first)
        own = {name: self.view(name) for name in VIEWS}
        query = f"&lender={service.LENDER}"
        for name in VIEWS:
            for token in (RIVAL, STRANGER, ORGANISER):
                for asked in ("", query):
                    self.assertEqual(self.view(name, query=asked, token=token, status=404)["detail"],
                                     self.view(name, query=asked, token=token, status=404, uscc=other)["detail"])
            self.assertEqual(self.view(name, token=DIRECTOR), own[name])  # of the only lender that knows it
        size = self.database.log_size()
        self.assertEqual(self.view("pipeline", token=service.REGULATOR_TOKEN), own["pipeline"])
        self.view("payers", token=service.REGULATOR_TOKEN)  # the same form on the same day: once
        self.assertEqual(self.database.log_size(), size + 1)
        for scope, status in ((SCOPES[:3], 404), (SCOPES[3:], 200)):
            made, answer = self.ask("POST", "/v1/authorisations", {"granted_to": "lender/another-bank", "purpose": "monitoring", "scope": scope},
                                    token=DIRECTOR)
            self.assertEqual(made, 201, answer)
            for name in VIEWS:
                self.view(name, query=query, token=RIVAL, status=status)
        self.assertEqual(self.database.number("SELECT count(*) FROM disclosure WHERE caller = 'rival' AND form = 'facts'"), 1)
        self.keep(self.first, "rival")
        problem = self.view("cashflow", token=DIRECTOR, status=400)
        self.assertEqual(problem["errors"][0]["pointer"], "/lender")
        self.assertEqual(self.view("cashflow", query="&lender=another-bank", token=DIRECTOR)["cashflow"], own["cashflow"]["cashflow"])

    def test_what_is_asked_wrongly_or_of_too_few_facts_is_told(self):
        for query, pointer in (("as_of=x", "/as_of"), ("as_of=2999-01-01", "/as_of"), ("known_at=now", "/known_at"),
                               ("known_at=2999-01-01T00:00:00Z", "/known_at"), ("facility=f1", "/facility")):
            status, problem = self.ask("GET", f"/v1/organisations/{self.uscc}/cashflow?{query}")
            self.assertEqual((status, problem["errors"][0]["pointer"]), (400, pointer))
        lines = self.state / "lines.jsonl"
        with lines.open("wb") as file:
            subprocess.run([sys.executable, service.SOURCE / "tests/bench/ocds_lines", "5"], stdout=file, check=True)
        run = service.zcd("import", lines, "--kind", "ocds", "--user", "officer-1", **self.service.environment())
        self.assertEqual(run.returncode, 0, run.stderr)
        uscc = self.database.run("SELECT DISTINCT uscc FROM contract")
        for name in VIEWS:
            problem = self.view(name, uscc=uscc, status=422)
            lacking = [error["pointer"] for error in problem["errors"]]
            for member in ("kind", "registered_on", "payroll_month_fen", "cash_fen"):
                self.assertIn(f"/organisation/{member}", lacking)
            self.assertFalse([pointer for pointer in lacking if pointer.startswith("/application")])
        # With what only the organisation can say, the publisher's file is enough.
        self.keep({**self.first, "contracts": [], "payers": [], "facilities": [], "payer_experience": [],
                   "organisation": {**self.first["organisation"], "uscc": uscc}})
        self.assertEqual(self.view("pipeline", uscc=uscc)["pipeline"]["contracts"], 5)


if __name__ == "__main__":
    service.main()
