"""Files of facts over HTTP: a job reads them, all or nothing, once, on record, with a report, and back; whatever is killed."""
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import threading
import time

import conformity
import service

ROOT = service.SOURCE
PACKAGE = ROOT / "tests/vectors/ocds/real/mx-cdmx-release-package-2rel-22tx-24ms.json"
FACTS = ("organisation", "payer", "contract", "milestone", "payment", "import", "import_outcome", "import_report_line")
OTHER_TOKEN = "e2e-other-officer-0123456789abcdef012345"
CALLER_TOKEN = "e2e-approver-0123456789abcdef0123456789a"


class ImportsTest(service.ServiceTest):
    def counts(self):
        return {table: self.database.number(f"SELECT count(*) FROM {table}") for table in FACTS}

    def send(self, body, expected=202, running=None, token=service.TOKEN, content_type="application/json", fields=None, **query):
        words = "&".join(f"{name}={value}" for name, value in query.items())
        status, got, text = (running or self.service).request("POST", "/v1/imports" + ("?" + words if words else ""), body, token=token,
                                                              **({"Content_Type": content_type} if content_type else {}), **(fields or {}))
        self.assertEqual(status, expected, text)
        document = json.loads(text)
        if status == 202:
            self.assertEqual(got["location"], "/v1/jobs/" + document["id"])
        return document

    def get(self, path, expected=200, running=None, token=service.TOKEN):
        status, _, text = (running or self.service).request("GET", path, token=token)
        self.assertEqual(status, expected, text)
        return json.loads(text)

    def ended(self, job, running=None, wait_s=60):
        deadline = time.monotonic() + wait_s
        shown = job
        while time.monotonic() < deadline:
            shown = self.get("/v1/jobs/" + job["id"], running=running)
            if shown["finished_at"]:
                return shown
            time.sleep(0.05)
        raise AssertionError(shown)

    def result(self, job, running=None, wait_s=60):
        ended = self.ended(job, running, wait_s)
        self.assertEqual(ended["state"], "succeeded", ended)
        conformity.check_schema(conformity.document()["components"]["schemas"]["ImportResult"], ended["result"], "the job's result")
        return ended["result"]

    def files(self):
        """Of jobs; a body that was just being received when its process was killed goes after a day."""
        return sorted(path.name for path in (self.state / "spool").glob("kept-*"))

    def wait_until(self, is_so, wait_s=30):
        deadline = time.monotonic() + wait_s
        while not is_so() and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertTrue(is_so())

    def lines(self, count):
        path = self.state / "lines.jsonl"
        with path.open("wb") as file:
            subprocess.run([sys.executable, ROOT / "tests/bench/ocds_lines", str(count)], stdout=file, check=True)
        return path.read_bytes()

    def test_decisions_go_on_while_an_import_is_being_kept(self):
        run = service.zcd("import", service.EXAMPLE, "--kind", "dossier", "--user", "officer-1", **self.service.environment())
        self.assertEqual(run.returncode, 0, run.stderr)
        uscc = json.loads(service.EXAMPLE.read_bytes())["organisation"]["uscc"]
        visit = json.dumps({"value": {"on": "2020-10-12", "visitor": "officer-1", "place": "Longgang", "note": "seen"}})
        waits = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database() AND locktype = 'advisory' AND {}"
        holder = subprocess.Popen(["psql", "-XAtq", "-d", self.database.url, "-c", "SELECT pg_advisory_lock(hashtextextended('payer_delay', 1))",
                                   "-c", "SELECT pg_sleep(60)"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self.wait_until(lambda: self.database.number(waits.format("granted")) >= 1)
            job = self.send(PACKAGE.read_bytes(), kind="ocds")
            self.wait_until(lambda: self.database.number(waits.format("NOT granted")) >= 1)  # its facts are written, and not committed
            began = time.monotonic()
            self.assertEqual(self.service.assess(service.EXAMPLE.read_bytes())[0], 201)
            self.assertLess(time.monotonic() - began, 5)
            # What would have to wait for it is told to come again, and keeps nobody else waiting.
            status, got, body = self.service.request("PUT", f"/v1/organisations/{uscc}/visits/v1", visit, Content_Type="application/json")
            self.assertEqual((status, got["retry-after"], json.loads(body)["detail"]), (409, "5", "an import is being kept; try again when it has ended"))
        finally:
            holder.kill()
            holder.wait()
            self.database.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()")
        self.assertTrue(self.result(job)["changed"])
        status, _, body = self.service.request("PUT", f"/v1/organisations/{uscc}/visits/v1", visit, Content_Type="application/json")
        self.assertEqual(status, 201, body)

    def test_a_file_is_sent_kept_looked_at_and_taken_back(self):
        body = PACKAGE.read_bytes()
        before = self.counts()
        tried = self.result(self.send(body, kind="ocds", dry_run="true"))
        self.assertEqual((tried["dry_run"], tried["changed"], tried["import"]), (True, False, None))
        self.assertEqual(self.counts(), before)

        job = self.send(body, kind="ocds", file_name="cdmx.json")
        ended = self.ended(job)
        self.assertEqual((ended["kind"], ended["caller"], ended["progress"]), ("import", "officer-1", {"done": len(body), "facts": 26, "line": 1, "total": len(body)}))
        first = self.result(job)
        self.assertEqual(first["file_sha256"], hashlib.sha256(body).hexdigest())
        # As the publisher's file has them: tests/vectors/ocds/real/README.md counts.
        self.assertEqual([first["found"]["counts"][what] for what in ("contracts", "milestones", "payments")], [1, 12, 11])
        self.assertEqual((first["found"], first["lines"]), (tried["found"], tried["lines"]))
        kept = self.counts()
        self.assertEqual((kept["payment"], kept["import"]), (11, 1))

        # Known, but under no unified social credit code: it is shown, and never scored.
        abroad = "/v1/organisations/publisher:C&C021030KX2"
        self.assertEqual(self.get(abroad + "/contracts")["facts"][0]["value"]["currency"], "MXN")
        status, _, answer = self.service.request("GET", abroad + "/dossier")
        self.assertEqual((status, json.loads(answer)["detail"]),
                         (404, "organisations without a unified social credit code are not scored: they have no dossier"))

        leaf = json.loads(self.get(f"/v1/audit/records/{first['record']}", token=service.REGULATOR_TOKEN)["leaf"])
        self.assertEqual((leaf["kind"], leaf["actor"], leaf["body"]["source_sha256"]),
                         ("import", {"id": "officer-1", "lender": service.LENDER, "role": "officer"}, first["file_sha256"]))

        shown = self.get(f"/v1/imports/{first['import']}")
        self.assertEqual((shown["file_name"], shown["file_sha256"], shown["job"], shown["added"], shown["found"]),
                         ("cdmx.json", first["file_sha256"], job["id"], first["added"], first["found"]))
        report, cursor = [], ""
        while cursor is not None:
            page = self.get(f"/v1/imports/{first['import']}/report?limit=7" + cursor)
            self.assertEqual((page["is_cut"], page["kept"], page["total"]), (False, len(first["lines"]), len(first["lines"])))
            report += page["lines"]
            cursor = page["next"] and "&cursor=" + page["next"]
        self.assertEqual(report, first["lines"])
        self.assertEqual([line["severity"] for line in report], sorted((line["severity"] for line in report),
                                                                       key=["not_kept", "kept_with_doubt", "note"].index))

        again = self.result(self.send(body, kind="ocds"))
        self.assertEqual((again["changed"], again["added"], again["import"], again["found"]), (False, 0, None, first["found"]))
        self.assertEqual(self.counts(), kept)

        status, _, text = self.service.request("POST", f"/v1/imports/{first['import']}/withdrawal", Idempotency_Key="back")
        self.assertEqual(status, 202, text)
        taken = self.ended(json.loads(text))
        self.assertEqual((taken["state"], taken["result"]["withdraws"]), ("succeeded", first["import"]), taken)
        leaf = json.loads(self.get(f"/v1/audit/records/{taken['result']['record']}", token=service.REGULATOR_TOKEN)["leaf"])
        self.assertEqual(leaf["kind"], "import_withdrawn")
        self.assertEqual(self.get(f"/v1/imports/{first['import']}")["withdrawn_by"], taken["result"]["import"])
        status, fields, text = self.service.request("POST", f"/v1/imports/{first['import']}/withdrawal", Idempotency_Key="back")
        self.assertEqual((status, fields["idempotency-replayed"], json.loads(text)["id"]), (202, "true", taken["id"]))
        for number, expected in ((first["import"], 409), (taken["result"]["import"], 409), (999999, 404), ("x", 404)):
            self.assertEqual(self.service.request("POST", f"/v1/imports/{number}/withdrawal")[0], expected)
        self.assertEqual([one["kind"] for one in self.get("/v1/imports")["imports"]], ["withdrawal", "ocds"])
        page = self.get("/v1/imports?limit=1")
        self.assertEqual(self.get("/v1/imports?limit=1&cursor=" + page["next"])["imports"][0]["id"], first["import"])
        self.assertIsNone(self.get(f"/v1/imports/{taken['result']['import']}")["found"])
        self.assertTrue(self.result(self.send(body, kind="ocds"))["changed"])
        self.wait_until(lambda: self.files() == [])

    def test_every_kind_of_file(self):
        dossier = json.loads(service.EXAMPLE.read_text(encoding="utf-8"))
        uscc = dossier["organisation"]["uscc"]
        self.assertTrue(self.result(self.send(service.EXAMPLE.read_bytes(), kind="dossier"))["changed"])
        statement = ("账号,交易时间,借方发生额,贷方发生额,余额,币种,对方户名,对方账号,摘要,备注,账户明细编号-交易流水号\n"
                     f"44250100,20201030 10:11:12,0.00,1076000.00,9.00,人民币,{dossier['payers'][5]['name']},1,转账,款,771-1\n").encode()
        tried = self.result(self.send(statement, kind="statement", organisation=uscc, content_type="text/csv", dry_run="true"))
        self.assertEqual((tried["found"]["receipts"]["matched"], tried["changed"]), (1, False), tried)
        kept = self.result(self.send(statement, kind="statement", organisation=uscc, content_type="text/csv"))
        self.assertEqual((kept["found"]["receipts"]["matched"], kept["changed"]), (1, True), kept)
        notice = json.dumps({"kind": "nothing"}).encode()
        self.send(notice, kind="notice", expected=400)
        ended = self.ended(self.send(notice, kind="notice", organisation=uscc))
        self.assertIn(ended["state"], ("succeeded", "failed"))
        ended = self.ended(self.send(statement, kind="statement", organisation="91110000600037341L", content_type="text/csv"))
        self.assertEqual((ended["result"]["changed"], ended["result"]["found"]["receipts"]["unrelated"]), (True, 1))  # no contract of it is known yet
        self.assertEqual(ended["progress"], {"done": len(statement), "facts": 0, "line": 2, "total": len(statement)})
        failed = self.ended(self.send(statement, kind="statement", organisation="911100006000373411", content_type="text/csv"))
        self.assertEqual((failed["state"], failed["problem"]["code"]), ("failed", "invalid_content"))  # its last digit is wrong

    def test_contracts_that_come_after_a_statement_take_its_receipts(self):
        dossier = json.loads(service.EXAMPLE.read_text(encoding="utf-8"))
        uscc = dossier["organisation"]["uscc"]
        statement = ("账号,交易时间,借方发生额,贷方发生额,余额,币种,对方户名,对方账号,摘要,备注,账户明细编号-交易流水号\n"
                     f"44250100,20201030 10:11:12,0.00,1076000.00,9.00,人民币,{dossier['payers'][5]['name']},1,转账,款,771-1\n").encode()
        first = self.result(self.send(statement, kind="statement", organisation=uscc, content_type="text/csv"))
        self.assertEqual((first["changed"], first["added"], first["matched_again"]), (True, 0, 0))
        self.assertEqual(self.result(self.send(service.EXAMPLE.read_bytes(), kind="dossier"))["matched_again"], 1)
        newest = self.get("/v1/imports?limit=1")["imports"][0]
        self.assertEqual((newest["kind"], newest["matches"]), ("matching", first["import"]))
        # Taken back, the statement leaves no payment.
        status, _, text = self.service.request("POST", f"/v1/imports/{first['import']}/withdrawal")
        self.assertEqual(status, 202, text)
        self.assertEqual(self.ended(json.loads(text))["state"], "succeeded")
        self.assertEqual(self.get(f"/v1/organisations/{uscc}/receipts?state=matched")["receipts"], [])

    def test_what_is_refused_before_a_job_comes_of_it(self):
        body = PACKAGE.read_bytes()
        for expected, query in ((400, {}), (400, {"kind": "letters"}), (400, {"kind": "ocds", "dry_run": "yes"}), (400, {"kind": "ocds", "colour": "red"}),
                                (400, {"kind": "statement"}), (400, {"kind": "ocds", "organisation": 65 * "x"}),
                                (400, {"kind": "ocds", "file_name": "a%2Fb"}), (415, {"kind": "statement", "organisation": "x"})):
            self.send(body, expected, **query)
        self.send(body, 415, kind="ocds", content_type="application/zip")
        self.send(body, 415, kind="ocds", content_type=None)
        self.send(body, 415, kind="ocds", fields={"Content_Encoding": "gzip"})
        raw = self.service.raw()
        raw.sendall(b"POST /v1/imports?kind=ocds HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"
                    b"Content-Length: 1073741825\r\n\r\n" % service.TOKEN.encode())
        self.assertTrue(raw.recv(4096).startswith(b"HTTP/1.1 413 "))
        raw.close()
        self.assertEqual(self.database.number("SELECT count(*) FROM job"), 0)
        self.assertEqual(self.files(), [])
        without = self.new_service("without", ZCD_SPOOL_DIRECTORY=None)
        self.assertIsNone(without.start(), without.said())
        self.send(body, 503, running=without, kind="ocds")

    def test_the_same_request_sent_twice_is_one_job(self):
        body = PACKAGE.read_bytes()
        first = self.send(body, kind="ocds", fields={"Idempotency_Key": "k"})
        self.assertEqual(self.send(body, kind="ocds", fields={"Idempotency_Key": "k"})["id"], first["id"])
        self.send(body + b"\n", 422, kind="ocds", fields={"Idempotency_Key": "k"})
        self.send(body, 422, kind="ocds", dry_run="true", fields={"Idempotency_Key": "k"})
        self.assertTrue(self.result(first)["changed"])
        self.wait_until(lambda: self.files() == [])

    def test_others_do_not_see_it(self):
        self.service.add_user("officer-2", "officer", "--lender", "other-bank", token=OTHER_TOKEN)
        self.service.add_user("approver-1", "approver", "--lender", service.LENDER, token=CALLER_TOKEN)
        time.sleep(1.5)  # until the process knows them
        first = self.result(self.send(PACKAGE.read_bytes(), kind="ocds"))
        self.assertEqual(self.get("/v1/imports", token=OTHER_TOKEN)["imports"], [])
        for end in ("", "/report"):
            self.get(f"/v1/imports/{first['import']}{end}", 404, token=OTHER_TOKEN)
            self.get(f"/v1/imports/{first['import']}{end}", token=CALLER_TOKEN)
        # The other lender's facts are its own, also from the same file.
        self.assertTrue(self.result(self.send(PACKAGE.read_bytes(), kind="ocds"))["changed"] is False)
        job = self.send(PACKAGE.read_bytes(), kind="ocds", token=OTHER_TOKEN)
        self.get("/v1/jobs/" + job["id"], 404)
        self.wait_until(lambda: self.database.run(f"SELECT state FROM job WHERE id = '{job['id']}'") == "succeeded")
        self.assertEqual(self.database.number("SELECT count(DISTINCT lender) FROM payment"), 2)

    def test_a_long_report_says_that_it_is_cut(self):
        release = json.loads(self.lines(1))
        release["contracts"] = [{"id": i, "awardID": "a", "status": "active", "value": {"amount": -1, "currency": "CNY"}} for i in range(10050)]
        done = self.result(self.send(json.dumps(release).encode(), kind="ocds"))
        self.assertEqual((len(done["lines"]), done["found"]["line_counts"]["not_kept"]), (100, 10050))
        seen, cursor = [], ""
        while cursor is not None:
            page = self.get(f"/v1/imports/{done['import']}/report?limit=100" + cursor)
            seen += page["lines"]
            cursor = page["next"] and "&cursor=" + page["next"]
        self.assertEqual((page["is_cut"], page["kept"], page["total"]), (True, len(seen), sum(done["found"]["line_counts"].values())))
        self.assertEqual([line["rule"] for line in seen if line["severity"] == "not_kept"], 10000 * ["amount_negative"])

    def test_a_killed_process_leaves_the_state_before_it_and_the_job_comes_to_its_end(self):
        body = self.lines(4000)
        killed_in = set()
        for delay_s in (0.0, 0.5, 1.0):
            before = self.counts()
            job = self.send(body, kind="ocds")
            time.sleep(delay_s)
            self.service.kill()
            self.wait_until(lambda: self.database.number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                                                         " AND pid <> pg_backend_pid()") == 0)
            found = self.counts()
            self.assertTrue(found == before or found["payment"] == before["payment"] + 12000, found)  # nothing of it, or all
            killed_in.add((self.database.run(f"SELECT state FROM job WHERE id = '{job['id']}'"), found == before))
            self.assertIsNone(self.service.start(), self.service.said())
            done = self.result(job, wait_s=90)
            self.assertEqual((done["changed"], done["found"]["counts"]["payments"], done["found"]["counts"]["contracts"]), (True, 12000, 4000), done)
            after = self.counts()
            self.assertEqual((after["payment"] - before["payment"], after["import"] - before["import"]), (12000, 1))
            self.assertEqual(self.database.number("SELECT count(*) FROM log_record WHERE kind = 'import'"),
                             self.database.number("SELECT count(*) FROM import WHERE kind = 'ocds'"))
            taken = self.ended(json.loads(self.service.request("POST", f"/v1/imports/{done['import']}/withdrawal")[2]))
            self.assertEqual(taken["state"], "succeeded", taken)
        self.assertIn(("running", True), killed_in)
        self.wait_until(lambda: self.files() == [])

    def test_a_caller_may_have_so_many_open(self):
        idle = self.new_service("idle", ZCD_JOB_RUNNERS=0)
        self.assertEqual(self.service.stop(), 0)
        self.assertIsNone(idle.start(), idle.said())
        statuses = []
        while len(statuses) < 200 and 409 not in statuses:
            status, fields, body = idle.request("POST", "/v1/imports?kind=ocds", PACKAGE.read_bytes(), Content_Type="application/json")
            statuses.append(status)
        self.assertEqual((statuses[-1], set(statuses[:-1])), (409, {202}), body)
        self.assertEqual(len(self.files()), len(statuses) - 1)

    def test_any_process_does_it_and_a_job_may_be_cancelled(self):
        taking = self.new_service("taking", ZCD_JOB_RUNNERS=0)
        self.assertEqual(self.service.stop(), 0)
        self.assertIsNone(taking.start(), taking.said())
        job = self.send(PACKAGE.read_bytes(), running=taking, kind="ocds")
        other = self.send(PACKAGE.read_bytes(), running=taking, kind="ocds")
        self.assertEqual(taking.request("DELETE", "/v1/jobs/" + other["id"])[0], 200)
        self.assertEqual(len(self.files()), 2)
        self.assertIsNone(self.service.start(), self.service.said())
        self.assertTrue(self.result(job, running=taking)["changed"])
        self.wait_until(lambda: self.files() == [], wait_s=90)  # that of the cancelled one with the next round

    def test_files_that_nobody_knows_are_removed(self):
        self.assertEqual(self.service.stop(), 0)
        old, young = self.state / "spool/kept-abcdef", self.state / "spool/kept-ghijkl"
        for path in (old, young):
            path.write_bytes(b"{}")
        os.utime(old, (time.time() - 90000, time.time() - 90000))
        waiting = self.state / "spool/kept-mnopqr"
        waiting.write_bytes(b"{}")
        os.utime(waiting, (time.time() - 90000, time.time() - 90000))
        self.database.run("INSERT INTO job (id, kind, caller_id, caller_role, input, input_file) VALUES ('job_' || repeat('a', 32),"
                          f" 'from another version', 'officer-1', 'officer', '{{}}', '/another/name/of/it/{waiting.name}')")
        self.assertIsNone(self.service.start(), self.service.said())
        self.wait_until(lambda: not old.exists())
        self.assertEqual(self.files(), [young.name, waiting.name])

    def test_a_webhook_is_told(self):
        self.service.add_user("admin-1", "admin", "--lender", service.LENDER, token=CALLER_TOKEN)
        time.sleep(1.5)
        status, _, text = self.service.request("POST", "/v1/webhooks", json.dumps({"url": "https://127.0.0.1:1/in", "types": ["import.completed"]}),
                                               token=CALLER_TOKEN, Content_Type="application/json")
        self.assertEqual(status, 201, text)
        done = self.result(self.send(PACKAGE.read_bytes(), kind="ocds"))
        self.assertEqual(self.database.run("SELECT type FROM event"), "import.completed")
        self.assertIn(f'"log_index":{done["record"]}', self.database.run("SELECT data FROM event").replace(" ", ""))

    def test_decisions_go_on_while_a_file_is_read(self):
        job = self.send(self.lines(3000), kind="ocds")
        taken = []

        def assess():
            for dossier in (next(dossiers) for _ in range(5)):
                begun = time.monotonic()
                self.assertEqual(self.service.assess(dossier)[0], 201)
                taken.append(time.monotonic() - begun)

        dossiers = service.distinct_dossiers()
        thread = threading.Thread(target=assess)
        thread.start()
        thread.join()
        self.assertEqual(len(taken), 5)
        self.assertTrue(self.result(job)["changed"])


if __name__ == "__main__":
    service.main()
