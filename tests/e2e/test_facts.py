"""The facts of an organisation over HTTP: who sees which, as they stood and were known, and where each comes from."""
import datetime
import json

import service

OTHER_OFFICER, DIRECTOR, OTHER_DIRECTOR, ORGANISER, SYSTEM = ("o" * 40, "d" * 40, "e" * 40, "r" * 40, "s" * 40)
DOSSIER = json.loads(service.EXAMPLE.read_text(encoding="utf-8"))
USCC = DOSSIER["organisation"]["uscc"]
OTHER = json.loads((service.SOURCE / "data/examples/serious-violation-list.json").read_text(encoding="utf-8"))
BASE = f"/v1/organisations/{USCC}"
CONTRACT = DOSSIER["contracts"][0]
MILESTONE = CONTRACT["milestones"][0]


def today(later=0):
    return str(datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date() + datetime.timedelta(days=later))


class FactsTest(service.ServiceTest):
    starts_service = False

    def setUp(self):
        super().setUp()
        for user, words, token in (("officer-2", ("officer", "--lender", "other-bank"), OTHER_OFFICER),
                                   ("system-1", ("system", "--lender", service.LENDER), SYSTEM),
                                   ("organiser-1", ("organiser",), ORGANISER),
                                   ("director-1", ("director", "--organisation", USCC), DIRECTOR),
                                   ("director-2", ("director", "--organisation", OTHER["organisation"]["uscc"]), OTHER_DIRECTOR)):
            self.service.add_user(user, *words, token=token)
        self.first = self.bring(DOSSIER)
        self.assertIsNone(self.service.start(), self.service.said())

    def bring(self, dossier, user="officer-1"):
        """Import a dossier; the import's number."""
        path = self.state / "dossier.json"
        path.write_text(json.dumps(dossier), encoding="utf-8")
        run = service.zcd("import", path, "--kind", "dossier", "--user", user, "--json", **self.service.environment())
        self.assertEqual(run.returncode, 0, run.stderr)
        return json.loads(run.stdout)["import"]

    def ask(self, method, path, token=service.TOKEN, document=None, **fields):
        body = None if document is None else json.dumps(document)
        if body is not None:
            fields["Content_Type"] = "application/json"
        status, fields, body = self.service.request(method, path, body, token=token, **fields)
        return status, json.loads(body) if body else None, fields

    def get(self, path, token=service.TOKEN, status=200):
        got, document, _ = self.ask("GET", path, token)
        self.assertEqual(got, status, document)
        return document

    def all_of(self, path, token=service.TOKEN, limit=100):
        """Every fact of a list, page by page."""
        facts, cursor = [], ""
        while cursor is not None:
            page = self.get(path + ("&" if "?" in path else "?") + f"limit={limit}" + (f"&cursor={cursor}" if cursor else ""), token)
            self.assertLessEqual(len(page["facts"]), limit)
            facts, cursor = facts + page["facts"], page["next"]
        return facts

    def pointer_of(self, path, token=service.TOKEN):
        return self.get(path, token, 400)["errors"][0]["pointer"]


