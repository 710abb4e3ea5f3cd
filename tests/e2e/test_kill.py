"""kill -9 in the middle of 200 concurrent assessments: what was acknowledged is in the log, and the log goes on."""
import json
import time

import service
from load import Load
from service import EXAMPLE

CLIENTS = 100  # fewer than one user may have waiting (api/http/fair_queue.h)
ROUNDS = 3


class KillTest(service.ServiceTest):
    def setUp(self):
        super().setUp()
        self.known = []

    def check_log(self):
        """Leaves are dense; each has its row and its documents, and each row its leaf."""
        ask = self.database.number
        size = self.database.log_size()
        self.assertEqual(ask("SELECT coalesce(max(index) + 1, 0) FROM log_leaf"), size)
        self.assertEqual(ask("SELECT size FROM log_head"), size)
        self.assertEqual(ask("SELECT count(*) FROM assessment"), size)
        self.assertEqual(ask("SELECT count(*) FROM assessment a JOIN log_leaf l ON l.index = a.log_index"
                             " JOIN log_record r ON r.index = l.index AND r.uscc = a.uscc"), size)
        for column in ("dossier", "policy", "decision"):
            self.assertEqual(ask(f"SELECT count(*) FROM assessment a JOIN document d ON d.sha256 = a.{column}_sha256"),
                             size)
        return size

    def check_acknowledged(self):
        for answer in self.known:
            status, _, body = self.service.request("GET", "/v1/assessments/" + answer["id"])
            self.assertEqual(status, 200, body)
            again = json.loads(body)
            self.assertEqual((again["log_index"], again["leaf"], again["decision"]),
                             (answer["log_index"], answer["leaf"], answer["decision"]))

    def test_kill_9(self):
        for round_number in range(ROUNDS):
            load = Load([self.service], CLIENTS).start()
            deadline = time.monotonic() + 60
            while len(load.acknowledged) < 20 + 15 * round_number and time.monotonic() < deadline:
                time.sleep(0.005)
            self.service.kill()
            load.join()
            self.assertGreater(len(load.acknowledged), 0)
            self.assertEqual(load.refused, [])
            self.known += load.acknowledged

            self.assertIsNone(self.service.start(), self.service.said())
            size = self.check_log()
            self.check_acknowledged()
            status, _, body = self.service.assess(EXAMPLE.read_bytes())
            self.assertEqual(status, 201, body)
            self.assertEqual(json.loads(body)["log_index"], size)
            self.known.append(json.loads(body))

        # All of it, also what was committed and never answered, is signed and verifies.
        indices = {answer["log_index"] for answer in self.known}
        self.assertEqual(len(indices), len(self.known))
        for index in range(self.database.log_size()):
            self.verify_record(index)
        self.assertEqual(self.service.stop(), 0, self.service.said())


if __name__ == "__main__":
    service.main()
