"""A director lets others see the organisation's facts: nobody else sees any, and what is seen by it is on record."""
import datetime
import json

import service

ZHICHENG = "52440307EXAMP00156"
OTHER_BANK, ORGANISER, DIRECTOR, OTHER_DIRECTOR = ("o" * 40, "r" * 40, "d" * 40, "e" * 40)
GOOD = {"granted_to": "lender/other-bank", "purpose": "credit_assessment", "scope": ["payments", "assessments"]}


def today(later=0):
    return str(datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date() + datetime.timedelta(days=later))


class AuthorisationsTest(service.ServiceTest):
    starts_service = False

    def setUp(self):
        super().setUp()
        self.uscc = json.loads(service.EXAMPLE.read_text(encoding="utf-8"))["organisation"]["uscc"]
        other = json.loads((service.SOURCE / "data/examples/serious-violation-list.json").read_text(encoding="utf-8"))
        for user, words, token in (("officer-2", ("officer", "--lender", "other-bank"), OTHER_BANK), ("organiser-1", ("organiser",), ORGANISER),
                                   ("director-1", ("director", "--organisation", self.uscc), DIRECTOR),
                                   ("director-2", ("director", "--organisation", other["organisation"]["uscc"]), OTHER_DIRECTOR)):
            self.service.add_user(user, *words, token=token)
        self.assertIsNone(self.service.start(), self.service.said())
        status, _, body = self.service.assess(service.EXAMPLE.read_bytes())
        self.assertEqual(status, 201, body)
        self.assessment = "/v1/assessments/" + json.loads(body)["id"]

    def ask(self, method, path, token, document=None, **fields):
        body = None if document is None else json.dumps(document)
        if body is not None:
            fields["Content_Type"] = "application/json"
        status, fields, body = self.service.request(method, path, body, token=token, **fields)
        return status, json.loads(body), fields

    def grant(self, token=DIRECTOR, status=201, **changed):
        got, document, fields = self.ask("POST", "/v1/authorisations", token, {**GOOD, **changed})
        self.assertEqual(got, status, document)
        if got == 201:
            self.assertEqual(fields["location"], "/v1/authorisations/" + document["id"])
        return document

    def sees(self, token):
        return self.ask("GET", self.assessment, token)[0]

    def test_nobody_else_sees_anything_before_during_that_and_after(self):
        self.assertEqual([self.sees(token) for token in (service.TOKEN, DIRECTOR, service.REGULATOR_TOKEN)], [200] * 3)
        strangers = (OTHER_BANK, OTHER_DIRECTOR, ORGANISER)
        self.assertEqual([self.sees(token) for token in strangers], [404] * 3)
        # The answer is that for an assessment that does not exist, letter by letter but for the request's id.
        missing = self.assessment[:-1] + ("0" if self.assessment[-1] != "0" else "1")
        told = [self.ask("GET", path, OTHER_BANK)[1] for path in (self.assessment, missing)]
        for document in told:
            del document["trace_id"]
        self.assertEqual(told[0], told[1])

        given = self.grant()
        self.assertEqual([self.sees(token) for token in strangers], [200, 404, 404])
        disclosures = self.service.request("GET", "/v1/audit/records?kind=disclosure")[2]
        shown_to = {json.loads(record["leaf"])["actor"]["id"] for record in json.loads(disclosures)["records"]}
        self.assertIn("officer-2", shown_to)

        status, withdrawn, _ = self.ask("DELETE", "/v1/authorisations/" + given["id"], DIRECTOR)
        self.assertEqual((status, withdrawn["in_force"]), (200, False))
        self.assertEqual([self.sees(token) for token in strangers], [404] * 3)
        self.assertEqual(self.ask("DELETE", "/v1/authorisations/" + given["id"], DIRECTOR)[0], 409)
        self.assertEqual(self.sees(service.TOKEN), 200)

    def test_what_is_not_in_scope_for_others_or_over_is_not_seen(self):
        self.grant(scope=["contracts", "payments"])
        self.grant(granted_to="lender/another-bank")
        self.grant(granted_to="round/2026-1", purpose="matching")
        self.assertEqual(self.sees(OTHER_BANK), 404)
        given = self.grant(expires_on=today())
        self.assertEqual(self.sees(OTHER_BANK), 200)  # on its last day as well
        self.database.run(f"UPDATE authorisation SET expires_on = '{today(-1)}' WHERE id = '{given['id']}'")
        self.assertEqual(self.sees(OTHER_BANK), 404)
        self.assertFalse(self.ask("GET", "/v1/authorisations/" + given["id"], DIRECTOR)[1]["in_force"])

    def test_each_sees_the_authorisations_that_concern_it(self):
        first = self.grant()
        second = self.grant(granted_to="organiser", purpose="matching", expires_on=today(30))
        theirs = self.grant(token=OTHER_DIRECTOR)

        def ids(token, query=""):
            status, document, _ = self.ask("GET", "/v1/authorisations" + query, token)
            self.assertEqual(status, 200, document)
            return [one["id"] for one in document["authorisations"]], document["next"]

        self.assertEqual(ids(DIRECTOR)[0], [second["id"], first["id"]])
        self.assertEqual(ids(OTHER_BANK)[0], [theirs["id"], first["id"]])
        self.assertEqual(ids(ORGANISER)[0], [second["id"]])
        self.assertEqual(ids(service.TOKEN)[0], [])
        self.assertEqual(ids(service.REGULATOR_TOKEN)[0], [theirs["id"], second["id"], first["id"]])
        page, cursor = ids(service.REGULATOR_TOKEN, "?limit=2")
        self.assertEqual(page, [theirs["id"], second["id"]])
        self.assertEqual(ids(service.REGULATOR_TOKEN, f"?limit=2&cursor={cursor}"), ([first["id"]], None))
        for token, status in ((DIRECTOR, 200), (OTHER_BANK, 200), (ORGANISER, 404), (OTHER_DIRECTOR, 404), (service.TOKEN, 404)):
            self.assertEqual(self.ask("GET", "/v1/authorisations/" + first["id"], token)[0], status)
        self.assertEqual(self.ask("DELETE", "/v1/authorisations/" + first["id"], OTHER_DIRECTOR)[0], 404)
        for token in (OTHER_BANK, ORGANISER, service.TOKEN, service.REGULATOR_TOKEN):
            self.assertEqual(self.ask("DELETE", "/v1/authorisations/" + first["id"], token)[0], 404)
            self.grant(token=token, status=404)

    def test_what_is_on_record(self):
        given = self.grant(expires_on=today(10))
        withdrawn = self.ask("DELETE", "/v1/authorisations/" + given["id"], DIRECTOR)[1]
        leaves = {record["log_index"]: json.loads(record["leaf"]) for record in
                  json.loads(self.service.request("GET", "/v1/audit/records?kind=authorisation")[2])["records"]}
        body = {"expires_on": today(10), "granted_to": "lender/other-bank", "purpose": "credit_assessment"}
        one, other = leaves[given["log_index"]], leaves[withdrawn["withdrawn_log_index"]]
        self.assertEqual(one["body"], {**body, "scope": ["payments", "assessments"]})
        self.assertEqual((other["body"], other["prior"]), ({**body, "scope": []}, [given["log_index"]]))
        for leaf in (one, other):
            self.assertEqual(leaf["actor"], {"id": "director-1", "lender": None, "role": "director"})
            self.assertEqual(leaf["subject"]["uscc"], self.uscc)
        self.assertEqual(self.ask("GET", f"/v1/audit/records/{given['log_index']}", DIRECTOR)[0], 200)

    def test_a_key_gives_one_authorisation_however_often_it_is_sent(self):
        answers = [self.ask("POST", "/v1/authorisations", DIRECTOR, GOOD, Idempotency_Key="k1") for _ in range(3)]
        self.assertEqual([status for status, _, _ in answers], [201] * 3)
        self.assertEqual(len({document["id"] for _, document, _ in answers}), 1)
        self.assertEqual(self.database.number("SELECT count(*) FROM authorisation"), 1)

    def test_requests_that_cannot_be_meant(self):
        for changed, pointer in (({"granted_to": "bank"}, "/granted_to"), ({"granted_to": "lender/"}, "/granted_to"),
                                 ({"granted_to": "lender/" + "x" * 130}, "/granted_to"), ({"granted_to": "lender/a\nb"}, "/granted_to"),
                                 ({"purpose": "curiosity"}, "/purpose"), ({"scope": []}, "/scope"), ({"scope": ["all"]}, "/scope/0"),
                                 ({"scope": ["visits", "visits"]}, "/scope/1"), ({"expires_on": today(-1)}, "/expires_on"),
                                 ({"expires_on": "soon"}, "/expires_on"), ({"organisation": ZHICHENG}, "/organisation")):
            document = self.grant(status=422, **changed)
            self.assertEqual(document["errors"][0]["pointer"], pointer, document)
        document = self.grant(status=422, granted_to="bank", purpose="curiosity", scope=["visits", "all", 3], expires_on=today(-1), colour=1)
        self.assertEqual(sorted(error["pointer"] for error in document["errors"]),
                         ["/colour", "/expires_on", "/granted_to", "/purpose", "/scope/1", "/scope/2"])
        self.assertEqual(self.database.number("SELECT count(*) FROM authorisation"), 0)
        for path in ("au_x", "au_" + "0" * 51, "au_" + ZHICHENG + "_" + "0" * 32):
            self.assertEqual(self.ask("GET", "/v1/authorisations/" + path, DIRECTOR)[0], 404)
        for query in ("?limit=0", "?limit=101", "?cursor=-1", "?all=1"):
            self.assertEqual(self.ask("GET", "/v1/authorisations" + query, DIRECTOR)[0], 400)


if __name__ == "__main__":
    service.main()
