"""Free text in the log: a commitment in the record, the text beside it, erased on request while every proof stays valid."""
import hashlib
import json

import service

REASON = "检查组王小明 13800138000 要求"


class ErasureTest(service.ServiceTest):
    def audit(self, *words, status=0):
        run = service.zcd("audit", *words, **self.service.environment())
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return run.stdout + run.stderr

    def leaf(self, index):
        status, _, body = self.service.request("GET", f"/v1/audit/records/{index}")
        self.assertEqual(status, 200, body)
        return json.loads(json.loads(body)["leaf"])

    def test_from_the_reason_to_its_erasure(self):
        self.assertEqual(self.service.assess(service.EXAMPLE.read_bytes())[0], 201)
        said = self.audit("export", "--to", self.state / "copy", "--reason", REASON)
        self.assertIn("exported 2 records", said)
        record = self.leaf(1)
        self.assertEqual((record["kind"], record["body"]["from"], record["body"]["size"]), ("export", 0, 1))
        self.assertIsNone(record["dossier_sha256"])
        commitment = record["body"]["text"]

        # Whoever is given salt and value can check them against the record, with nothing of ours.
        value = json.loads(self.audit("value", commitment))
        self.assertEqual((value["value"], value["log_index"]), (REASON, 1))
        self.assertEqual(hashlib.sha256(bytes.fromhex(value["salt"]) + REASON.encode()).hexdigest(), commitment)

        self.audit("erase", commitment, "--basis", "no code", status=78)
        self.assertIn("record 2 says so", self.audit("erase", commitment, "--basis", "pipl_47"))
        erasure = self.leaf(2)
        self.assertEqual((erasure["kind"], erasure["prior"]), ("erasure", [1]))
        self.assertEqual(erasure["body"], {"basis": "pipl_47", "commitments": [commitment]})
        self.assertEqual(self.database.number("SELECT count(*) FROM personal_value"), 0)
        self.audit("value", commitment, status=66)
        self.audit("erase", commitment, "--basis", "pipl_47", status=66)

        # Not a trace of the text in any record, and the whole log still leads to what was signed.
        self.assertEqual(self.database.number(f"SELECT count(*) FROM log_leaf WHERE convert_from(leaf, 'UTF8') LIKE '%{REASON[3:6]}%'"),
                         0)
        self.assertIn("exported 4 records", self.audit("export", "--to", self.state / "copy"))
        self.verify_record(0)

    def test_words_that_make_no_command(self):
        for words in (("erase",), ("erase", "00"), ("erase", "0" * 64), ("value",), ("value", "x" * 64), ("value", "0" * 64, "--basis", "a"),
                      ("replay", "--reason", "a"), ("export", "--to", "x", "--basis", "a"), ("nothing",), ()):
            self.audit(*words, status=64)


if __name__ == "__main__":
    service.main()
