"""Looking for records, and deciding again what they say was decided."""
import datetime
import json
import re

import service

OTHER = service.SOURCE / "data/examples/serious-violation-list.json"


class SearchAndReplayTest(service.ServiceTest):
    def setUp(self):
        super().setUp()
        dossiers = service.distinct_dossiers()
        for _ in range(5):
            self.assertEqual(self.service.assess(next(dossiers))[0], 201)
        status, _, body = self.service.assess(OTHER.read_bytes())
        self.assertEqual(status, 201, body)
        self.other = json.loads(body)
        self.leaf = json.loads(self.other["leaf"])

    def get(self, path, status=200):
        got, _, body = self.service.request("GET", "/v1/audit/" + path)
        self.assertEqual(got, status, (path, body))
        return json.loads(body)

    def indices(self, query):
        """Of the six assessments; that somebody looked is on record too (test_disclosures)."""
        records = self.get("records?" + query)["records"]
        return [record["log_index"] for record in records if json.loads(record["leaf"])["kind"] == "assessment"]

    def test_search(self):
        self.assertEqual(self.indices(""), [5, 4, 3, 2, 1, 0])
        self.assertEqual(self.get("records?kind=assessment")["records"][0]["leaf"], self.other["leaf"])
        self.assertEqual(self.indices("uscc=" + self.leaf["subject"]["uscc"]), [5])
        self.assertEqual(self.indices("outcome=decline"), [5])
        self.assertEqual(self.indices("reason=" + self.leaf["body"]["reasons"][0]), [5])
        self.assertEqual(self.indices("application=a1-2"), [1])
        self.assertEqual(self.indices("application=a1-2&outcome=decline"), [])
        self.assertEqual(self.indices("officer=officer-1"), [5, 4, 3, 2, 1, 0])
        self.assertEqual(self.indices("kind=assessment&limit=2"), [5, 4])
        self.assertEqual(self.indices("kind=repayment"), [])
        today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date()
        day = datetime.timedelta(days=1)
        self.assertEqual(len(self.indices(f"from={today - day}&to={today + day}")), 6)
        self.assertEqual(self.indices(f"to={today - day}"), [])
        self.assertEqual(self.indices(f"from={today + day}"), [])

        # Page by page, each record once.
        seen, cursor = [], ""
        while True:
            page = self.get("records?kind=assessment&limit=4" + cursor)
            seen += [record["log_index"] for record in page["records"]]
            if page["next"] is None:
                break
            cursor = "&cursor=" + page["next"]
        self.assertEqual(seen, [5, 4, 3, 2, 1, 0])

        for query in ("limit=0", "limit=101", "limit=x", "colour=red", "from=2020-13-01", "kind=nothing", "limit=1&limit=2",
                      "uscc=%zz", "cursor=-1"):
            self.get("records?" + query, status=400)
        self.assertEqual(self.service.request("GET", "/v1/audit/records", token=None)[0], 401)
        # A search is a search and no SQL.
        self.assertEqual(self.indices("uscc=%27%20OR%201%3D1%20--"), [])

    def test_replay(self):
        for index in range(6):
            replay = self.get(f"records/{index}/replay")
            self.assertEqual((replay["status"], replay["differences"]), ("equal", []))
            self.assertEqual(replay["engine"], replay["this_engine"])
        replays = self.get("replay?from=1&to=4")["replays"]
        self.assertEqual([(one["log_index"], one["status"]) for one in replays], [(n, "equal") for n in (1, 2, 3)])
        self.assertEqual(self.get("replay?from=3&to=3")["replays"], [])
        self.get("replay?from=4&to=60", status=404)
        for query in ("", "from=1", "from=2&to=1", "from=0&to=65", "from=a&to=b"):
            self.get("replay?" + query, status=400)
        self.get("records/70/replay", status=404)
        run = service.zcd("audit", "replay", **self.service.environment())
        self.assertEqual((run.returncode, run.stdout), (0, ""), run.stderr)
        self.assertIn("equal 6, different 0", run.stderr)

        # A document that is not here any more is said, and the others are replayed.
        digest = self.leaf["dossier_sha256"]
        self.database.run(f"DELETE FROM document WHERE sha256 = '\\x{digest}'")
        self.assertEqual(self.get("records/5/replay")["status"], "no_documents")
        run = service.zcd("audit", "replay", "--from", "4", **self.service.environment())
        self.assertEqual(run.returncode, 75, run.stderr)
        self.assertEqual(json.loads(run.stdout)["status"], "no_documents")
        self.assertIn("equal 1,", run.stderr)

    def test_a_decision_of_another_engine_is_not_called_equal_or_different(self):
        program = service.bin_dir() / "zcd"
        digest = re.search(r"sha256 ([0-9a-f]{64})", service.zcd("--version").stdout).group(1)
        other = self.state / "zcd"
        other.write_bytes(program.read_bytes().replace(digest.encode(), b"0" * 64))
        other.chmod(0o755)
        before = self.new_service("other", program=other)
        self.assertIsNone(before.start(), before.said())
        self.assertEqual(before.assess(service.EXAMPLE.read_bytes())[0], 201)
        self.assertEqual(before.stop(), 0)
        replay = self.get("records/6/replay")
        self.assertEqual((replay["status"], replay["differences"]), ("another_engine", []))
        self.assertEqual(replay["engine"]["source_sha256"], "0" * 64)
        self.assertEqual(replay["this_engine"]["source_sha256"], digest)
        run = service.zcd("audit", "replay", "--from", "5", **self.service.environment())
        self.assertEqual(run.returncode, 75, run.stderr)
        self.assertIn("equal 1, different 0, another_engine 1", run.stderr)


if __name__ == "__main__":
    service.main()
