"""A database behind the signed checkpoint: each of the three ways forward, from the refusal to the next record."""
import json
import shutil
import subprocess

import service


class WaysForwardTest(service.ServiceTest):
    def setUp(self):
        super().setUp()
        self.dossiers = service.distinct_dossiers()

    def assess(self, count=1, running=None):
        for _ in range(count):
            status, _, body = (running or self.service).assess(next(self.dossiers))
            self.assertEqual(status, 201, body)
        return json.loads(body)

    def dump(self):
        return subprocess.run(["pg_dump", "-d", self.database.url], check=True, capture_output=True).stdout

    def restore(self, dump):
        self.database.drop()
        self.database.run(f"CREATE DATABASE {self.database.name}", url=self.database.server)
        subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.database.url], input=dump, check=True,
                       capture_output=True)

    def run_zcd(self, *words, status=0, **settings):
        run = service.zcd(*words, **{**self.service.environment(), **settings})
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return run.stdout + run.stderr

    def lose_the_end(self):
        """Ten assessments, of which an older backup knows four, and the export; the refusal, and a complete copy in self.state/copy."""
        self.assess(4)
        older = self.dump()
        self.assess(6)
        self.run_zcd("audit", "export", "--to", self.state / "copy", "--with-documents")
        self.newest = self.dump()
        self.checkpoint = (self.state / "checkpoint").read_bytes()
        self.assertEqual(self.service.stop(), 0)
        self.restore(older)
        self.assertEqual(self.service.start(), 75)
        self.assertIn("the database has 4 leaves, the newest signed checkpoint 11", self.service.said())

    def goes_on(self):
        self.assertIsNone(self.service.start(), self.service.said())
        self.assertEqual(self.assess()["log_index"], 11)
        for index in (*range(10), 11):
            self.verify_record(index)
        self.run_zcd("audit", "replay")

    def test_the_first_way_the_database_is_recovered_to_its_newest_state(self):
        self.lose_the_end()
        self.restore(self.newest)
        self.goes_on()

    def test_recovered_under_a_running_service_it_goes_on_by_itself(self):
        self.assess(3)
        older = self.dump()
        self.assess(2)
        newest = self.dump()
        self.restore(older)
        status, fields, body = self.service.assess(next(self.dossiers))
        while status == 503 and b"signing refused" not in body:  # connections that the restore cut off
            status, fields, body = self.service.assess(next(self.dossiers))
        self.assertEqual((status, "retry-after" in fields), (503, True), body)
        self.restore(newest)
        for _ in range(200):
            status, _, body = self.service.assess(next(self.dossiers))
            if status == 201:
                break
        self.assertEqual((status, json.loads(body)["log_index"]), (201, 5))

    def test_the_second_way_the_missing_leaves_come_back_from_a_copy(self):
        self.lose_the_end()
        self.assertIn("there is no", self.run_zcd("log", "import", "--from", self.state / "nowhere", status=66))
        said = self.run_zcd("log", "import", "--from", self.state / "copy")
        self.assertIn("put back 7 records and 13 documents; 0 documents are not in the folder", said)
        self.assertEqual((self.state / "checkpoint").read_bytes(), self.checkpoint)
        self.assertIn("put back 0 records", self.run_zcd("log", "import", "--from", self.state / "copy"))
        self.goes_on()
        status, _, body = self.service.request("GET", "/v1/audit/records?limit=100")
        self.assertEqual([record["log_index"] for record in json.loads(body)["records"]], list(range(12, -1, -1)))  # the last is of the bundles that goes_on read
        self.assertEqual(self.database.number("SELECT count(*) FROM assessment"), 11)

    def test_a_copy_fills_an_empty_database_and_a_store_that_was_lost(self):
        self.lose_the_end()
        self.restore(b"")
        (self.state / "checkpoint").unlink()
        self.service.prepare()
        self.assertIn("put back 11 records", self.run_zcd("log", "import", "--from", self.state / "copy"))
        self.assertEqual((self.state / "checkpoint").read_bytes(), self.checkpoint)
        self.goes_on()

    def instants(self):
        """Of each record, in its row and in that of its assessment."""
        rows = self.database.run("SELECT array_to_json(array_agg(array_to_json(ARRAY[extract(epoch FROM r.at), extract(epoch FROM"
                                 " a.created_at)]) ORDER BY r.index)) FROM log_record r JOIN assessment a ON a.log_index = r.index")
        return json.loads(rows)

    def test_records_that_come_back_keep_each_its_own_instant(self):
        self.assess(10)
        before = self.instants()
        self.run_zcd("audit", "export", "--to", self.state / "copy", "--with-documents")
        self.assertEqual(self.service.stop(), 0)
        self.assertEqual(len({row[0] for row in before}), 10)
        self.restore(b"")
        self.service.prepare()
        self.assertIn("put back 11 records", self.run_zcd("log", "import", "--from", self.state / "copy"))
        self.assertEqual(self.instants(), before)
        self.goes_on()

    def test_an_import_that_was_cut_short_is_not_signed_but_taken_up_again(self):
        self.assess(4)
        older = self.dump()
        checkpoint = (self.state / "checkpoint").read_bytes()
        self.assess(258)
        self.run_zcd("audit", "export", "--to", self.state / "copy", "--with-documents")
        self.assertEqual(self.service.stop(), 0)
        self.restore(older)
        (self.state / "checkpoint").write_bytes(checkpoint)  # an older copy of it, the newest that there is

        self.database.run("ALTER TABLE log_record ADD CONSTRAINT full_disk CHECK (index < 256)")
        self.run_zcd("log", "import", "--from", self.state / "copy", status=78)
        self.assertEqual(self.database.log_size(), 256)
        self.database.run("ALTER TABLE log_record DROP CONSTRAINT full_disk")
        self.assertEqual(self.service.start(), 75)
        self.assertIn("the database has 256 leaves, the newest signed checkpoint 263", self.service.said())
        self.assertIn("put back 7 records", self.run_zcd("log", "import", "--from", self.state / "copy"))
        self.assertIsNone(self.service.start(), self.service.said())
        self.assertEqual(self.assess()["log_index"], 263)

    def test_a_copy_that_does_not_fit_changes_nothing(self):
        self.lose_the_end()
        copy = self.state / "copy"

        # Damaged: found before the first record is written.
        damaged = self.state / "damaged"
        shutil.copytree(copy, damaged)
        bundle = damaged / "tile/entries/000.p/11"
        bundle.write_bytes(bundle.read_bytes().replace(b'"approve', b'"decline'))
        self.assertIn("do not lead to its checkpoint", self.run_zcd("log", "import", "--from", damaged, status=70))

        # Older than what was signed: an export at the time of the backup.
        shutil.copy(self.state / "checkpoint", self.state / "kept")
        older = self.state / "older"
        shutil.copytree(copy, older)
        (older / "checkpoint").unlink()
        (older / "checkpoint").write_bytes(self.checkpoint.replace(b"\n11\n", b"\n10\n"))
        self.assertIn("not one of this log", self.run_zcd("log", "import", "--from", older, status=75))

        # Beside what the database has: its record 2 is another one.
        self.database.run("UPDATE log_head SET peaks = decode(md5('a') || md5('b'), 'hex')")
        self.assertIn("not those of the database", self.run_zcd("log", "import", "--from", copy, status=75))
        self.assertEqual(self.database.log_size(), 4)
        self.assertEqual((self.state / "checkpoint").read_bytes(), self.checkpoint)

    def test_the_third_way_a_new_origin_names_the_old_checkpoint(self):
        self.lose_the_end()
        old_vkey = self.service.vkey
        settings = {"ZCD_ORIGIN": "localhost/e2e-second", "ZCD_CHECKPOINT_STORE": self.state / "checkpoint-second"}
        words = ("log", "open-origin", "--after", self.state / "checkpoint", "--key", old_vkey)
        self.assertIn("still the name of the log before", self.run_zcd(*words, status=78))
        self.assertIn("the database's log has the origin", self.run_zcd(*words, status=75, **settings))  # not the old database

        self.restore(b"")
        new = self.new_service("2", **settings)
        new.prepare()
        wrong = new.vkey
        self.run_zcd("log", "open-origin", "--after", self.state / "checkpoint", "--key", wrong, status=78, **settings)
        self.assertIn("begins where the log before ended", self.run_zcd(*words, **settings))
        self.assertIn("has 1 records already", self.run_zcd(*words, status=75, **settings))
        self.assertIsNone(new.start(), new.said())
        status, _, body = new.request("GET", "/v1/audit/records/0")
        leaf = json.loads(json.loads(body)["leaf"])
        self.assertEqual(leaf["kind"], "origin_opened")
        self.assertEqual(leaf["body"]["checkpoint"].encode(), self.checkpoint)
        self.assertIsNone(leaf["subject"]["uscc"])
        self.assertEqual(self.assess(1, new)["log_index"], 1)
        # The old store is as it was, and still refuses the database of the new log.
        self.assertEqual((self.state / "checkpoint").read_bytes(), self.checkpoint)
        self.assertEqual(new.stop(), 0)
        self.assertEqual(self.service.start(), 75)


if __name__ == "__main__":
    service.main()
