"""Two services on one database, one key, one checkpoint store: together they write one dense log."""
import base64
import json
import time

import service
from load import Load


class TwoServicesTest(service.ServiceTest):
    def test_one_dense_log(self):
        other = self.new_service("2")
        self.assertIsNone(other.start(), other.said())
        load = Load([self.service, other], 16).start()
        deadline = time.monotonic() + 90
        while len(load.acknowledged) < 200 and time.monotonic() < deadline:
            time.sleep(0.01)
        load.stop()
        self.assertEqual((load.refused, load.broken), ([], 0))

        indices = sorted(answer["log_index"] for answer in load.acknowledged)
        self.assertEqual(indices, list(range(len(indices))))
        self.assertEqual(self.database.log_size(), len(indices))
        sequences = sorted(json.loads(answer["leaf"])["sequence"] for answer in load.acknowledged)
        self.assertEqual(sequences, list(range(1, len(indices) + 1)))

        # Both signed, and each record verifies at either of them.
        for one in (self.service, other):
            requests = [notice for notice in one.notices() if notice["event"] == "request" and notice["status"] == 201]
            self.assertGreater(len(requests), 10)
        for index in range(0, len(indices), 7):
            self.verify_record(index, self.service)
            self.verify_record(index, other)

        # No two checkpoints of one size with different roots were ever handed out.
        roots = {}
        for answer in load.acknowledged:
            _, size, root = answer["proof"].split("\n\n")[1].split("\n")[:3]
            self.assertEqual(len(base64.b64decode(root)), 32)
            self.assertEqual(roots.setdefault(size, root), root)
        self.assertEqual(self.service.stop(), 0, self.service.said())
        self.assertEqual(other.stop(), 0, other.said())


if __name__ == "__main__":
    service.main()
