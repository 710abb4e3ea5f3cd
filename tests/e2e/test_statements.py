"""Bank statements into the database: receipts become payments of the milestones that a lender knows, or wait for a person.

The organisation is the reconstructed example; the lines of the statement are made for it, each for one rule of the matching.
"""
import concurrent.futures
import json
import subprocess
import time

import service

USCC = "52440307EXAMP00156"
HEADING = "账号,交易时间,借方发生额,贷方发生额,余额,币种,对方户名,对方账号,摘要,备注,账户明细编号-交易流水号\n"
# day, yuan, payer (its id in the example, or a name), and what becomes of it
EARLIEST = ("20201020", "1087000.00", "p04")          # two milestones of this amount in one contract: the earlier
OVER_TWO = ("20201020", "2070400.00", "p07")          # two milestones at once
FIRST_PART = ("20201021", "200000.00", "p13")         # part of a milestone of the payer's only contract
SECOND_PART = ("20201022", "232750.00", "p13")        # the rest of it
AMBIGUOUS = ("20201021", "1000000.00", "p01")         # two contracts are open, and the amount is none of their milestones'
DONATION = ("20201021", "500.00", "张三")
PAID_BEFORE = ("20201014", "1059500.00", "p08")       # the dossier knows of this payment on 12 October
TREASURY = ("20201023", "838000.00", "深圳市财政局")   # pays for many; the amount is that of a milestone
LATER = ("20201030", "1076000.00", "p06")
STATEMENT = (EARLIEST, OVER_TWO, FIRST_PART, SECOND_PART, AMBIGUOUS, DONATION, PAID_BEFORE, TREASURY)
OTHER_TOKEN = "o" * 40
STANDING = "import_id <> ALL (ARRAY(SELECT withdraws FROM import WHERE withdraws IS NOT NULL))"


def example():
    """Without the first contract of one payer, so that it has one only."""
    dossier = json.loads(service.EXAMPLE.read_bytes())
    dossier["contracts"] = [contract for contract in dossier["contracts"] if contract["id"] != "c13-2019"]
    return dossier


