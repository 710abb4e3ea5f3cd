"""Reading an organisation's records is on record: once for each organisation, day and form, before anything is shown."""
import json
import threading

import service

OTHER = service.SOURCE / "data/examples/serious-violation-list.json"


class DisclosuresTest(service.ServiceTest):
    def setUp(self):
        super().setUp()
        for dossier in (service.EXAMPLE, OTHER):
            self.assertEqual(self.service.assess(dossier.read_bytes())[0], 201)

    def read(self, path, status=200, running=None):
        got, _, body = (running or self.service).request("GET", "/v1/audit/records/" + path)
        self.assertEqual(got, status, body)
        return body

    def disclosures(self):
        _, _, body = self.service.request("GET", "/v1/audit/records?kind=disclosure")
        return [json.loads(record["leaf"]) for record in json.loads(body)["records"]]

    def test_once_for_each_organisation_and_form(self):
        for _ in range(3):
            self.read("0")
        self.assertEqual(len(self.disclosures()), 1)
        self.read("1")
        self.read("1/bundle")
        self.read("0/bundle")
        self.read("0/bundle")
        found = self.disclosures()
        uscc = [json.loads(json.loads(self.read(str(index)))["leaf"])["subject"]["uscc"] for index in (0, 1)]
        self.assertEqual([(one["subject"]["uscc"], one["body"]["form"], one["prior"]) for one in reversed(found)],
                         [(uscc[0], "record", [0]), (uscc[1], "record", [1]), (uscc[1], "bundle", [1]), (uscc[0], "bundle", [0])])
        self.assertEqual({one["actor"]["id"] for one in found}, {"regulator-1"})

        # What is not shown is not disclosed; disclosures are records of the organisation like others, with no documents.
        self.read("99", 404)
        self.read("2/bundle", 404)
        self.assertEqual(len(self.disclosures()), 4)

        # Another service, and this one after a restart, know of it.
        other = self.new_service("2")
        self.assertIsNone(other.start(), other.said())
        self.read("0", running=other)
        self.assertEqual(len(self.disclosures()), 4)
        self.assertEqual(other.stop(), 0, other.said())

    def test_searches_replays_and_copies_count_as_readings(self):
        found = lambda: [(one["body"]["form"], one["prior"]) for one in reversed(self.disclosures())]
        self.service.request("GET", "/v1/audit/records?limit=1")
        self.assertEqual(found(), [("record", [1])])
        self.service.request("GET", "/v1/audit/records")  # both organisations, of which one is known
        self.assertEqual(found(), [("record", [1]), ("record", [0])])
        self.service.request("GET", "/v1/audit/records/0/replay")
        self.service.request("GET", "/v1/audit/replay?from=0&to=2")
        self.assertEqual(len(found()), 2)
        self.service.request("GET", "/log/tile/0/000.p/1")  # hashes tell nothing of anybody
        self.assertEqual(len(found()), 2)
        self.assertEqual(self.service.request("GET", "/log/tile/entries/000.p/1")[0], 200)
        self.assertEqual(self.service.request("GET", "/log/tile/entries/000.p/4")[0], 200)
        self.assertEqual(found()[2:], [("entries", [0]), ("entries", [1])])
        # The records of disclosures themselves, read again, make no more of them.
        size = self.database.log_size()
        self.assertEqual(self.service.request("GET", f"/log/tile/entries/000.p/{size}")[0], 200)
        self.read(str(size - 1))
        self.assertEqual(self.database.log_size(), size)

    def test_a_replay_alone_is_a_reading(self):
        self.service.request("GET", "/v1/audit/replay?from=0&to=2")
        self.assertEqual([one["prior"] for one in reversed(self.disclosures())], [[0], [1]])

    def test_who_reads_a_value_behind_a_commitment_is_on_record(self):
        leaf = json.loads(json.loads(self.read("0"))["leaf"])
        self.database.run(f"INSERT INTO personal_value VALUES ('{leaf['subject']['uscc']}', decode(repeat('ab', 32), 'hex'),"
                          " decode(repeat('cd', 32), 'hex'), 'a name', 0)")
        for _ in range(2):
            run = service.zcd("audit", "value", "ab" * 32, **self.service.environment())
            self.assertEqual((run.returncode, json.loads(run.stdout)["value"]), (0, "a name"), run.stderr)
        found = [one for one in self.disclosures() if one["body"]["form"] == "value"]
        self.assertEqual([(one["actor"]["id"], one["actor"]["role"], one["prior"]) for one in found], [("zcd", "operator", [0])])

    def test_of_many_at_once_one_is_recorded(self):
        statuses = []
        threads = [threading.Thread(target=lambda: statuses.append(self.service.request("GET", "/v1/audit/records/0")[0]))
                   for _ in range(24)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(statuses, [200] * 24)
        self.assertEqual(len(self.disclosures()), 1)

    def test_what_cannot_be_recorded_is_not_shown(self):
        self.read("0")
        # The log refuses: its head was set back.
        self.database.run("UPDATE log_head SET batch_id = NULL, size = 0, peaks = '', at = NULL")
        status, fields, body = self.service.request("GET", "/v1/audit/records/1")
        self.assertEqual(status, 503, body)
        self.assertIn("not shown", json.loads(body)["detail"])
        self.assertNotIn(b"leaf", body)
        self.assertIn("retry-after", fields)
        self.read("0")  # this reading is on record already


if __name__ == "__main__":
    service.main()