class ReadingTest(FactsTest):
    def test_every_fact_of_a_dossier_is_a_resource_with_its_source(self):
        organisation = DOSSIER["organisation"]
        milestones = [(contract, milestone) for contract in DOSSIER["contracts"] for milestone in contract.get("milestones", [])]
        expected = {
            "annual-inspections": {str(one["year"]): one for one in organisation["annual_inspections"]},
            "service-evaluations": {str(one["year"]): one for one in organisation.get("service_evaluations", [])},
            "statements": {str(one["year"]): one for one in organisation.get("statements", [])},
            "staff": {one["on"]: one for one in organisation.get("staff", [])},
            "payer-facts": {one["id"]: one for one in DOSSIER["payers"]},
            "milestones": {f"{contract['id']},{one['id']}": {**{name: value for name, value in one.items() if name not in ("payments", "deducted_fen")},
                                                            "contract": contract["id"]} for contract, one in milestones},
            "payments": {f"{contract['id']},{milestone['id']},{one['id']}": {**one, "contract": contract["id"], "milestone": milestone["id"]}
                         for contract, milestone in milestones for one in milestone.get("payments", [])},
        }
        for collection, facts in expected.items():
            got = self.all_of(f"{BASE}/{collection}", limit=37)
            values = {fact["key"]: {name: value for name, value in fact["value"].items() if name != "deducted_fen"} for fact in got}
            self.assertEqual(values, facts, collection)
            self.assertEqual(len(got), len(facts))
            for fact in got:
                self.assertEqual((fact["uscc"], fact["lender"], fact["collection"]), (USCC, service.LENDER, collection))
                self.assertEqual((fact["source"]["actor"], fact["source"]["kind"], fact["source"]["import"], fact["source"]["file"]),
                                 ("officer-1", "dossier", self.first, "dossier.json"))
                self.assertGreater(fact["source"]["row"], 0)
        self.assertGreater(len(expected["payments"]), 50)

    def test_one_contract_shows_its_milestones_payments_and_security(self):
        fact = self.get(f"{BASE}/contracts/{CONTRACT['id']}")
        for member in ("id", "payer", "value_fen", "stage", "payment_term_days", "trigger", "signed_on", "ends_on"):
            self.assertEqual(fact["value"][member], CONTRACT[member], member)
        self.assertEqual([one["value"]["id"] for one in fact["parts"]["milestones"]["facts"]], [one["id"] for one in CONTRACT["milestones"]])
        self.assertEqual(sum(one["value"]["amount_fen"] for one in fact["parts"]["payments"]["facts"]),
                         sum(payment["amount_fen"] for one in CONTRACT["milestones"] for payment in one.get("payments", [])))
        self.assertEqual(list(fact["parts"]), ["milestones", "payments", "security"])
        page = self.get(f"{BASE}/contracts?limit=2&parts=true")
        self.assertEqual([len(one["parts"]["milestones"]["facts"]) for one in page["facts"]], [4, 4])
        self.assertEqual(self.all_of(f"{BASE}/milestones?under={CONTRACT['id']}"), fact["parts"]["milestones"]["facts"])
        self.assertNotIn("parts", self.get(f"{BASE}/milestones/{CONTRACT['id']},{MILESTONE['id']}"))
        organisation = self.get(BASE)
        self.assertEqual((organisation["key"], organisation["value"]["name"]), ("", DOSSIER["organisation"]["name"]))

    def test_an_etag_saves_sending_what_did_not_change(self):
        _, _, fields = self.ask("GET", f"{BASE}/contracts/{CONTRACT['id']}")
        self.assertEqual(fields["cache-control"], "no-store")
        self.assertEqual(self.ask("GET", f"{BASE}/contracts/{CONTRACT['id']}", If_None_Match=fields["etag"])[0], 304)

    def test_facts_as_they_stood_and_as_they_were_known(self):
        before = self.get(f"{BASE}/contracts/{CONTRACT['id']}")
        changed = json.loads(json.dumps(DOSSIER))
        changed["as_of"] = "2020-11-30"
        changed["contracts"][0]["title"] = "改过的名称"
        second = self.bring(changed)
        self.assertEqual(self.get(f"{BASE}/contracts/{CONTRACT['id']}")["value"]["title"], "改过的名称")
        self.assertEqual(self.get(f"{BASE}/contracts/{CONTRACT['id']}?as_of=2020-11-29")["value"], before["value"])
        self.assertEqual(self.get(f"{BASE}/contracts/{CONTRACT['id']}?known_at={before['recorded_at']}")["value"], before["value"])
        self.get(f"{BASE}/contracts/{CONTRACT['id']}?as_of=2020-10-18", status=404)
        self.get(f"{BASE}/contracts/{CONTRACT['id']}?known_at=2020-01-01T00:00:00Z", status=404)
        self.assertEqual(self.get(f"{BASE}/contracts?known_at=2020-01-01T00:00:00Z")["facts"], [])
        history = self.get(f"{BASE}/contracts/{CONTRACT['id']}?history=true")["history"]
        self.assertEqual([(one["valid_from"], one["source"]["import"], one["value"].get("title")) for one in history],
                         [("2020-11-30", second, "改过的名称"), ("2020-10-19", self.first, CONTRACT.get("title"))])
        withdrawn = service.zcd("import", "--withdraw", str(second), "--user", "officer-1", **self.service.environment())
        self.assertEqual(withdrawn.returncode, 0, withdrawn.stderr)
        self.assertEqual(self.get(f"{BASE}/contracts/{CONTRACT['id']}")["value"], before["value"])
        history = self.get(f"{BASE}/contracts/{CONTRACT['id']}?history=true")["history"]
        self.assertEqual([one["withdrawn_by"] is not None for one in history], [True, False])

    def test_two_lenders_do_not_see_each_others_facts(self):
        strangers = (OTHER_OFFICER, OTHER_DIRECTOR, ORGANISER)
        paths = (BASE, f"{BASE}/contracts", f"{BASE}/contracts/{CONTRACT['id']}", f"{BASE}/contracts/{CONTRACT['id']}?history=true")
        for token in strangers:
            self.assertEqual(self.get("/v1/organisations", token)["organisations"], [])
            for path in paths:
                there = self.get(path, token, 404)
                nowhere = self.get(path.replace(USCC, OTHER["organisation"]["uscc"]), token, 404)
                self.assertEqual(there["detail"], nowhere["detail"])
        theirs = json.loads(json.dumps(DOSSIER))
        theirs["contracts"][0]["title"] = "另一家银行所知"
        self.bring(theirs, "officer-2")
        self.assertEqual(self.get(paths[2], OTHER_OFFICER)["value"]["title"], "另一家银行所知")
        self.assertEqual({one["lender"] for one in self.all_of(paths[1], OTHER_OFFICER)}, {"other-bank"})
        for token in (service.TOKEN, SYSTEM):
            self.assertEqual({one["lender"] for one in self.all_of(paths[1], token)}, {service.LENDER})
            self.assertEqual({one["lender"] for one in self.get(paths[3], token)["history"]}, {service.LENDER})
            self.get(f"{paths[2]}?lender=other-bank", token, 404)
            self.assertEqual(self.get(f"{paths[1]}?lender=other-bank", token)["facts"], [])
        # The director and the regulator see both, each with its source, and say which they mean.
        for token in (DIRECTOR, service.REGULATOR_TOKEN):
            self.assertEqual({one["lender"] for one in self.all_of(paths[1], token)}, {service.LENDER, "other-bank"})
            self.assertEqual([one["lender"] for one in self.get("/v1/organisations", token)["organisations"]], [service.LENDER, "other-bank"])
            self.get(paths[2], token, 409)
            self.assertEqual(self.get(f"{paths[2]}?lender=other-bank", token)["value"]["title"], "另一家银行所知")
            self.assertEqual(len(self.get(paths[3], token)["history"]), 2)

    def test_an_authorisation_opens_its_part_and_what_is_seen_is_on_record(self):
        document = {"granted_to": "lender/other-bank", "purpose": "credit_assessment", "scope": ["contracts"]}
        self.assertEqual(self.ask("POST", "/v1/authorisations", DIRECTOR, document)[0], 201)
        fact = self.get(f"{BASE}/contracts/{CONTRACT['id']}", OTHER_OFFICER)
        self.assertEqual((fact["lender"], list(fact["parts"])), (service.LENDER, ["milestones", "security"]))
        self.get(f"{BASE}/payments", OTHER_OFFICER, 404)
        self.get(BASE, OTHER_OFFICER, 404)
        self.assertEqual(self.get("/v1/organisations", OTHER_OFFICER)["organisations"], [])
        document["scope"] = ["organisation", "payments"]
        self.assertEqual(self.ask("POST", "/v1/authorisations", DIRECTOR, document)[0], 201)
        self.assertEqual(len(self.get("/v1/organisations", OTHER_OFFICER)["organisations"]), 1)
        self.assertEqual(list(self.get(f"{BASE}/contracts/{CONTRACT['id']}", OTHER_OFFICER)["parts"]), ["milestones", "payments", "security"])
        records = json.loads(self.service.request("GET", "/v1/audit/records?kind=disclosure")[2])["records"]
        leaves = [json.loads(record["leaf"]) for record in records]
        self.assertEqual([(leaf["actor"]["id"], leaf["body"]["form"], leaf["prior"], leaf["subject"]["uscc"]) for leaf in leaves if leaf["actor"]["id"] == "officer-2"],
                         [("officer-2", "facts", [], USCC)])
        self.get(f"{BASE}/payments", service.REGULATOR_TOKEN)
        self.assertEqual(self.database.number("SELECT count(*) FROM disclosure WHERE form = 'facts' AND caller = 'regulator-1'"), 1)

    def test_organisations_are_found_by_code_and_by_name(self):
        self.bring(OTHER)
        usccs = sorted((USCC, OTHER["organisation"]["uscc"]))
        listed = self.get("/v1/organisations")
        self.assertEqual([one["uscc"] for one in listed["organisations"]], usccs)
        page = self.get("/v1/organisations?limit=1")
        self.assertEqual([one["uscc"] for one in page["organisations"]], usccs[:1])
        page = self.get(f"/v1/organisations?limit=1&cursor={page['next']}")
        self.assertEqual(([one["uscc"] for one in page["organisations"]], page["next"]), (usccs[1:], None))
        self.assertEqual([one["uscc"] for one in self.get(f"/v1/organisations?beginning={USCC[:12]}")["organisations"]],
                         [uscc for uscc in usccs if uscc.startswith(USCC[:12])])
        self.assertEqual(self.get("/v1/organisations?name=%E6%B2%A1%E6%9C%89%E8%BF%99%E5%AE%B6")["organisations"], [])

    def test_questions_that_cannot_be_meant(self):
        self.assertEqual([self.pointer_of(f"{BASE}/contracts?{query}") for query in (
            "as_of=soon", "known_at=2020-01-01", "limit=0", "limit=101", "cursor=x", "under=a,b", "parts=1", "history=true", "all=1")],
            ["/as_of", "/known_at", "/limit", "/limit", "/cursor", "/under", "/parts", "/history", "/all"])
        self.assertEqual([self.pointer_of(f"{BASE}/visits/v1?{query}") for query in ("limit=1", "under=x", "history=yes")],
                         ["/limit", "/under", "/history"])
        self.assertEqual(self.pointer_of(f"{BASE}/visits?under=x"), "/under")
        self.assertEqual(self.pointer_of("/v1/organisations?limit=x"), "/limit")
        for path in ("wages", "contracts/a,b", "payments/c1", "visits/%zz", "visits/%00", "staff/soon", "contracts/none"):
            self.get(f"{BASE}/{path}", status=404)
        self.get("/v1/organisations/%ff", status=404)


if __name__ == "__main__":
    service.main()
