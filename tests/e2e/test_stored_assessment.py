"""From stored facts to a decision: what is decided on them is what is decided on the dossier that they come to."""
import copy
import json
import subprocess
import time

import service

DIRECTOR = "e2e-director-of-zhicheng".ljust(40, "0")
RIVAL = "e2e-officer-of-another-bank".ljust(40, "0")
AT = "2026-11-21T08:00:00.000000Z"


class StoredAssessmentTest(service.ServiceTest):
    def setUp(self):
        super().setUp()
        self.example = json.loads(service.EXAMPLE.read_bytes())
        self.uscc = self.example["organisation"]["uscc"]
        self.path = f"/v1/organisations/{self.uscc}"

    def keep(self, document, user="officer-1"):
        path = self.state / "facts.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        run = service.zcd("import", path, "--kind", "dossier", "--user", user, "--json", **self.service.environment())
        self.assertEqual(run.returncode, 0, run.stderr)
        return json.loads(run.stdout)

    def write(self, document):
        path = self.state / "document.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    def ask(self, method, path, document=None, **options):
        fields = {} if document is None else {"Content_Type": "application/json"}
        status, got, body = self.service.request(method, path, None if document is None else json.dumps(document), **fields, **options)
        return status, json.loads(body) if body else None

    def assess(self, status=201, as_of=None, path=None, application=None, **options):
        request = {"as_of": as_of or self.example["as_of"], "application": application or self.example["application"]}
        if "known_at" in options:
            request["known_at"] = options.pop("known_at")
        got, document = self.ask("POST", (path or self.path) + "/assessments", request, **options)
        self.assertEqual(got, status, document)
        return document

    def dossier(self, **options):
        status, document = self.ask("GET", f"{self.path}/dossier?as_of={self.example['as_of']}", **options)
        self.assertEqual(status, 200, document)
        return document

    def decision_of(self, assessment):
        """What does not name the bytes that were decided on."""
        decision = copy.deepcopy(assessment["decision"])
        decision.pop("dossier_sha256", None)
        return decision

    def test_is_what_is_decided_on_the_dossier_that_the_facts_come_to(self):
        self.keep(self.example)
        stored = self.assess()
        whole = {**self.dossier(), "application": self.example["application"]}
        status, _, body = self.service.assess(json.dumps(whole))
        self.assertEqual(status, 201, body)
        given = json.loads(body)
        self.assertEqual(self.decision_of(stored), self.decision_of(given))
        self.assertEqual(stored["decision"]["outcome"], given["decision"]["outcome"])
        # The numbers are those of the dossier that was imported, as far as the book of one organisation knows no more of its payers.
        status, _, body = self.service.assess(service.EXAMPLE.read_bytes())
        for name in ("outcome", "limit_fen", "grade", "tenor_months", "rate_bp"):
            self.assertEqual(stored["decision"][name], json.loads(body)["decision"][name], name)
        # On record, with its documents, to be verified and replayed by anybody.
        self.assertEqual(self.verify_record(stored["log_index"])["verdict"], "verified")
        status, replay = self.ask("GET", f"/v1/audit/records/{stored['log_index']}/replay", token=service.REGULATOR_TOKEN)
        self.assertEqual((status, replay["status"]), (200, "equal"))
        status, again = self.ask("GET", f"/v1/assessments/{stored['id']}")
        self.assertEqual((status, again["decision"]), (200, stored["decision"]))
        run = subprocess.run([service.bin_dir() / "zcd-verify", "replay", self.state / f"record-{stored['log_index']}.zip", "--key", self.service.vkey],
                             capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_the_facts_of_each_example_decide_as_its_dossier_does(self):
        for name in ("zhicheng-2020-10", "contract-ending-next-month", "donations-only", "payers-90-days-late", "serious-violation-list"):
            document = json.loads((service.SOURCE / f"data/examples/{name}.json").read_bytes())
            kept = self.keep(document)
            path = f"/v1/organisations/{document['organisation']['uscc']}"
            stored = self.assess(as_of=document["as_of"], path=path, application=document["application"])
            run = service.zcd("import", "--withdraw", str(kept["import"]), "--user", "officer-1", **self.service.environment())
            self.assertEqual(run.returncode, 0, run.stderr)  # or the book would know it in the next one's assessment
            status, _, body = self.service.assess(json.dumps(document))
            self.assertEqual(status, 201, body)
            self.assertEqual(self.decision_of(stored), self.decision_of(json.loads(body)), name)

    def test_what_was_known_then_decides_as_it_did_then(self):
        self.keep(self.example)
        before = self.assess()
        known_at = self.database.run("SELECT to_char(max(recorded_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM import").strip()
        later = copy.deepcopy(self.example)
        milestone = next(m for c in later["contracts"] for m in c["milestones"]
                         if m.get("accepted_on") and m["accepted_on"] < later["as_of"] and not m.get("payments"))
        milestone["payments"] = [{"id": "late", "amount_fen": milestone["amount_fen"], "paid_on": later["as_of"]}]
        self.keep(later)
        after = self.assess()
        self.assertNotEqual(self.decision_of(after), self.decision_of(before))
        self.assertEqual(self.decision_of(self.assess(known_at=known_at)), self.decision_of(before))

    def test_a_request_that_is_sent_again_is_carried_out_once(self):
        self.keep(self.example)
        first = self.assess(Idempotency_Key="stored-1")
        self.assertEqual(self.assess(Idempotency_Key="stored-1")["id"], first["id"])
        self.assertEqual(self.database.number("SELECT count(*) FROM assessment"), 1)

    def test_what_is_not_there_or_not_enough_is_said_and_nothing_is_recorded(self):
        before = self.database.log_size()
        self.assess(404)
        self.assess(404, path="/v1/organisations/NO-USCC")
        document = copy.deepcopy(self.example)
        self.keep(document)
        before = self.database.log_size()
        self.assess(404, as_of="2000-01-01")  # nothing held then
        self.assess(404, known_at="2001-01-01T00:00:00.000000Z")  # nothing was known then
        self.database.run("INSERT INTO organisation (uscc, lender, valid_from, recorded_at, import_id, source_row, removed, name)"
                          f" SELECT uscc, lender, valid_from, now(), 999999, 0, false, name FROM organisation WHERE uscc = '{self.uscc}'")
        problem = self.assess(422)
        self.assertIn("/organisation/payroll_month_fen", [one["pointer"] for one in problem["errors"]])
        for request, pointer in (({}, "/as_of"), ({"as_of": "x", "application": self.example["application"]}, "/as_of"),
                                 ({"as_of": self.example["as_of"]}, "/application"),
                                 ({"as_of": self.example["as_of"], "application": {**self.example["application"], "amount_fen": "1"}}, "/application/amount_fen"),
                                 ({"as_of": self.example["as_of"], "application": self.example["application"], "known_at": "yesterday"}, "/known_at"),
                                 ({"as_of": self.example["as_of"], "application": self.example["application"], "contracts": []}, "/contracts")):
            status, problem = self.ask("POST", self.path + "/assessments", request)
            self.assertEqual(status, 422, problem)
            self.assertIn(pointer, [one["pointer"] for one in problem["errors"]], request)
        self.assertEqual(self.service.request("POST", self.path + "/assessments", "{", Content_Type="application/json")[0], 400)
        self.assertEqual(self.database.log_size(), before)

    def test_each_lender_decides_on_what_it_knows_itself(self):
        self.service.add_user("rival", "officer", "--lender", "another-bank", token=RIVAL)
        self.service.add_user("director-1", "director", "--organisation", self.uscc, token=DIRECTOR)
        while 401 in (self.service.request("GET", "/v1/jobs", token=token)[0] for token in (RIVAL, DIRECTOR)):
            time.sleep(0.05)
        self.keep(self.example)
        self.assess(404, token=RIVAL)
        self.assertEqual(self.ask("GET", f"{self.path}/dossier", token=RIVAL)[0], 404)
        self.assertEqual(self.ask("GET", f"{self.path}/dossier?lender={service.LENDER}", token=RIVAL)[0], 404)
        # The director sees what the only lender knows, or says whose knowledge it wants to see; the regulator's reading is on record.
        own = self.dossier()
        self.assertEqual(self.dossier(token=DIRECTOR), own)
        query = f"?as_of={self.example['as_of']}&lender={service.LENDER}"
        self.assertEqual(self.ask("GET", f"{self.path}/dossier{query}", token=DIRECTOR), (200, own))
        size = self.database.log_size()
        self.assertEqual(self.ask("GET", f"{self.path}/dossier{query}", token=service.REGULATOR_TOKEN), (200, own))
        self.assertEqual(self.database.log_size(), size + 1)
        # All parts have to be opened before another lender sees the whole.
        for scopes, status in ((["organisation", "contracts", "payments"], 404), (["facilities"], 200)):
            made, document = self.ask("POST", "/v1/authorisations", {"granted_to": "lender/another-bank", "purpose": "credit_assessment",
                                                                    "scope": scopes}, token=DIRECTOR)
            self.assertEqual(made, 201, document)
            self.assertEqual(self.ask("GET", f"{self.path}/dossier{query}", token=RIVAL)[0], status)
        for query, pointer in (("as_of=x", "/as_of"), ("known_at=now", "/known_at"), ("colour=red", "/colour")):
            status, problem = self.ask("GET", f"{self.path}/dossier?{query}")
            self.assertEqual((status, problem["errors"][0]["pointer"]), (400, pointer))


    def shared_release(self):
        """A contract of the example's organisation and another, with a planned amount, and a payment to the first."""
        day = "2020-07-01T00:00:00+08:00"
        return {"ocid": "ocds-shared-1", "id": "1", "date": day, "tag": ["compiled"], "buyer": {"id": "b"},
                "parties": [{"id": "b", "name": "某区某局", "identifier": {"scheme": "XX-TEST", "id": "b"}},
                            {"id": "s", "name": self.example["organisation"]["name"], "identifier": {"scheme": "CN-USCI", "id": self.uscc}},
                            {"id": "t", "name": "乙中心", "identifier": {"scheme": "CN-USCI", "id": "53100000500019795A"}}],
                "awards": [{"id": "a", "date": day, "suppliers": [{"id": "s"}, {"id": "t"}]}],
                "contracts": [{"id": "c", "awardID": "a", "status": "active", "title": "联合体合同", "dateSigned": day,
                               "value": {"amount": 9_000_000, "currency": "CNY"}, "period": {"startDate": day, "endDate": "2021-06-30T00:00:00+08:00"},
                               "milestones": [{"id": "m", "type": "delivery", "dueDate": "2020-12-31T00:00:00+08:00",
                                               "value": {"amount": 9_000_000, "currency": "CNY"}}],
                               "implementation": {"transactions": [{"id": "t1", "date": "2020-09-01T00:00:00+08:00", "payee": {"id": "s"},
                                                                    "value": {"amount": 100, "currency": "CNY"}}]}}]}

    def test_a_contract_of_several_is_kept_for_each_and_counts_for_none_until_its_share_is_said(self):
        self.keep(self.example)
        before, decided = self.dossier(), self.assess()
        run = service.zcd("import", self.write(self.shared_release()), "--kind", "ocds", "--user", "officer-1", "--json", **self.service.environment())
        self.assertEqual(run.returncode, 0, run.stderr)
        kept = self.database.run("SELECT DISTINCT uscc, contract_id, value_fen IS NULL, shared_with FROM contract WHERE shared_with IS NOT NULL ORDER BY 1")
        self.assertEqual(kept.splitlines(), [f"{self.uscc}|ocds-shared-1/c|t|乙中心 (53100000500019795A)",
                                             f"53100000500019795A|ocds-shared-1/c|t|{self.example['organisation']['name']} ({self.uscc})"])
        self.assertEqual(self.database.run("SELECT DISTINCT uscc, amount_fen FROM payment WHERE contract_id = 'ocds-shared-1/c'"), f"{self.uscc}|10000")
        self.assertEqual(self.database.run("SELECT DISTINCT uscc, amount_fen FROM milestone WHERE contract_id = 'ocds-shared-1/c' ORDER BY 1").count("|\n"), 1)
        self.assertEqual(self.dossier(), before)
        self.assertEqual(self.decision_of(self.assess()), self.decision_of(decided))

        # An officer says what this one's share is; more of the process, imported later, leaves that as it is.
        self.say("contracts/ocds-shared-1%2Fc", value_fen=300_000_000, tier="other", fund_source="department_budget", payment_term_days=30,
                 trigger="acceptance")
        self.say("milestones/ocds-shared-1%2Fc,m", amount_fen=300_000_000)
        self.say("payer-facts/XX-TEST%3Ab", level="district", region="440307")
        further = self.shared_release()
        further["contracts"][0]["title"] = "联合体合同（更名）"
        run = service.zcd("import", self.write(further), "--kind", "ocds", "--user", "officer-1", "--json", **self.service.environment())
        self.assertTrue(json.loads(run.stdout)["changed"])
        after = self.dossier()
        own = next(contract for contract in after["contracts"] if contract["title"] == "联合体合同")
        self.assertEqual((own["value_fen"], own["milestones"][0]["amount_fen"], own["milestones"][0]["payments"][0]["amount_fen"]), (300_000_000, 300_000_000, 10_000))
        self.assertEqual([len(after["contracts"]), len(after["payers"])], [len(before["contracts"]) + 1, len(before["payers"]) + 1])
        self.assess()

    def say(self, what, **members):
        """Change members of a fact, as an officer does."""
        path = f"{self.path}/{what}"
        status, got, body = self.service.request("GET", path)
        self.assertEqual(status, 200, body)
        value = {**json.loads(body)["value"], **members}
        status, _, body = self.service.request("PUT", path, json.dumps({"value": value, "valid_from": "2020-09-01", "reason": "联合体协议"}),
                                               Content_Type="application/json", If_Match=got["etag"])
        self.assertEqual(status, 200, body)


if __name__ == "__main__":
    service.main()
