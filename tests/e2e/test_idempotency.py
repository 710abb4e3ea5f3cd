"""Requests that are sent again with their key are carried out once, whatever happens between the two."""
import json
import os
import signal
import threading

import service


class IdempotencyTest(service.ServiceTest):
    def setUp(self):
        super().setUp()
        self.dossiers = service.distinct_dossiers()

    def assess(self, dossier, key, status, running=None, **options):
        got, fields, body = (running or self.service).assess(dossier, Idempotency_Key=key, **options)
        self.assertEqual(got, status, body)
        return fields, json.loads(body)

    def count(self):
        return self.database.number("SELECT count(*) FROM assessment")

    def test_a_repetition_is_told_what_came_of_the_first(self):
        dossier = next(self.dossiers)
        first_fields, first = self.assess(dossier, "k-1", 201)
        self.assertNotIn("idempotency-replayed", first_fields)
        other = self.new_service("2")
        self.assertIsNone(other.start(), other.said())
        for running in (self.service, other):
            fields, again = self.assess(dossier, "k-1", 201, running)
            self.assertEqual(fields["idempotency-replayed"], "true")
            self.assertEqual(fields["location"], first_fields["location"])
            self.assertEqual(again, first)  # nothing was recorded meanwhile, so even the proof is the same
        self.assertEqual(self.count(), 1)
        self.assertEqual(other.stop(), 0)

    def test_what_a_key_stands_for(self):
        dossier, another = next(self.dossiers), next(self.dossiers)
        self.assess(dossier, "k-1", 201)
        _, problem = self.assess(another, "k-1", 422)
        self.assertIn("another request", problem["detail"])
        self.assess(another, "k-2", 201)
        # Of another user it is another key.
        rival = "e2e-rival-0123456789abcdef0123456789abcdef"
        self.service.add_user("rival", "officer", "--lender", "other-bank", token=rival)
        while self.service.request("GET", "/log/tile/0/000.p/1", token=rival)[0] == 401:
            pass
        self.assess(dossier, "k-1", 201, token=rival)
        self.assertEqual(self.count(), 3)
        # Without a key every request is one of its own.
        for _ in range(2):
            self.assertEqual(self.service.assess(dossier)[0], 201)
        self.assertEqual(self.count(), 5)
        for key in ("", "a b", "x" * 256):
            self.assertEqual(self.service.assess(dossier, Idempotency_Key=key)[0], 400)
        self.assess(dossier, "x" * 255, 201)

    def test_what_was_refused_may_be_mended(self):
        dossier = json.loads(next(self.dossiers))
        wrong = {**dossier, "as_of": "2020-13-01"}
        self.assess(json.dumps(wrong).encode(), "k-1", 422)
        self.assess(json.dumps(dossier).encode(), "k-1", 201)
        self.assertEqual(self.count(), 1)

    def test_of_many_at_once_one_is_carried_out(self):
        dossier, statuses = next(self.dossiers), []
        threads = [threading.Thread(target=lambda: statuses.append(self.service.assess(dossier, Idempotency_Key="k-1")[0]))
                   for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.count(), 1)
        self.assertLessEqual(set(statuses), {201, 409})
        self.assertIn(201, statuses)
        self.assess(dossier, "k-1", 201)
        self.assertEqual(self.database.log_size(), 1)

    def test_killed_between_the_commit_and_the_answer(self):
        if b"FAULT_POINT" not in (service.bin_dir() / "zcd").read_bytes():
            self.skipTest("this build has no fault points")
        self.assertEqual(self.service.stop(), 0)
        os.environ["FAULT_POINT"] = "committed:kill"
        self.addCleanup(os.environ.pop, "FAULT_POINT", None)
        self.assertIsNone(self.service.start(), self.service.said())
        os.environ.pop("FAULT_POINT")
        dossier = next(self.dossiers)
        with self.assertRaises((OSError, service.http.client.HTTPException)):
            self.service.assess(dossier, Idempotency_Key="k-1")
        self.assertEqual(self.service.process.wait(30), -signal.SIGKILL)
        self.assertIsNone(self.service.start(), self.service.said())
        fields, again = self.assess(dossier, "k-1", 201)
        self.assertEqual((fields["idempotency-replayed"], again["log_index"]), ("true", 0))
        self.assertEqual(self.count(), 1)
        self.verify_record(0)

    def test_jobs_too(self):
        self.assess(next(self.dossiers), "k-1", 201)
        ask = lambda body, status: self.service.request("POST", "/v1/audit/replays", body, Content_Type="application/json",
                                                        Idempotency_Key="k-1")
        status, first, _ = ask(b'{"from":0}', 202)
        self.assertEqual(status, 202)
        status, again, body = ask(b'{"from":0}', 202)
        self.assertEqual((status, again["location"], again["idempotency-replayed"]), (202, first["location"], "true"), body)
        self.assertEqual(ask(b'{"from":0,"to":1}', 422)[0], 422)
        self.assertEqual(self.database.number("SELECT count(*) FROM job"), 1)

    def test_keys_are_forgotten_after_a_week(self):
        dossier = next(self.dossiers)
        self.assess(dossier, "old", 201)
        self.assess(next(self.dossiers), "new", 201)
        self.database.run("UPDATE idempotency_key SET created_at = now() - interval '8 days' WHERE key = 'old'")
        self.assertEqual(self.service.stop(), 0)
        self.assertIsNone(self.service.start(), self.service.said())
        while self.database.number("SELECT count(*) FROM idempotency_key") == 2:
            pass
        self.assertEqual(self.database.run("SELECT key FROM idempotency_key"), "new")


if __name__ == "__main__":
    service.main()