class StatementsTest(service.ServiceTest):
    starts_service = False

    def setUp(self):
        super().setUp()
        self.service.add_user("officer-2", "officer", "--lender", "other-bank", token=OTHER_TOKEN)
        self.assertIsNone(self.service.start(), self.service.said())
        self.dossier = example()
        self.names = {payer["id"]: payer["name"] for payer in self.dossier["payers"]}
        self.imported(self.file("dossier.json", json.dumps(self.dossier)), "--kind", "dossier")

    def file(self, name, text):
        path = self.state / name
        path.write_text(text, encoding="utf-8")
        return path

    def statement(self, *lines, name="statement.csv"):
        text = HEADING + "".join(f"44250100,{day} 10:11:12,0.00,{yuan},9.00,人民币,{self.names.get(payer, payer)},1,转账,款,771-{payer}-{day}\n"
                                 for day, yuan, payer in lines)
        return self.file(name, text)

    def run_import(self, *words):
        return service.zcd("import", *map(str, words), "--user", "officer-1", **self.service.environment())

    def imported(self, *words):
        run = self.run_import(*words, "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        return json.loads(run.stdout)

    def take(self, *lines, **options):
        return self.imported(self.statement(*lines, **options), "--kind", "statement", "--organisation", USCC)

    def payments(self):
        """Those that receipts brought and that stand."""
        rows = self.database.run("SELECT contract_id, milestone_id, amount_fen FROM (SELECT DISTINCT ON (contract_id, milestone_id, payment_id) * FROM payment"
                                 f" WHERE {STANDING} ORDER BY contract_id, milestone_id, payment_id, import_id DESC) t"
                                 " WHERE payer_name IS NOT NULL AND NOT removed ORDER BY 1, 2, 3")
        return [tuple(row.split("|")) for row in rows.splitlines()]

    def test_receipts_become_payments_wait_or_are_no_public_money(self):
        self.maxDiff = None
        first = self.take(*STATEMENT)
        self.assertEqual(first["receipts"], {"matched": 4, "waiting": 2, "paid_before": 1, "unrelated": 1, "known": 0, "duplicate": 0})
        self.assertEqual(first["counts"]["receipts"], self.database.number("SELECT count(DISTINCT receipt_id) FROM receipt"))
        self.assertEqual(self.payments(), [("c04-2020", "m1", "108700000"), ("c07-2020", "m2", "103520000"), ("c07-2020", "m3", "103520000"),
                                           ("c13-2020", "m3", "20000000"), ("c13-2020", "m3", "23275000")])
        self.assertEqual(self.database.run("SELECT reason, contract_id, milestone_id, confidence_ppm FROM receipt ORDER BY received_on, reason,"
                                           " milestone_id").splitlines(),
                         ["payment_known|||0", "payer_and_equal_amounts|c04-2020|m1|800000", "payer_and_sum|c07-2020|m2|750000",
                          "payer_and_sum|c07-2020|m3|750000", "ambiguous|||0", "payer_and_part|c13-2020|m3|650000",
                          "payer_and_amount|c13-2020|m3|900000", "treasury|||0"])
        self.assertEqual(self.database.run("SELECT contract_id, milestone_id, confidence_ppm, reason FROM receipt_offer"
                                           " ORDER BY 1, 2").splitlines(),
                         ["c01-2020|m3|400000|offer_part", "c03-2020|m2|900000|offer_amount", "c14-2020|m2|300000|offer_in_order"])
        self.assertNotIn("张三", self.database.run("SELECT payer_name FROM receipt"))
        leaf = json.loads(json.loads(self.service.request("GET", f"/v1/audit/records/{first['record']}", token=service.REGULATOR_TOKEN)[2])["leaf"])
        self.assertEqual((leaf["kind"], leaf["subject"]["uscc"], leaf["body"]["form"]), ("import", USCC, "statement"))

    def test_what_earlier_statements_showed_is_added_once(self):
        self.take(*STATEMENT)
        once = self.payments()
        again = self.take(*STATEMENT)
        self.assertEqual((again["changed"], again["receipts"]["known"], again["receipts"]["unrelated"]), (False, 7, 1))
        overlapping = self.take(TREASURY, AMBIGUOUS, LATER, name="november.csv")
        self.assertEqual((overlapping["changed"], overlapping["receipts"]["known"], overlapping["receipts"]["matched"]), (True, 2, 1))
        self.assertEqual(self.payments(), sorted([*once, ("c06-2020", "m1", "107600000")]))

    def test_a_statement_that_is_taken_back_leaves_no_payment_and_nobody_waiting(self):
        delays = "SELECT payer_key, weeks, payable_on, share_ppm FROM organisation_payer_delay ORDER BY 1, 2, 3"
        before = self.database.run(delays)
        first = self.take(*STATEMENT)
        paid = self.database.run(delays)
        self.assertNotEqual(paid, before)
        self.assertEqual(service.zcd("payers", "rebuild", **self.service.environment()).returncode, 0)
        self.assertEqual(self.database.run(delays), paid)

        run = self.run_import("--withdraw", first["import"])
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(self.payments(), [])
        self.assertEqual(self.database.run(delays), before)
        self.assertEqual(self.take(*STATEMENT)["receipts"], first["receipts"])

    def test_a_statement_needs_an_organisation(self):
        self.assertEqual(self.run_import(self.statement(EARLIEST), "--kind", "statement").returncode, 2)
        self.assertEqual(self.payments(), [])

    def state_of_receipts(self):
        """Receipts and what they are offered, as they stand, whichever imports said so."""
        standing = "SELECT DISTINCT ON (receipt_id, contract_id, milestone_id) * FROM {} WHERE " + STANDING + " ORDER BY receipt_id, contract_id, milestone_id, import_id DESC"
        columns = "receipt_id, contract_id, milestone_id, confidence_ppm, reason"
        return [self.database.run(f"SELECT {more} {columns} FROM ({standing.format(table)}) t WHERE NOT removed ORDER BY receipt_id, contract_id, milestone_id").splitlines()
                for table, more in (("receipt", "received_on, amount_fen, matched_fen, payer_name, note, source_row,"), ("receipt_offer", "source_row,"))]

    def test_it_does_not_matter_in_which_order_statement_and_contracts_come(self):
        self.take(*STATEMENT)
        as_usual = (self.state_of_receipts(), self.payments(), self.waiting())
        self.run_import("--withdraw", "2")
        self.run_import("--withdraw", "1")
        self.assertEqual(self.state_of_receipts(), [[], []])

        first = self.take(*STATEMENT)
        self.assertEqual((first["changed"], first["receipts"]), (True, {"matched": 0, "waiting": 1, "paid_before": 0, "unrelated": 7, "known": 0, "duplicate": 0}))
        self.assertEqual([receipt["reason"]["code"] for receipt in self.waiting()], ["treasury"])
        again = self.take(*STATEMENT)
        self.assertEqual((again["changed"], again["receipts"]["known"], again["receipts"]["unrelated"]), (False, 7, 1))
        self.assertEqual(self.payments(), [])

        later = self.imported(self.state / "dossier.json", "--kind", "dossier")
        self.assertEqual(later["matched_again"], 4)
        self.assertEqual((self.state_of_receipts(), self.payments(), self.waiting()), as_usual)
        leaf = self.leaf_of(json.loads(self.service.request("GET", f"/v1/audit/records/{later['record'] + 1}", token=service.REGULATOR_TOKEN)[2]))
        self.assertEqual((leaf["kind"], leaf["subject"]["uscc"], leaf["actor"]["id"], leaf["body"]["form"], leaf["body"]["source_sha256"]),
                         ("import", USCC, "officer-1", "matching", first["file_sha256"]))
        self.assertFalse(self.take(*STATEMENT)["changed"])
        imports = json.loads(self.service.request("GET", "/v1/imports")[2])["imports"]
        self.assertEqual((imports[0]["matches"], imports[1]["matches"]), (first["import"], None))
        self.assertEqual([one["kind"] for one in imports], ["matching", "dossier", "statement", "withdrawal", "withdrawal", "statement", "dossier"])
        status, _, _ = self.service.request("POST", f"/v1/imports/{imports[0]['id']}/withdrawal")
        self.assertEqual(status, 409)  # it came from no file

        self.assertEqual(self.run_import("--withdraw", first["import"]).returncode, 0)
        self.assertEqual((self.state_of_receipts(), self.payments(), self.waiting()), ([[], []], [], []))

    def test_what_a_person_said_after_matching_again_goes_with_the_statement(self):
        self.run_import("--withdraw", "1")
        first = self.take(AMBIGUOUS)
        self.assertEqual(self.waiting(), [])
        self.imported(self.state / "dossier.json", "--kind", "dossier")
        receipt, = self.waiting()
        self.assertEqual([offer["contract"] for offer in receipt["offers"]], ["c01-2020", "c14-2020"])
        self.ask("POST", f"receipts/{receipt['id']}/settlement", {"parts": [], "not_contract_fen": 100000000}, expected=201)
        self.assertEqual(self.run_import("--withdraw", first["import"]).returncode, 0)
        self.assertEqual((self.waiting(), self.ask("GET", "receipts?state=settled")["receipts"]), ([], []))

    def test_receipts_under_a_name_are_matched_when_it_is_taught(self):
        other, third = "龙华区财政国库支付中心", "宝安区某中心"
        self.take(("20201020", "1076000.00", other), ("20201020", "1087000.00", third))
        self.assertEqual([receipt["reason"]["code"] for receipt in self.waiting()], ["treasury"])
        self.assertEqual(self.payments(), [])
        self.ask("POST", "payer-aliases", {"payer": "p06", "alias": other}, expected=201)
        self.wait_until(lambda: len(self.payments()) == 1)
        self.assertEqual(self.payments(), [("c06-2020", "m1", "107600000")])
        self.assertEqual(self.waiting(), [])
        self.ended_jobs(1)
        self.ask("POST", "payer-aliases", {"payer": "p04", "alias": third}, expected=201)
        self.wait_until(lambda: len(self.payments()) == 2)
        self.assertIn(("c04-2020", "m1", "108700000"), self.payments())
        jobs = self.ended_jobs(2)
        self.assertEqual([(job["kind"], job["caller"], job["state"], json.loads(self.service.request("GET", f"/v1/jobs/{job['id']}")[2])["result"]) for job in jobs],
                         [("receipt_matching", "officer-1", "succeeded", {"matched": 1, "paid_before": 0, "statements": 1}),
                          ("receipt_matching", "officer-1", "succeeded", {"matched": 1, "paid_before": 0, "statements": 1})])

    def ended_jobs(self, count):
        def jobs():
            return [job for job in json.loads(self.service.request("GET", "/v1/jobs?state=succeeded")[2])["jobs"]]
        self.wait_until(lambda: len(jobs()) == count)
        return jobs()

    def test_a_contract_that_is_written_by_hand_is_matched_too(self):
        self.take(("20201020", "5000.00", "某街道办事处"))
        status, _, answer = self.service.request("PUT", f"/v1/organisations/{USCC}/payer-facts/b", json.dumps({"value": {"name": "某街道办事处", "level": "township"}}),
                                                 Content_Type="application/json")
        self.assertEqual(status, 201, answer)
        self.wait_until(lambda: self.put("contracts/hc", {"title": "服务", "payer": "b", "tier": "township_station", "stage": "performing", "value_fen": 500000,
                                                          "signed_on": "2020-09-01"}) == 201)
        self.wait_until(lambda: self.put("milestones/hc,m1", {"title": "一期", "due_on": "2020-10-15", "amount_fen": 500000}) == 201)
        self.wait_until(lambda: self.payments() == [("hc", "m1", "500000")])

    def put(self, path, value):
        status, _, answer = self.service.request("PUT", f"/v1/organisations/{USCC}/{path}", json.dumps({"value": value, "valid_from": "2020-09-01"}), Content_Type="application/json")
        self.assertIn(status, (201, 409), answer)
        return status

    def test_a_payment_that_another_source_tells_of_later_counts_once(self):
        self.take(("20201020", "5000.00", "某街道办事处"), name="one.csv")
        release = {"ocid": "ocds-x-1", "id": "1", "date": "2020-10-01T00:00:00Z", "tag": ["compiled"], "initiationType": "tender",
                   "parties": [{"id": "s", "name": self.dossier["organisation"]["name"], "identifier": {"scheme": "CN-USCI", "id": USCC}}],
                   "buyer": {"id": "b", "name": "某街道办事处"}, "awards": [{"id": "a", "suppliers": [{"id": "s"}]}],
                   "contracts": [{"id": "c", "awardID": "a", "status": "active", "dateSigned": "2020-09-01T00:00:00Z", "value": {"amount": 5000, "currency": "CNY"},
                                  "milestones": [{"id": "m", "type": "payment", "dueDate": "2020-10-15T00:00:00Z", "x_zcd": {"amount": {"amount": 5000, "currency": "CNY"}}}]}]}
        self.assertEqual(self.imported(self.file("release.json", json.dumps(release)), "--kind", "ocds")["matched_again"], 1)
        self.assertEqual(self.payments(), [("ocds-x-1/c", "m", "500000")])
        release["contracts"][0]["implementation"] = {"transactions": [
            {"id": "t", "date": "2020-10-17T00:00:00Z", "value": {"amount": 5000, "currency": "CNY"}, "relatedImplementationMilestone": {"id": "m"}}]}
        paid = self.imported(self.file("paid.json", json.dumps({**release, "id": "2"})), "--kind", "ocds")
        self.assertEqual(self.payments(), [])  # but the publisher's
        view = self.ask("GET", "payments?as_of=2020-11-01&under=ocds-x-1/c")["facts"]
        self.assertEqual([payment["value"]["amount_fen"] for payment in view], [500000])
        self.assertEqual([receipt["reason"]["code"] for receipt in self.ask("GET", "receipts?state=paid_before")["receipts"]], ["payment_known"])
        self.assertEqual(self.run_import("--withdraw", paid["import"]).returncode, 0)  # and without that source it is the milestone's again
        self.assertEqual(self.payments(), [("ocds-x-1/c", "m", "500000")])

    def ask(self, method, path, document=None, expected=200, **fields):
        """What the service answers to the officer about the organisation."""
        body = None if document is None else json.dumps(document)
        if body is not None:
            fields["Content_Type"] = "application/json"
        status, got, answer = self.service.request(method, f"/v1/organisations/{USCC}/{path}", body, **fields)
        self.assertEqual(status, expected, answer)
        self.fields = got
        return json.loads(answer)

    def waiting(self, **options):
        return self.ask("GET", "receipts?state=waiting", **options)["receipts"]

    def test_a_waiting_receipt_is_settled_by_an_officer_on_record_and_once(self):
        self.take(*STATEMENT)
        paid = self.payments()
        ambiguous, treasury = self.waiting()
        self.assertEqual([(offer["contract"], offer["milestone"], offer["confidence_ppm"], offer["reason"]["code"]) for offer in ambiguous["offers"]],
                         [("c01-2020", "m3", 400000, "offer_part"), ("c14-2020", "m2", 300000, "offer_in_order")])
        self.assertEqual((ambiguous["amount_fen"], ambiguous["reason"]["code"], ambiguous["payer_name"]), (100000000, "ambiguous", self.names["p01"]))

        path = f"receipts/{ambiguous['id']}/settlement"
        parts = [{"contract": "c01-2020", "milestone": "m3", "amount_fen": 90000000}, {"contract": "c14-2020", "milestone": "m2", "amount_fen": 9000000}]
        said = {"parts": parts, "not_contract_fen": 1000000, "note": "见付款通知单"}
        settled = self.ask("POST", path, said, expected=201, Idempotency_Key="k1")
        self.assertEqual((settled["state"], settled["parts"], settled["settled_by"], settled["not_contract_fen"]), ("settled", parts, "officer-1", 1000000))
        self.assertEqual(self.payments(), sorted([*paid, ("c01-2020", "m3", "90000000"), ("c14-2020", "m2", "9000000")]))
        self.assertEqual(self.ask("GET", f"receipts/{ambiguous['id']}"), settled)
        self.assertEqual(self.service.request("GET", f"/v1/organisations/{USCC}/receipts/{ambiguous['id']}", If_None_Match=self.fields["etag"])[0], 304)

        self.assertEqual(self.ask("POST", path, said, expected=201, Idempotency_Key="k1"), settled)
        self.assertEqual(self.fields["idempotency-replayed"], "true")
        self.ask("POST", path, {**said, "not_contract_fen": 0}, expected=422, Idempotency_Key="k1")
        self.ask("POST", path, said, expected=409)
        self.assertEqual([receipt["id"] for receipt in self.waiting()], [treasury["id"]])
        self.assertEqual([receipt["id"] for receipt in self.ask("GET", "receipts?state=settled")["receipts"]], [ambiguous["id"]])
        leaves = json.loads(self.service.request("GET", "/v1/audit/records?kind=correction", token=service.REGULATOR_TOKEN)[2])["records"]
        self.assertEqual([(leaf["actor"]["id"], leaf["subject"]["uscc"]) for leaf in map(self.leaf_of, leaves)], [("officer-1", USCC)])

        self.ask("POST", f"receipts/{treasury['id']}/settlement", {"parts": [], "not_contract_fen": 83800000}, expected=201)
        self.assertEqual(self.ask("GET", f"receipts/{treasury['id']}")["reason"]["code"], "person_no_payment")
        self.assertEqual(self.waiting(), [])
        self.assertFalse(self.take(*STATEMENT)["changed"])

    def leaf_of(self, found):
        return json.loads(found["leaf"]) if "leaf" in found else found

    def test_what_cannot_be_is_refused_with_its_place(self):
        self.take(*STATEMENT)
        ambiguous = self.waiting()[0]
        path = f"receipts/{ambiguous['id']}/settlement"
        part = {"contract": "c01-2020", "milestone": "m3", "amount_fen": 100000000}
        for said, pointer in (({"parts": [{**part, "amount_fen": 99999999}]}, "/parts"),
                              ({"parts": [{**part, "milestone": "m9"}]}, "/parts/0"),
                              ({"parts": [{**part, "amount_fen": 50000000}, {**part, "amount_fen": 50000000}]}, "/parts/1"),
                              ({"parts": [{"contract": "c14-2020", "milestone": "m2", "amount_fen": 100000000}]}, "/parts/0"),
                              ({"parts": [part], "alias_of": "p99"}, "/alias_of"),
                              ({"parts": [part], "alias_of": "p01"}, "/alias_of"),
                              ({"parts": [part], "not_contract_fen": -1}, "/not_contract_fen"),
                              ({"parts": [part], "more": 1}, "/more")):
            problem = self.ask("POST", path, said, expected=422)
            self.assertIn(pointer, json.dumps(problem), said)
        problem = self.ask("POST", path, {"parts": [{**part, "milestone": "m9"}, part, part], "alias_of": "p99"}, expected=422)
        self.assertEqual([error["pointer"] for error in problem["errors"]], ["/parts/0", "/parts/2", "/alias_of"])
        for missing in ("rc_00", "rc_", "rc_zz", "rc_2f2f", "none", ambiguous["id"][:-2]):
            self.ask("POST", f"receipts/{missing}/settlement", {"parts": [part]}, expected=404)
            self.ask("GET", f"receipts/{missing}", expected=404)
        self.ask("GET", "receipts?state=lost", expected=400)
        self.assertEqual(len(self.waiting()), 2)
        self.assertEqual(len(self.payments()), 5)

    def test_a_settlement_may_be_taken_back_by_whoever_knows_its_newest_state(self):
        self.take(*STATEMENT)
        paid, before = self.payments(), self.waiting()
        path = f"receipts/{before[1]['id']}"
        self.ask("DELETE", f"{path}/settlement", expected=428)
        self.ask("GET", path)
        old = self.fields["etag"]
        self.ask("DELETE", f"{path}/settlement", expected=409, If_Match=old)
        self.ask("POST", f"{path}/settlement", {"parts": [{"contract": "c03-2020", "milestone": "m2", "amount_fen": 83800000}]}, expected=201)
        self.ask("DELETE", f"{path}/settlement", expected=412, If_Match=old)
        self.ask("GET", path)
        self.assertEqual(self.ask("DELETE", f"{path}/settlement", If_Match=self.fields["etag"]), {"status": "waiting"})
        self.assertEqual((self.payments(), self.waiting()), (paid, before))
        self.ask("POST", f"{path}/settlement", {"parts": [], "not_contract_fen": 83800000}, expected=201)

    def test_what_was_said_of_a_statement_goes_with_it(self):
        first = self.take(*STATEMENT)
        before = self.waiting()
        self.ask("POST", f"receipts/{before[1]['id']}/settlement",
                 {"parts": [{"contract": "c03-2020", "milestone": "m2", "amount_fen": 83800000}]}, expected=201)
        self.assertEqual(self.run_import("--withdraw", first["import"]).returncode, 0)
        self.assertEqual((self.payments(), self.waiting(), self.ask("GET", "receipts?state=settled")["receipts"]), ([], [], []))
        self.ask("GET", f"receipts/{before[1]['id']}", expected=404)
        self.assertEqual(self.take(*STATEMENT)["receipts"], first["receipts"])
        self.assertEqual(self.waiting(), before)

    def test_a_name_that_a_settlement_teaches_is_known_to_the_next_statement(self):
        other = "龙华区财政国库支付中心"
        self.take(("20201020", "1000000.00", other))
        receipt, = self.waiting()
        self.assertEqual((receipt["reason"]["code"], receipt["offers"]), ("treasury", []))
        self.ask("POST", f"receipts/{receipt['id']}/settlement", {"alias_of": "p06", "parts": [
            {"contract": "c06-2020", "milestone": "m1", "amount_fen": 100000000}]}, expected=201)
        self.assertEqual([(alias["payer"], alias["alias"]) for alias in self.ask("GET", "payer-aliases")["payer_aliases"]], [("p06", other)])
        self.assertEqual(self.take(("20201030", "76000.00", other), name="rest.csv")["receipts"]["matched"], 1)
        self.assertEqual(self.payments(), [("c06-2020", "m1", "7600000"), ("c06-2020", "m1", "100000000")])

    def test_money_of_a_contract_without_milestones_is_settled_to_the_contract(self):
        release = {"ocid": "ocds-x-1", "id": "1", "date": "2020-10-01T00:00:00Z", "tag": ["compiled"], "initiationType": "tender",
                   "parties": [{"id": "s", "name": self.dossier["organisation"]["name"], "identifier": {"scheme": "CN-USCI", "id": USCC}}],
                   "buyer": {"id": "b", "name": "某街道办事处"}, "awards": [{"id": "a", "suppliers": [{"id": "s"}]}],
                   "contracts": [{"id": "c", "awardID": "a", "status": "active", "dateSigned": "2020-09-01T00:00:00Z",
                                  "value": {"amount": 5000, "currency": "CNY"}, "x_zcd": {"number": "HT-2020-9"}}]}
        self.imported(self.file("release.json", json.dumps(release)), "--kind", "ocds")
        self.take(("20201020", "3000.00", "某街道办事处"))
        receipt, = self.waiting()
        self.assertEqual((receipt["reason"]["code"], receipt["offers"]), ("nothing_open", []))
        self.ask("POST", f"receipts/{receipt['id']}/settlement", {"parts": [{"contract": "ocds-x-1/c", "amount_fen": 300000}]}, expected=201)
        self.assertEqual(self.payments(), [("ocds-x-1/c", "", "300000")])

    def test_names_of_payers_are_taught_listed_and_taken_back(self):
        made = [self.ask("POST", "payer-aliases", {"payer": payer, "alias": name}, expected=201)
                for payer, name in (("p04", "宝安甲"), ("p04", "宝安乙"), ("p05", "宝安甲"))]
        self.assertEqual(self.ask("GET", f"payer-aliases/{made[0]['id']}"), made[0])
        self.assertEqual(self.ask("POST", "payer-aliases", {"payer": "p05", "alias": "第三"}, expected=201, Idempotency_Key="a"),
                         self.ask("POST", "payer-aliases", {"payer": "p05", "alias": "第三"}, expected=201, Idempotency_Key="a"))
        self.ask("POST", "payer-aliases", {"payer": "p04", "alias": "宝安甲"}, expected=409)
        for wrong in ({"payer": "p99", "alias": "甲"}, {"payer": "p04", "alias": ""}, {"payer": "p04", "alias": self.names["p04"]},
                      {"payer": "p04", "alias": "长" * 167}):
            self.ask("POST", "payer-aliases", wrong, expected=422)
        pages, path = [], "payer-aliases?limit=3"
        while path:
            page = self.ask("GET", path)
            pages.append([alias["alias"] for alias in page["payer_aliases"]])
            path = page["next"] and f"payer-aliases?limit=3&cursor={page['next']}"
        self.assertEqual([len(page) for page in pages], [3, 1])
        self.assertEqual(self.ask("DELETE", f"payer-aliases/{made[0]['id']}"), {"status": "removed"})
        self.ask("DELETE", f"payer-aliases/{made[0]['id']}", expected=404)
        self.assertEqual(len(self.ask("GET", "payer-aliases")["payer_aliases"]), 3)
        self.assertEqual(self.ask("POST", "payer-aliases", {"payer": "p04", "alias": "宝安甲"}, expected=201), made[0])

    def test_a_payment_that_is_known_is_that_of_one_receipt_only_over_several_statements(self):
        self.take(PAID_BEFORE)
        again = self.take(("20201016", PAID_BEFORE[1], PAID_BEFORE[2]), name="later.csv")  # as much once more, four days later
        self.assertEqual((again["receipts"]["paid_before"], again["receipts"]["matched"] + again["receipts"]["waiting"]), (0, 1))

    def test_where_receipts_went_is_shown_with_rule_and_confidence(self):
        self.take(*STATEMENT)
        matched = self.ask("GET", "receipts?state=matched")["receipts"]
        self.assertEqual([(receipt["payer_name"], receipt["reason"]["code"], receipt["confidence_ppm"],
                           [(part["contract"], part["milestone"], part["amount_fen"]) for part in receipt["parts"]]) for receipt in matched],
                         [(self.names["p04"], "payer_and_equal_amounts", 800000, [("c04-2020", "m1", 108700000)]),
                          (self.names["p07"], "payer_and_sum", 750000, [("c07-2020", "m2", 103520000), ("c07-2020", "m3", 103520000)]),
                          (self.names["p13"], "payer_and_part", 650000, [("c13-2020", "m3", 20000000)]),
                          (self.names["p13"], "payer_and_amount", 900000, [("c13-2020", "m3", 23275000)])])
        self.assertEqual(self.ask("GET", f"receipts/{matched[1]['id']}"), matched[1])
        etag = self.fields["etag"]
        self.ask("POST", f"receipts/{matched[1]['id']}/settlement", {"parts": [], "not_contract_fen": 207040000}, expected=409)
        self.ask("DELETE", f"receipts/{matched[1]['id']}/settlement", expected=409, If_Match=etag)
        page = self.ask("GET", "receipts?state=matched&limit=3")
        rest = self.ask("GET", f"receipts?state=matched&limit=3&cursor={page['next']}")
        self.assertEqual(([*page["receipts"], *rest["receipts"]], rest["next"]), (matched, None))
        self.assertEqual([(receipt["state"], receipt["confidence_ppm"]) for receipt in self.waiting()], 2 * [("waiting", 0)])

    def test_receipts_are_listed_in_pages_by_day(self):
        self.take(*((f"202010{day:02}", f"{100000 + day}.00", "深圳市财政局") for day in range(31, 8, -1)))
        days, path = [], "receipts?limit=10"
        while path:
            page = self.ask("GET", path)
            days.append([receipt["received_on"] for receipt in page["receipts"]])
            path = page["next"] and f"receipts?state=waiting&limit=10&cursor={page['next']}"
        self.assertEqual(([len(page) for page in days], sum(days, [])), ([10, 10, 3], [f"2020-10-{day:02}" for day in range(9, 32)]))

    def test_of_many_who_settle_at_once_one_is_heard(self):
        self.take(*STATEMENT)
        path = f"/v1/organisations/{USCC}/receipts/{self.waiting()[1]['id']}/settlement"
        body = json.dumps({"parts": [{"contract": "c03-2020", "milestone": "m2", "amount_fen": 83800000}]})
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: self.service.request("POST", path, body, Content_Type="application/json")[0], range(8)))
        self.assertEqual(sorted(answers), [201] + 7 * [409])
        self.assertEqual(self.payments().count(("c03-2020", "m2", "83800000")), 1)

    def test_another_lender_learns_nothing_and_settles_nothing(self):
        self.take(*STATEMENT)
        receipt = self.waiting()[0]
        for method, path, document in (("GET", "receipts", None), ("GET", f"receipts/{receipt['id']}", None), ("GET", "payer-aliases", None),
                                       ("POST", f"receipts/{receipt['id']}/settlement", {"parts": [], "not_contract_fen": 100000000}),
                                       ("POST", "payer-aliases", {"payer": "p04", "alias": "甲"})):
            self.ask(method, path, document, expected=404, token=OTHER_TOKEN)
        self.assertEqual(len(self.waiting()), 2)

    def test_whoever_meets_an_import_that_is_being_kept_is_told_when_to_come_again(self):
        self.take(*STATEMENT)
        ambiguous, treasury = self.waiting()
        settlement = {"parts": [{"contract": "c03-2020", "milestone": "m2", "amount_fen": 83800000}]}
        self.ask("POST", f"receipts/{treasury['id']}/settlement", settlement, expected=201)
        self.ask("GET", f"receipts/{treasury['id']}")
        etag = self.fields["etag"]
        alias = self.ask("POST", "payer-aliases", {"payer": "p04", "alias": "宝安"}, expected=201)
        asked = (("POST", f"receipts/{ambiguous['id']}/settlement", {"parts": [], "not_contract_fen": 100000000}, {"Idempotency_Key": "k"}, 201),
                 ("DELETE", f"receipts/{treasury['id']}/settlement", None, {"If_Match": etag}, 200),
                 ("POST", "payer-aliases", {"payer": "p04", "alias": "宝安甲"}, {"Idempotency_Key": "l"}, 201),
                 ("DELETE", f"payer-aliases/{alias['id']}", None, {}, 200),
                 ("PUT", "visits/v1", {"value": {"on": "2020-10-12", "visitor": "officer-1", "place": "龙岗", "note": ""}}, {}, 201))
        holder = subprocess.Popen(["psql", "-XAtq", "-d", self.database.url, "-c", "SELECT pg_advisory_lock(hashtextextended('payer_delay', 1))",
                                   "-c", "SELECT pg_sleep(60)"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        locks = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database() AND locktype = 'advisory' AND {}"
        try:
            self.wait_until(lambda: self.database.number(locks.format("granted")) >= 1)
            words = [str(self.statement(LATER, name="later.csv")), "--kind", "statement", "--organisation", USCC, "--user", "officer-1"]
            importing = subprocess.Popen([service.bin_dir() / "zcd", "import", *words], stdout=subprocess.DEVNULL,
                                         env=service.clean_environment(**self.service.environment()))
            self.wait_until(lambda: self.database.number(locks.format("NOT granted")) >= 1)  # its facts are written, and not committed
            for method, path, document, fields, _ in asked:
                problem = self.ask(method, path, document, expected=409, **fields)
                self.assertEqual((problem["detail"], self.fields["retry-after"]), ("an import is being kept; try again when it has ended", "5"), path)
        finally:
            holder.kill()
            holder.wait()
            self.database.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()")
        self.assertEqual(importing.wait(60), 0)
        for method, path, document, fields, status in asked:
            self.ask(method, path, document, expected=status, **fields)

    def wait_until(self, is_so, wait_s=30):
        deadline = time.monotonic() + wait_s
        while not is_so():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)

    def test_two_statements_at_once_bring_no_receipt_twice(self):
        words = [str(self.statement(*STATEMENT)), "--kind", "statement", "--organisation", USCC, "--user", "officer-1", "--json"]
        environment = service.clean_environment(**self.service.environment())
        both = [subprocess.Popen([service.bin_dir() / "zcd", "import", *words], env=environment, stdout=subprocess.PIPE) for _ in range(2)]
        changed = [json.loads(process.communicate()[0])["changed"] for process in both]
        self.assertEqual((sorted(changed), len(self.payments())), ([False, True], 5))


if __name__ == "__main__":
    service.main()
