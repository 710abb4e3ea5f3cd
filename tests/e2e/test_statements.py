"""Bank statements into the database: receipts become payments of the milestones that a lender knows, or wait for a person.

The organisation is the reconstructed example; the lines of the statement are made for it, each for one rule of the matching.
"""
import json
import subprocess

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
STANDING = "import_id <> ALL (ARRAY(SELECT withdraws FROM import WHERE withdraws IS NOT NULL))"


def example():
    """Without the first contract of one payer, so that it has one only."""
    dossier = json.loads(service.EXAMPLE.read_bytes())
    dossier["contracts"] = [contract for contract in dossier["contracts"] if contract["id"] != "c13-2019"]
    return dossier


class StatementsTest(service.ServiceTest):
    def setUp(self):
        super().setUp()
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
        rows = self.database.run("SELECT contract_id, milestone_id, amount_fen FROM payment WHERE payer_name IS NOT NULL"
                                 f" AND NOT removed AND {STANDING} ORDER BY 1, 2, 3")
        return [tuple(row.split("|")) for row in rows.splitlines()]

    def test_receipts_become_payments_wait_or_are_no_public_money(self):
        self.maxDiff = None
        first = self.take(*STATEMENT)
        self.assertEqual(first["receipts"], {"matched": 4, "waiting": 2, "paid_before": 1, "unrelated": 1, "known": 0, "duplicate": 0})
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

    def test_a_statement_needs_an_organisation_whose_contracts_are_known(self):
        path = self.statement(EARLIEST)
        self.assertEqual(self.run_import(path, "--kind", "statement").returncode, 2)
        unknown = self.run_import(path, "--kind", "statement", "--organisation", "52440300MJL186084F")
        self.assertEqual((unknown.returncode, "import its contracts before" in unknown.stderr), (66, True), unknown.stderr)
        self.assertEqual(self.payments(), [])

    def test_two_statements_at_once_bring_no_receipt_twice(self):
        words = [str(self.statement(*STATEMENT)), "--kind", "statement", "--organisation", USCC, "--user", "officer-1", "--json"]
        environment = service.clean_environment(**self.service.environment())
        both = [subprocess.Popen([service.bin_dir() / "zcd", "import", *words], env=environment, stdout=subprocess.PIPE) for _ in range(2)]
        changed = [json.loads(process.communicate()[0])["changed"] for process in both]
        self.assertEqual((sorted(changed), len(self.payments())), ([False, True], 5))


if __name__ == "__main__":
    service.main()
