"""Long work as jobs: asked for, followed, ended, resumed by another process after a crash; seen by whoever asked."""
import json
import threading
import time

import service

OTHER_REGULATOR_TOKEN = "e2e-other-regulator-0123456789abcdef0123"


class JobsTest(service.ServiceTest):
    def ask(self, expected=202, running=None, **body):
        """A range to be decided again; the job."""
        status, fields, text = (running or self.service).request("POST", "/v1/audit/replays", json.dumps(body),
                                                                 token=service.REGULATOR_TOKEN, Content_Type="application/json")
        self.assertEqual(status, expected, text)
        if status == 202:
            self.assertEqual(fields["location"], "/v1/jobs/" + json.loads(text)["id"])
        return json.loads(text)

    def job(self, job, running=None, token=service.REGULATOR_TOKEN, expected=200, method="GET"):
        status, _, text = (running or self.service).request(method, "/v1/jobs/" + job["id"], token=token)
        self.assertEqual(status, expected, text)
        return json.loads(text)

    def wait(self, job, done, running=None, wait_s=60):
        deadline = time.monotonic() + wait_s
        while time.monotonic() < deadline:
            shown = self.job(job, running)
            if done(shown):
                return shown
            time.sleep(0.05)
        raise AssertionError(shown)

    def record(self, count):
        """So many assessments, by four clients at a time."""
        dossiers, lock = service.distinct_dossiers(), threading.Lock()

        def assess(many):
            connection = self.service.connect()
            for _ in range(many):
                with lock:
                    dossier = next(dossiers)
                self.assertEqual(self.service.assess(dossier, connection=connection)[0], 201)
            connection.close()

        threads = [threading.Thread(target=assess, args=(count // 4,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.database.number("SELECT count(*) FROM assessment"), count)

    def test_from_asking_to_the_result(self):
        self.record(8)
        accepted = self.ask(**{"from": 0})
        self.assertEqual((accepted["kind"], accepted["result"]), ("audit_replay", None))
        ended = self.wait(accepted, lambda job: job["finished_at"])
        self.assertEqual((ended["state"], ended["attempts"], ended["problem"]), ("succeeded", 1, None))
        self.assertEqual(ended["progress"], {"done": 8, "facts": None, "line": None, "total": 8})
        self.assertEqual(ended["result"]["counts"],
                         {"another_engine": 0, "different": 0, "equal": 8, "no_decision": 0, "no_documents": 0})
        self.assertEqual((ended["result"]["from"], ended["result"]["to"], ended["result"]["replays"]), (0, 8, []))
        # That the regulator had them decided again is on record.
        self.assertEqual(self.database.number("SELECT count(*) FROM disclosure WHERE caller = 'regulator-1'"), 1)

        # What is not equal is shown; a damaged record fails the job, and says why.
        digest = self.database.run("SELECT encode(dossier_sha256, 'hex') FROM assessment WHERE log_index = 3")
        self.database.run(f"DELETE FROM document WHERE sha256 = '\\x{digest}'")
        ended = self.wait(self.ask(**{"from": 2, "to": 5}), lambda job: job["finished_at"])
        self.assertEqual([(one["log_index"], one["status"]) for one in ended["result"]["replays"]], [(3, "no_documents")])
        self.database.run("UPDATE log_leaf SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'approve', 'decline'), 'UTF8')"
                          " WHERE index = 5")
        ended = self.wait(self.ask(**{"from": 0}), lambda job: job["finished_at"])
        self.assertEqual((ended["state"], ended["result"], ended["problem"]["status"]), ("failed", None, 500))

    def test_who_sees_a_job(self):
        self.record(4)
        self.service.add_user("other-regulator", "regulator", token=OTHER_REGULATOR_TOKEN)
        time.sleep(1.5) # until every process knows the user
        job = self.ask(**{"from": 0})
        for token, expected in ((service.REGULATOR_TOKEN, 200), (OTHER_REGULATOR_TOKEN, 404), (service.TOKEN, 404), (None, 401)):
            self.job(job, token=token, expected=expected)
        for token, expected in ((OTHER_REGULATOR_TOKEN, 404), (service.TOKEN, 404), (None, 401)):
            self.job(job, token=token, expected=expected, method="DELETE")
        # Colleagues of one lender see one another's.
        self.database.run("INSERT INTO job (id, kind, caller_id, caller_role, caller_lender, input) SELECT"
                          f" 'job_' || repeat('a', 32), 'from another version', 'colleague', 'officer', lender, '{{}}'"
                          " FROM service_user WHERE lender IS NOT NULL AND 'officer' = ANY (roles) LIMIT 1")
        colleagues = {"id": "job_" + 32 * "a"}
        self.assertEqual(self.job(colleagues, token=service.TOKEN)["state"], "waiting") # no process knows the kind
        self.job(colleagues, token=service.REGULATOR_TOKEN, expected=404)
        for path in ("job_x", "x", "job_" + 32 * "0", "job_" + 32 * "A"):
            self.assertEqual(self.service.request("GET", "/v1/jobs/" + path)[0], 404)

    def test_the_list_page_by_page(self):
        self.record(4)
        made = []
        for _ in range(5):
            made.append(self.ask(**{"from": 0, "to": 1})["id"])
            time.sleep(0.002) # ids sort by the millisecond
        seen, cursor = [], ""
        while True:
            status, _, text = self.service.request("GET", "/v1/jobs?limit=2" + cursor, token=service.REGULATOR_TOKEN)
            self.assertEqual(status, 200, text)
            page = json.loads(text)
            self.assertNotIn("result", page["jobs"][0])
            seen += [job["id"] for job in page["jobs"]]
            if page["next"] is None:
                break
            cursor = "&cursor=" + page["next"]
        self.assertEqual(seen, made[::-1])
        status, _, text = self.service.request("GET", "/v1/jobs", token=service.TOKEN)
        self.assertEqual((status, json.loads(text)), (200, {"jobs": [], "next": None}))
        for job in made:
            self.wait({"id": job}, lambda shown: shown["state"] == "succeeded")
        _, _, text = self.service.request("GET", "/v1/jobs?state=waiting", token=service.REGULATOR_TOKEN)
        self.assertEqual(json.loads(text)["jobs"], [])
        for query in ("limit=0", "limit=101", "state=done", "cursor=1", "colour=red"):
            self.assertEqual(self.service.request("GET", "/v1/jobs?" + query)[0], 400)

    def test_what_is_asked_for_is_checked(self):
        self.record(4)
        self.ask(422, **{"from": 0, "to": 5})
        self.ask(422, **{"from": 3, "to": 2})
        self.ask(422, **{"from": -1})
        self.ask(422)
        self.ask(422, **{"from": 0, "colour": "red"})
        problem = self.ask(422, **{"to": 5, "colour": "red"})
        self.assertEqual([error["pointer"] for error in problem["errors"]], ["/colour", "/from", "/to"])
        status, _, _ = self.service.request("POST", "/v1/audit/replays", "{", token=service.REGULATOR_TOKEN,
                                            Content_Type="application/json")
        self.assertEqual(status, 400)
        status, _, _ = self.service.request("POST", "/v1/audit/replays", '{"from":0}', token=service.TOKEN,
                                            Content_Type="application/json")
        self.assertEqual(status, 404) # not for officers
        self.assertEqual(self.database.number("SELECT count(*) FROM job"), 0)

    def test_a_caller_may_have_so_many_open_and_cancel_them(self):
        self.record(4)
        idle = self.new_service("idle", ZCD_JOB_RUNNERS=0)
        self.assertEqual(self.service.stop(), 0)
        self.assertIsNone(idle.start(), idle.said())
        jobs = [self.ask(running=idle, **{"from": 0}) for _ in range(10)]
        self.ask(409, running=idle, **{"from": 0})
        self.assertEqual(self.job(jobs[0], idle)["state"], "waiting")
        cancelled = self.job(jobs[0], idle, method="DELETE")
        self.assertEqual((cancelled["state"], cancelled["attempts"]), ("cancelled", 0))
        self.job(jobs[0], idle, method="DELETE", expected=409)
        self.ask(running=idle, **{"from": 0})

    def test_a_killed_process_loses_nothing(self):
        self.record(400)
        job = self.ask(**{"from": 0})
        self.wait(job, lambda shown: shown["progress"]["done"] >= 64)
        self.service.kill()
        self.assertIsNone(self.service.start(), self.service.said())
        between = self.job(job)
        self.assertEqual(between["state"], "running") # by a process that is not there any more
        self.assertGreaterEqual(between["progress"]["done"], 64)
        self.assertLess(between["progress"]["done"], 400)
        ended = self.wait(job, lambda shown: shown["finished_at"])
        self.assertEqual((ended["state"], ended["attempts"]), ("succeeded", 2), ended)
        # Each record once: neither lost nor decided twice.
        self.assertEqual(ended["result"]["counts"]["equal"], 400 - ended["result"]["counts"]["no_decision"])

    def test_a_process_that_stops_gives_back_what_it_has_begun(self):
        self.record(400)
        job = self.ask(**{"from": 0})
        self.wait(job, lambda shown: shown["progress"]["done"] >= 64)
        self.assertEqual(self.service.stop(), 0, self.service.said())
        self.assertEqual(self.database.run("SELECT state, attempts FROM job"), "waiting|0")
        self.assertIsNone(self.service.start(), self.service.said())
        self.assertEqual(self.wait(job, lambda shown: shown["finished_at"])["state"], "succeeded")

    def test_one_that_runs_is_cancelled(self):
        self.record(400)
        job = self.ask(**{"from": 0})
        self.wait(job, lambda shown: shown["progress"]["done"] >= 64)
        self.assertTrue(self.job(job, method="DELETE")["cancel_asked"])
        ended = self.wait(job, lambda shown: shown["finished_at"], wait_s=15)
        self.assertEqual((ended["state"], ended["result"]), ("cancelled", None))
        self.assertLess(ended["progress"]["done"], 400)

    def test_two_processes_share_the_jobs_and_none_is_done_twice(self):
        self.record(4)
        other = self.new_service("2")
        self.assertIsNone(other.start(), other.said())
        jobs = [self.ask(running=one, **{"from": 0}) for one in (self.service, other) for _ in range(5)]
        for job in jobs:
            ended = self.wait(job, lambda shown: shown["finished_at"], other)
            self.assertEqual((ended["state"], ended["attempts"]), ("succeeded", 1))

    def test_what_crashes_every_time_fails_in_the_end_and_rows_go_when_their_time_is_over(self):
        self.record(4)
        self.database.run("INSERT INTO job (id, kind, state, caller_id, caller_role, input, attempts, lease, lease_until, started_at)"
                          " VALUES ('job_' || repeat('b', 32), 'audit_replay', 'running', 'regulator-1', 'regulator', '{}', 5,"
                          " gen_random_uuid(), now() - interval '1 second', now())")
        ended = self.wait({"id": "job_" + 32 * "b"}, lambda shown: shown["finished_at"], wait_s=10)
        self.assertEqual((ended["state"], ended["problem"]["code"]), ("failed", "unavailable"))
        self.database.run("UPDATE job SET expires_at = now()")
        self.assertEqual(self.service.stop(), 0)
        self.assertIsNone(self.service.start(), self.service.said()) # it looks when it starts, and every minute
        deadline = time.monotonic() + 10
        while self.database.number("SELECT count(*) FROM job") and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(self.database.number("SELECT count(*) FROM job"), 0)


if __name__ == "__main__":
    service.main()
