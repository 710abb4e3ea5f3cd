"""A log whose writer cannot go on: what waits is bounded, who comes later is told to come again, nothing is lost or half made."""
import json
import subprocess
import threading
import time

import service

WAITING, CLIENTS = 3, 24


class FullQueueTest(service.ServiceTest):
    starts_service = False

    def hold_head(self):
        """A session that keeps the head row locked; ended by closing its input."""
        held = subprocess.Popen(["psql", "-XAtq", "-d", self.database.url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        held.stdin.write("BEGIN; SELECT size FROM log_head FOR UPDATE;\n")
        held.stdin.flush()
        self.assertEqual(held.stdout.readline().strip(), "1")
        return held

    def test_who_comes_when_it_is_full_is_told_to_come_again(self):
        self.service.settings["ZCD_LOG_QUEUE"] = WAITING
        self.assertIsNone(self.service.start(), self.service.said())
        dossiers = service.distinct_dossiers()
        self.assertEqual(self.service.assess(next(dossiers))[0], 201)
        held = self.hold_head()
        answers, lock = [], threading.Lock()

        def ask(dossier):
            answer = self.service.assess(dossier)
            with lock:
                answers.append(answer)

        threads = [threading.Thread(target=ask, args=(next(dossiers),)) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        # The writer has taken what it can into its batch; behind it WAITING may wait; the others are answered at once.
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline and not answers:
            time.sleep(0.01)
        self.assertTrue(answers, "nobody was turned away while the writer stood still")
        self.assertEqual(self.service.request("GET", "/livez", token=None)[0], 200)
        held.stdin.close()
        held.wait()
        held.stdout.close()
        for thread in threads:
            thread.join()

        refused = [answer for answer in answers if answer[0] == 503]
        taken = [json.loads(body) for status, _, body in answers if status == 201]
        self.assertEqual(len(refused) + len(taken), CLIENTS)
        self.assertGreaterEqual(len(taken), WAITING)
        for _, fields, body in refused:
            self.assertIn("retry-after", fields)
            self.assertIn("not recorded", json.loads(body)["detail"])
        # Exactly what was acknowledged is in the log, with its row.
        self.assertEqual(self.database.log_size(), 1 + len(taken))
        self.assertEqual(self.database.number("SELECT count(*) FROM assessment"), 1 + len(taken))
        self.assertEqual(sorted(answer["log_index"] for answer in taken), list(range(1, 1 + len(taken))))
        # And it goes on.
        self.assertEqual(self.service.assess(next(dossiers))[0], 201)
        self.verify_record(len(taken) + 1)


if __name__ == "__main__":
    service.main()
