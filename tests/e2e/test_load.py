"""Too much to do, and nothing to do it with: callers take turns, queues are bounded, a database that is away is said in
bounded time and comes back by itself."""
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time

import service

OTHER_TOKEN = "e2e-other-bank-0123456789abcdef0123456789"
FLOOD = 300


def ask(connection, method, path, body, token):
    """As Service.request, without holding what comes against the API's document: three hundred threads that do would be what is measured."""
    headers = {"Content-Type": "application/json"} if body else {}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    connection.request(method, path, body=body, headers=headers)
    response = connection.getresponse()
    return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()


class TurnsTest(service.ServiceTest):
    starts_service = False

    def test_one_token_that_floods_does_not_keep_others_waiting(self):
        self.service.settings.update({"ZCD_WORKERS": 1, "ZCD_RATE_DECIDE": 60000000})  # the queue is what is looked at
        self.service.add_user("other-officer", "officer", "--lender", "another-bank", token=OTHER_TOKEN)
        self.assertIsNone(self.service.start(), self.service.said())
        dossiers, lock = service.distinct_dossiers(), threading.Lock()
        self.assertEqual(self.service.assess(next(dossiers))[0], 201)
        answers, ends = [], time.monotonic() + 6

        def flood():
            connection = self.service.connect()
            while time.monotonic() < ends:
                with lock:
                    dossier = next(dossiers)
                answer = ask(connection, "POST", "/v1/assessments", dossier, service.TOKEN)
                with lock:
                    answers.append(answer)
            connection.close()

        threads = [threading.Thread(target=flood) for _ in range(FLOOD)]
        for thread in threads:
            thread.start()
        time.sleep(2)
        others, flooded, connection = [], [], self.service.connect()
        while time.monotonic() < ends - 0.5:
            for method, path, body, token in (("POST", "/v1/assessments", next(service.distinct_dossiers()), OTHER_TOKEN),
                                              ("GET", "/v1/jobs", None, OTHER_TOKEN), ("GET", "/log/checkpoint", None, None)):
                began = time.monotonic()
                others.append(ask(connection, method, path, body, token)[0])
                flooded.append(time.monotonic() - began)
        connection.close()
        for thread in threads:
            thread.join()
        self.assertEqual(set(others), {201, 200})
        statuses = {status for status, _, _ in answers}
        self.assertEqual(statuses, {201, 503})
        for status, fields, body in answers:
            if status == 503:
                self.assertIn("retry-after", fields)
                self.assertEqual(json.loads(body)["code"], "unavailable")
        # The flood's own stand in a long queue; others only behind what is being done, and this machine's noise.
        self.assertLess(sorted(flooded)[len(flooded) // 2], 0.5, flooded)
        # What was acknowledged is there, and nothing that was not.
        acknowledged = 1 + sum(status == 201 for status, _, _ in answers) + others.count(201)
        self.assertEqual(self.database.number("SELECT count(*) FROM assessment"), acknowledged)


class DatabaseAwayTest(service.ServiceTest):
    """With a PostgreSQL of its own, to be stopped."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="zcd-e2e-")
        os.chmod(cls.folder.name, 0o755)
        cls.addClassCleanup(cls.folder.cleanup)
        cls.cluster("start")
        cls.addClassCleanup(cls.cluster, "stop")
        before = os.environ["ZCD_TEST_DATABASE_URL"]
        cls.addClassCleanup(os.environ.__setitem__, "ZCD_TEST_DATABASE_URL", before)
        os.environ["ZCD_TEST_DATABASE_URL"] = cls.cluster("url")

    @classmethod
    def cluster(cls, command):
        return subprocess.run([service.SOURCE / "db/cluster", command, pathlib.Path(cls.folder.name) / "pg"], check=True, text=True,
                              stdout=subprocess.PIPE).stdout.strip()

    def processes(self):
        """The cluster's server, and all that it has made."""
        data = self.database.run("SHOW data_directory")
        first = int(pathlib.Path(data, "postmaster.pid").read_text(encoding="ascii").splitlines()[0])
        others = subprocess.run(["ps", "-o", "pid=", "--ppid", str(first)], text=True, stdout=subprocess.PIPE, check=False)
        return [first, *map(int, others.stdout.split())]

    def signal_all(self, processes, number):
        """But those that have ended since they were listed: the server of the question, an automatic vacuum."""
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)

    def ask_all(self):
        """Reads, decisions and lists at once; how each ended, and how long the longest took."""
        answers, lock = [], threading.Lock()

        def ask(method, path, body, token):
            fields = {"Content_Type": "application/json"} if body else {}
            answer = self.service.request(method, path, body, token=token, **fields)
            with lock:
                answers.append((path, *answer))

        asked = 4 * [("GET", "/v1/audit/records/0", None, service.REGULATOR_TOKEN), ("GET", "/v1/jobs", None, service.TOKEN),
                     ("GET", "/v1/audit/records", None, service.REGULATOR_TOKEN),
                     ("POST", "/v1/assessments", next(service.distinct_dossiers()), service.TOKEN)]
        threads = [threading.Thread(target=ask, args=one) for one in asked]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(answers), len(asked))
        return answers, time.monotonic() - began

    def check_away(self, within_s):
        answers, took_s = self.ask_all()
        for path, status, fields, body in answers:
            self.assertEqual(status, 503, (path, body))
            self.assertIn("retry-after", fields)
            self.assertNotIn(b"host=", body)
        self.assertLess(took_s, within_s)
        self.assertEqual(self.service.request("GET", "/livez", token=None)[0], 200)

    def check_back(self, within_s):
        deadline = time.monotonic() + within_s
        while {status for _, status, _, _ in self.ask_all()[0]} - {200, 201}:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.2)

    def test_stopped_and_started_again(self):
        self.assertEqual(self.service.assess(next(service.distinct_dossiers()))[0], 201)
        self.cluster("stop")
        try:
            self.check_away(within_s=12)
            self.check_away(within_s=12)
        finally:
            self.cluster("start")
        self.check_back(within_s=15)
        self.verify_record(0)

    def test_one_that_stands_still_and_goes_on(self):
        self.assertEqual(self.service.assess(next(service.distinct_dossiers()))[0], 201)
        processes = self.processes()
        try:
            self.signal_all(processes, signal.SIGSTOP)
            self.check_away(within_s=32)
            self.check_away(within_s=32)
        finally:
            self.signal_all(reversed(processes), signal.SIGCONT)
        self.check_back(within_s=20)
        self.verify_record(0)


if __name__ == "__main__":
    service.main()
