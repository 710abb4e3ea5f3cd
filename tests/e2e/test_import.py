"""Files of facts from the command line into the database: all or nothing, once, on record, and back."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import service

ROOT = service.SOURCE
PACKAGE = ROOT / "tests/vectors/ocds/real/mx-cdmx-release-package-2rel-22tx-24ms.json"
FACTS = ("organisation", "payer", "contract", "milestone", "payment", "import")


class ImportTest(service.ServiceTest):
    def run_import(self, *words):
        return service.zcd("import", *map(str, words), "--user", "officer-1", **self.service.environment())

    def imported(self, *words):
        run = self.run_import(*words, "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        return json.loads(run.stdout)

    def counts(self):
        return {table: self.database.number(f"SELECT count(*) FROM {table}") for table in FACTS}

    def record(self, index):
        return json.loads(json.loads(self.service.request("GET", f"/v1/audit/records/{index}", token=service.REGULATOR_TOKEN)[2])["leaf"])

    def test_a_publishers_file_is_kept_once_on_record_and_taken_back(self):
        first = self.imported(PACKAGE, "--kind", "ocds")
        self.assertTrue(first["changed"])
        self.assertEqual((first["counts"]["contracts"], first["counts"]["milestones"], first["counts"]["payments"]), (1, 12, 11))
        kept = self.counts()
        self.assertEqual((kept["payment"], kept["import"]), (11, 1))
        leaf = self.record(first["record"])
        self.assertEqual((leaf["kind"], leaf["actor"]["id"], leaf["body"]["source_sha256"]), ("import", "officer-1", first["file_sha256"]))

        again = self.imported(PACKAGE, "--kind", "ocds")
        self.assertEqual((again["changed"], again["added"]), (False, 0))
        self.assertEqual(self.counts(), kept)
        self.assertIn("Nothing has changed", self.run_import(PACKAGE, "--kind", "ocds").stdout)

        run = self.run_import("--withdraw", first["import"])
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(self.record(json.loads(run.stdout)["record"])["kind"], "import_withdrawn")
        self.assertEqual(self.run_import("--withdraw", first["import"]).returncode, 75)
        self.assertEqual(self.run_import("--withdraw", 999999).returncode, 66)
        self.assertTrue(self.imported(PACKAGE, "--kind", "ocds")["changed"])

    def test_a_later_file_that_holds_only_what_is_new_joins_the_contract_that_is_known(self):
        # As the standard's own examples have it: neither award nor supplier in the releases of milestones and payments.
        standard = ROOT / "tests/vectors/ocds/standard"
        later = (standard / "implementation-milestones-1.json", standard / "implementation-milestones-2.json", standard / "implementation.json")
        supplier = ("--kind", "ocds", "--organisation", "GB-COH:00395826")
        for path in later[:2]:  # nobody knows whose it is
            self.assertFalse(self.imported(path, *supplier)["changed"])
        self.assertTrue(self.imported(standard / "contract.json", "--kind", "ocds")["changed"])
        self.assertFalse(self.imported(later[0], "--kind", "ocds")["changed"])  # whose contracts are looked at is not said
        since = self.database.run("SELECT min(valid_from), max(stage) FROM contract")
        for path in later:
            said = self.imported(path, *supplier)
            self.assertNotIn("status_unknown", [line["rule"] for line in said["lines"]])
            self.assertTrue(said["changed"])
            self.assertEqual([line["severity"] for line in said["lines"] if line["rule"] == "supplier_known"], ["note"])
        self.assertFalse(self.imported(later[1], "--kind", "ocds", "--organisation", "GB-COH:1")["changed"])
        own = "uscc = 'GB-COH:00395826' AND contract_id = 'ocds-213czf-000-00001/ocds-213czf-000-00001-contract-01'"
        self.assertEqual(self.database.run("SELECT DISTINCT uscc, contract_id FROM contract").count("\n"), 0)
        self.assertEqual(self.database.run(f"SELECT count(DISTINCT value_fen), max(value_fen) FROM contract WHERE {own}"), "1|1100000000")
        self.assertEqual(self.database.run(f"SELECT min(valid_from), max(stage) FROM contract WHERE {own}"), since)  # not before it was awarded
        self.assertEqual(self.database.run(f"SELECT DISTINCT milestone_id FROM milestone WHERE {own} ORDER BY 1").split(), ["1", "2"])
        self.assertEqual(self.database.run(f"SELECT max(accepted_on) FROM milestone WHERE {own} AND milestone_id = '1'"), "2018-03-31")
        self.assertEqual(self.database.run(f"SELECT paid_on, amount_fen, currency FROM payment WHERE {own}"), "2010-08-01|50000000|GBP")

    def test_a_dossier_is_kept_as_a_whole(self):
        first = self.imported(service.EXAMPLE, "--kind", "dossier")
        self.assertTrue(first["changed"])
        self.assertGreater(first["counts"]["milestones"], 0)
        self.assertFalse(self.imported(service.EXAMPLE, "--kind", "dossier")["changed"])

    def test_what_cannot_be_kept_leaves_the_database_as_it_was(self):
        before = self.counts()
        broken = self.database_folder() / "broken.json"
        broken.write_text('{"schema":')
        self.assertEqual(self.run_import(broken, "--kind", "dossier").returncode, 2)
        self.assertEqual(service.zcd("import", str(PACKAGE), "--kind", "ocds", "--user", "regulator-1",
                                     **self.service.environment()).returncode, 2)
        self.assertEqual(self.run_import(broken, "--kind", "letters").returncode, 64)
        self.assertEqual(self.counts(), before)

    def database_folder(self):
        return pathlib.Path(self.service.state)

    def test_an_import_that_is_killed_leaves_the_state_before_it(self):
        lines = self.database_folder() / "lines.jsonl"
        with lines.open("wb") as file:
            subprocess.run([sys.executable, ROOT / "tests/bench/ocds_lines", "3000"], stdout=file, check=True)
        before = self.counts()
        environment = service.clean_environment(**self.service.environment())
        killed = 0
        for delay_s in (0.05, 0.2, 0.4, 0.6, 0.8, 1.0, 1.3):
            process = subprocess.Popen([service.bin_dir() / "zcd", "import", lines, "--kind", "ocds", "--user", "officer-1"],
                                       env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(delay_s)
            if process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)
                killed += 1
            process.wait()
            deadline = time.monotonic() + 30  # until the server has noticed
            while self.database.number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'"
                                       " AND pid <> pg_backend_pid() AND query LIKE '%stage_%'") and time.monotonic() < deadline:
                time.sleep(0.1)
            found = self.counts()
            if found != before:
                break  # it was through
        self.assertGreater(killed, 0)
        if found == before:
            self.assertTrue(self.imported(lines, "--kind", "ocds")["changed"])
            found = self.counts()
        self.assertEqual((found["contract"] > 0, found["milestone"] > 0, found["payment"], found["import"]), (True, True, 9000, 1))


if __name__ == "__main__":
    service.main()
