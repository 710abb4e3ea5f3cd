"""Files that are broken or meant to break something: each ends in a clear report or a named refusal, and a database as it was.

Sent over HTTP and given to the command line. Whatever a file says of its own kind of wrong is found by line, field and rule.
"""
import gzip
import io
import json
import pathlib
import sys
import time
import zipfile

import service

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "lib"))

from ocds_release import USCC, release  # noqa: E402

HEADING = "账号,交易时间,借方发生额,贷方发生额,余额,币种,对方户名,对方账号,摘要,备注,账户明细编号-交易流水号"


def transactions(*amounts, currency="CNY", ids=None):
    return {"implementation": {"transactions": [{"id": ids[i] if ids else f"t{i}", "date": "2024-03-01T00:00:00+08:00",
                                                 "value": {"amount": amount, "currency": currency}} for i, amount in enumerate(amounts)]}}


def text(document):
    return json.dumps(document, ensure_ascii=False).encode()


def zipped():
    """A bomb: a thousand times larger than it looks."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("releases.json", b" " * 10_000_000)
    return held.getvalue()


# What a file is called, its bytes, and the lines that its report must have: (rule, line, field).
NOTHING_KEPT = (
    ("cut in the middle", text(release())[:-40], [("cut", 1, "")]),
    ("no JSON at all", b"hello\n", [("no_object", 1, "")]),
    ("another document", b'{"name": "x"}', [("no_ocds", 1, "")]),
    ("nested without end", b"[" * 100_000, [("too_deep", 1, "")]),
    ("an array that never ends", b"\n[\n", [("cut", 2, "")]),
    ("nested within a release", text(release())[:-1] + b', "x": ' + b"[" * 200 + b"]" * 200 + b"}", [("too_deep", 1, None)]),
    ("a member twice", text(release())[:-1] + b', "ocid": "other"}', [("duplicate_key", 1, None)]),
    ("releases of one date that contradict each other",
     text({"releases": [release(tag=["contract"]), release(tag=["contractUpdate"], id="2", contract={"value": {"amount": 200, "currency": "CNY"}})]}),
     [("contradictory_releases", 1, "/date")]),
    ("names in an encoding that cannot be told", json.dumps(release(contract={"title": "社會工作服務站"}), ensure_ascii=False).encode("big5", "replace"),
     [("foreign_text", 1, "")]),
    ("more suppliers than have one contract together", text(release(awards=[{"id": "a1", "suppliers": [{"id": f"s{i}", "name": f"s{i}"} for i in range(21)]}])),
     [("several_suppliers", 1, "/awards/a1/suppliers")]),
    ("a supplier whose code fails its check", text(release(parties=[{"id": "s", "identifier": {"scheme": "CN-USCI", "id": USCC[:-1] + "4"}}])),
     [("uscc_check", 1, None)]),
)
SOME_KEPT = (
    ("negative amounts", text(release(contract=transactions(-5))), [("amount_negative", 1, "/contracts/0/implementation/transactions/0/value/amount")]),
    ("a currency that is none", text(release(contract=transactions(5, currency="RMB"))),
     [("currency_unknown", 1, "/contracts/0/implementation/transactions/0/value/currency")]),
    ("another currency than the contract's", text(release(contract=transactions(5, currency="USD"))), [("currency_differs", 1, None)]),
    ("more decimals than the currency", text(release(contract=transactions("1.005"))), [("amount_too_fine", 1, None)]),
    ("an id twice, with different contents", text(release(contract=transactions(5, 6, ids=("t", "t")))), [("duplicate_id", 1, None)]),
    ("compiled releases of one process", text(release()) + b"\n" + text(release(contract={"title": "x"})), [("compiled_twice", 1, "/ocid")]),
    ("a payment to nobody who is named", text(release(awards=[{"id": "a1", "suppliers": [{"id": "s"}, {"name": "乙中心"}]}], contract=transactions(5))),
     [("shared_contract", 1, "/contracts/0"), ("payee_unclear", 1, "/contracts/0/implementation/transactions/0/payee")]),
    ("an amount beyond all", text(release(contract=transactions(10**30))), [("amount_too_large", 1, None)]),
)


class HostileTest(service.ServiceTest):
    def tables(self):
        """Every table that an import may write to, and how many rows it has."""
        names = self.database.run("SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'import_id'"
                                  " UNION SELECT 'import' UNION SELECT 'payer_delay' UNION SELECT 'organisation_payer_delay' UNION SELECT 'log_leaf'"
                                  " UNION SELECT 'event' ORDER BY 1").split()
        self.assertGreater(len(names), 20)
        rows = self.database.run(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names)).splitlines()
        return dict(row.split("|") for row in rows)

    def send(self, body, kind="ocds", content_type="application/json", **query):
        words = "".join(f"&{name}={value}" for name, value in query.items())
        status, _, answer = self.service.request("POST", f"/v1/imports?kind={kind}{words}", body, Content_Type=content_type)
        self.assertEqual(status, 202, answer)
        job = json.loads(answer)
        while job["finished_at"] is None:
            time.sleep(0.02)
            job = json.loads(self.service.request("GET", "/v1/jobs/" + job["id"])[2])
        return job

    def command(self, body, kind="ocds", *words):
        path = self.state / "file"
        path.write_bytes(body)
        return service.zcd("import", str(path), "--kind", kind, "--user", "officer-1", "--json", *words, **self.service.environment())

    def check_lines(self, lines, expected):
        for rule, line, field in expected:
            found = [one for one in lines if one["rule"] == rule]
            self.assertTrue(found, (rule, lines))
            self.assertEqual((found[0]["line"], found[0]["field"]), (line, found[0]["field"] if field is None else field))
            self.assertTrue(found[0]["text_zh"] and found[0]["text_en"])

    def test_what_holds_nothing_that_can_be_kept_is_told_line_by_line_and_changes_nothing(self):
        before = self.tables()
        for name, body, expected in NOTHING_KEPT:
            with self.subTest(name):
                job = self.send(body)
                self.assertEqual((job["state"], job["result"] and job["result"]["changed"]), ("succeeded", False), job)
                self.check_lines(job["result"]["lines"], expected)
                run = self.command(body)
                self.assertEqual(run.returncode, 0, run.stderr)
                said = json.loads(run.stdout)
                self.assertFalse(said["changed"])
                self.check_lines(said["lines"], expected)
                self.assertEqual(self.tables(), before)

    def test_what_is_wrong_beside_what_is_right_is_left_out_and_told(self):
        for name, body, expected in SOME_KEPT:
            with self.subTest(name):
                before = self.tables()
                tried = self.send(body, dry_run="true")
                self.check_lines(tried["result"]["lines"], expected)
                self.assertEqual(self.tables(), before)
        kept = self.send(text(release(contract=transactions(5, -6, 7))))
        self.assertEqual((kept["result"]["found"]["counts"]["payments"], self.database.number("SELECT count(*) FROM payment")), (2, 2))

    def test_compressed_files_are_never_unpacked(self):
        before = self.tables()
        for body, what in ((gzip.compress(text(release())), "gzip"), (zipped(), "zip"), (b"\xd0\xcf\x11\xe0" + bytes(100), "xls")):
            for kind, content_type, query in (("ocds", "application/json", {}), ("dossier", "application/json", {}),
                                              ("statement", "text/csv", {"organisation": USCC}), ("notice", "text/plain", {"organisation": USCC})):
                job = self.send(body, kind, content_type, dry_run="true", **query)
                if kind == "statement" and job["problem"]["code"] == "not_found":
                    continue  # no contract of the organisation is known, which is said first
                self.assertEqual(job["state"], "failed", job)
                self.assertIn(what, job["problem"]["detail"])
            run = self.command(body)
            self.assertEqual((run.returncode, what in run.stderr), (2, True), run.stderr)
        self.assertEqual(self.tables(), before)

    def test_a_dossier_is_refused_with_the_place_and_the_rule(self):
        before = self.tables()
        dossier = json.loads(service.EXAMPLE.read_text(encoding="utf-8"))
        wrong = json.loads(json.dumps(dossier))
        wrong["contracts"][0]["value_fen"] = -1
        double = json.loads(json.dumps(dossier))
        double["contracts"].append(double["contracts"][0])
        for body in (text(wrong), text(double), service.EXAMPLE.read_bytes()[:-100], b"[]", b"[" * 100_000, text({**dossier, "colour": "red"})):
            job = self.send(body, "dossier")
            self.assertEqual((job["state"], job["problem"]["code"]), ("failed", "invalid_content"), job)
            self.assertTrue(job["problem"]["detail"])
            self.assertEqual(self.command(body, "dossier").returncode, 2)
        self.assertEqual(self.send(text(wrong), "dossier")["problem"]["errors"][0]["pointer"], "/contracts/0/value_fen")
        self.assertEqual(self.tables(), before)

    def test_statements_of_every_wrong_kind(self):
        dossier = json.loads(service.EXAMPLE.read_text(encoding="utf-8"))
        uscc, payer = dossier["organisation"]["uscc"], dossier["payers"][5]["name"]
        self.assertTrue(self.send(service.EXAMPLE.read_bytes(), "dossier")["result"]["changed"])
        before = self.tables()

        def line(day="20201030", amount="1076000.00", currency="人民币", name=payer, more=""):
            return f"44250100,{day} 10:11:12,0.00,{amount},9.00,{currency},{name},1,转账,款,771-1{more}"

        for lines, rule in (((line(amount="-5.00"),), None), ((line(amount="12x"),), None), ((line(day="20201399"),), None), ((line(currency="美元"),), None),
                            ((line(more=10_000 * ","),), None)):
            job = self.send("\n".join((HEADING, *lines, "")).encode(), "statement", "text/csv", organisation=uscc)
            self.assertEqual(job["state"], "succeeded", job)
            said = job["result"]["lines"]
            self.assertTrue(said and all(one["line"] >= 1 for one in said), (lines[0][:80], job["result"]))
            self.assertEqual((job["result"]["changed"], self.tables()), (False, before), rule)
        for body in (b"", b"\xff\xfe\x00", (HEADING + 10_000 * ",列").encode(), b"\x00" * 1000, b"a,b,c\n" * 100):
            if body:
                job = self.send(body, "statement", "text/csv", organisation=uscc)
                self.assertEqual((job["state"], bool(job["problem"])), ("failed", True), job)
        self.assertEqual(self.tables(), before)

    def test_what_a_spreadsheet_or_a_terminal_would_run_stays_text(self):
        for name in ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1,1)", "\u001b]0;owned\u0007"):
            body = text(release(buyer={"name": name}, contract={"status": name}))
            shown = service.zcd("import", str(self.file(body)), "--kind", "ocds", "--dry-run", **self.service.environment())
            self.assertEqual(shown.returncode, 0, shown.stderr)
            self.assertNotIn("\u001b", shown.stdout)
            # No cell of a report begins with what a spreadsheet takes for a formula: values stand in brackets, or in JSON's quotes.
            for line in shown.stdout.splitlines():
                self.assertNotIn(line[:1], ("=", "+", "@", "-"), line)
            job = self.send(body, dry_run="true")
            values = [one["value"] for one in job["result"]["lines"] if one["rule"] == "payer_by_name"]
            self.assertEqual(values, [] if name.startswith("\u001b") else [name])  # a name that is none is not shown at all

    def file(self, body):
        path = self.state / "file"
        path.write_bytes(body)
        return path

    def test_contradictory_releases_come_to_one_answer_whatever_their_order(self):
        first = release(tag=["contract"], date="2024-01-01T00:00:00Z")
        second = release(tag=["contractAmendment"], id="2", date="2024-02-01T00:00:00Z", contract={"value": {"amount": 200, "currency": "CNY"}})
        for order in ((first, second), (second, first)):
            job = self.send(text({"releases": list(order)}))
            self.assertEqual(job["state"], "succeeded", job)
            self.assertEqual(self.database.run("SELECT DISTINCT value_fen FROM contract"), "20000")
        self.assertFalse(job["result"]["changed"])  # the other order says the same

    def test_of_two_things_with_one_key_in_one_file_the_last_counts(self):
        one, two = release(), release(contract={"title": "后来的标题"})
        job = self.send(text(one) + b"\n" + text(two))
        self.assertTrue(job["result"]["changed"])
        self.assertEqual(self.database.run("SELECT DISTINCT title FROM contract"), "后来的标题")
        # On one line too, where the number of the line tells nothing.
        job = self.send(text([two, one]))
        self.assertEqual(self.database.run("SELECT title FROM contract WHERE superseded_by IS NULL ORDER BY import_id DESC LIMIT 1"), "社工站服务")

    def test_a_release_of_ten_thousand_members_and_one_beyond_the_limit(self):
        wide = release(**{f"column{i}": i for i in range(10_000)})
        self.assertTrue(self.send(text(wide))["result"]["changed"])
        before = self.tables()
        huge = text(release(ocid="ocds-test-2"))[:-1] + b', "note": "' + b"x" * (65 << 20) + b'"}'
        job = self.send(huge)
        self.assertEqual(job["state"], "succeeded", job)
        self.check_lines(job["result"]["lines"], [("too_large", 1, None)])
        self.assertEqual(self.tables(), before)


if __name__ == "__main__":
    service.main()
