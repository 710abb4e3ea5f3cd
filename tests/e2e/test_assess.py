"""The main job over real HTTP and PostgreSQL: a dossier in, a signed decision out, and a stranger verifies it."""
import hashlib
import io
import json
import zipfile

import service
from service import EXAMPLE, TOKEN


class AssessTest(service.ServiceTest):
    def test_decides_records_and_proves(self):
        dossier = EXAMPLE.read_bytes()
        status, fields, body = self.service.assess(dossier)
        self.assertEqual(status, 201, body)
        self.assertEqual(fields["content-type"], "application/json")
        self.assertEqual(fields["cache-control"], "no-store")
        answer = json.loads(body)
        self.assertEqual(fields["location"], "/v1/assessments/" + answer["id"])
        self.assertEqual(answer["log_index"], 0)
        self.assertEqual(answer["decision"]["limit_fen"], 500000000)
        self.assertIn(answer["decision"]["outcome"], ("approve", "approve_with_conditions"))

        # The decision stands in the answer byte for byte: the leaf names its digest.
        decision = body[len(b'{"decision":'):body.index(b',"id":"as_')]
        leaf = json.loads(answer["leaf"])
        self.assertEqual(leaf["decision_sha256"], hashlib.sha256(decision).hexdigest())
        self.assertEqual(leaf["dossier_sha256"], hashlib.sha256(dossier).hexdigest())
        self.assertEqual(leaf["subject"], {"application": "a1", "uscc": "52440307EXAMP00156"})
        self.assertTrue(leaf["retrospective"])  # a decision about 2020, made today
        self.assertEqual(leaf["body"]["outcome"], answer["decision"]["outcome"])
        self.assertEqual(answer["id"], f"as_52440307EXAMP00156_{leaf['nonce']}")

        # The command line gives the same bytes, without a database.
        printed = service.zcd("assess", EXAMPLE).stdout
        self.assertEqual(printed.encode(), decision + b"\n")

        report = self.verify_record(0)
        self.assertEqual(report["verdict"], "verified")

    def test_serves_renewals_increases_and_deferrals(self):
        renewal = json.loads((service.SOURCE / "data/examples/zhicheng-2022-06.json").read_text(encoding="utf-8"))
        expected = {"renewal": ("approve", 500000000), "increase": ("approve", 500000000), "deferral": ("approve", 0)}
        for kind, outcome in expected.items():
            renewal["application"].update(kind=kind, tenor_months=6 if kind == "deferral" else 12)
            status, _, body = self.service.assess(json.dumps(renewal).encode())
            self.assertEqual(status, 201, body)
            answer = json.loads(body)
            decision = answer["decision"]
            self.assertEqual((decision["outcome"], decision["limit_fen"]), outcome, kind)
            self.assertEqual((decision["renewal"] is None, decision["deferral"] is None), (kind == "deferral", kind != "deferral"))
            self.assertEqual(decision["green_channel"]["open"], kind != "increase")
            self.assertEqual(self.verify_record(answer["log_index"])["verdict"], "verified")

    def test_the_same_bytes_are_recorded_each_time(self):
        # Every document of the second batch is known already: nothing is left to insert but the record.
        answers = [self.service.assess(EXAMPLE.read_bytes()) for _ in range(3)]
        self.assertEqual([status for status, _, _ in answers], [201] * 3)
        self.assertEqual([json.loads(body)["log_index"] for _, _, body in answers], [0, 1, 2])
        self.assertEqual(len({json.loads(body)["id"] for _, _, body in answers}), 3)
        self.assertEqual((self.database.log_size(), self.database.number("SELECT count(*) FROM document")), (3, 3))
        for index in range(3):
            self.assertEqual(self.verify_record(index)["verdict"], "verified")

    def test_reads_back_what_was_recorded(self):
        answers = []
        dossiers = service.distinct_dossiers()
        for _ in range(5):
            status, _, body = self.service.assess(next(dossiers))
            self.assertEqual(status, 201, body)
            answers.append(json.loads(body))
        for index, first in enumerate(answers):
            status, _, body = self.service.request("GET", "/v1/assessments/" + first["id"])
            again = json.loads(body)
            self.assertEqual(status, 200)
            self.assertEqual(again["log_index"], index)
            self.assertEqual((again["decision"], again["leaf"]), (first["decision"], first["leaf"]))
            self.assertIn(f"\n{self.database.log_size()}\n", again["proof"])  # now against the newest checkpoint

            status, _, body = self.service.request("GET", f"/v1/audit/records/{index}")
            self.assertEqual(status, 200)
            self.assertEqual(json.loads(body)["leaf"], first["leaf"])
            self.assertEqual(self.verify_record(index)["verdict"], "verified")

    def test_serves_the_checkpoint_to_anybody(self):
        self.service.assess(EXAMPLE.read_bytes())
        status, fields, body = self.service.request("GET", "/log/checkpoint", token=None)
        self.assertEqual(status, 200)
        self.assertEqual(fields["content-type"], "text/plain; charset=utf-8")
        self.assertEqual(fields["cache-control"], "no-cache")
        self.assertEqual(body.decode().split("\n")[:2], [service.ORIGIN, "1"])
        self.assertEqual(body, (self.state / "checkpoint").read_bytes())

    def test_a_bundle_with_one_byte_changed_is_not_verified(self):
        self.service.assess(EXAMPLE.read_bytes())
        _, _, bundle = self.service.request("GET", "/v1/audit/records/0/bundle")
        parts = zipfile.ZipFile(io.BytesIO(bundle))
        for changed in ("leaf.json", "dossier.json", "policy.json", "decision.json", "record.tlog-proof"):
            path = self.state / "changed.zip"
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as copy:
                for name in parts.namelist():
                    content = bytearray(parts.read(name))
                    if name == changed:
                        content[len(content) // 2] ^= 1
                    copy.writestr(name, bytes(content))
            run = service.subprocess.run([service.bin_dir() / "zcd-verify", "bundle", path, "--key", self.service.vkey],
                                         capture_output=True, text=True, check=False)
            self.assertEqual(run.returncode, 1, changed + run.stdout + run.stderr)

    def test_idle_connections_shut_nobody_out(self):
        idle = [self.service.raw() for _ in range(530)]  # more than the service keeps open
        try:
            self.assertEqual(self.service.request("GET", "/livez", token=None)[0], 200)
            self.assertEqual(self.service.assess(EXAMPLE.read_bytes())[0], 201)
        finally:
            for one in idle:
                one.close()

    def test_probes_say_what_is_wrong(self):
        status, _, body = self.service.request("GET", "/readyz", token=None)
        self.assertEqual(status, 200, body)
        self.assertEqual(json.loads(body)["status"], "ready")
        self.assertEqual(set(json.loads(body)["checks"]), {"checkpoint_store", "database", "key", "writer"})
        self.assertEqual(self.service.request("GET", "/livez", token=None)[0], 200)

        # The checkpoint's file is gone: not ready, and no decision, but alive.
        self.service.assess(EXAMPLE.read_bytes())
        (self.state / "checkpoint").rename(self.state / "elsewhere")
        status, _, body = self.service.request("GET", "/readyz", token=None)
        self.assertEqual(status, 503, body)
        self.assertEqual(json.loads(body)["checks"]["checkpoint_store"], {"ok": False})
        status, _, body = self.service.request("GET", "/log/checkpoint", token=None)
        self.assertEqual((status, json.loads(body)["detail"]), (503, "the checkpoint cannot be read"))
        for said_to_anybody in (body, self.service.request("GET", "/readyz", token=None)[2]):
            self.assertNotIn(str(self.state).encode(), said_to_anybody)
        reasons = {(one["event"], one.get("check")) for one in self.service.notices()}
        self.assertLessEqual({("not_ready", "checkpoint_store"), ("failure", None)}, reasons)
        self.assertEqual(self.service.request("GET", "/livez", token=None)[0], 200)
        (self.state / "elsewhere").rename(self.state / "checkpoint")
        self.assertEqual(self.service.assess(EXAMPLE.read_bytes())[0], 201)

    def test_stops_when_told_and_logs_no_personal_data(self):
        self.service.assess(EXAMPLE.read_bytes())
        self.assertEqual(self.service.stop(), 0, self.service.said())
        said = self.service.said()
        # The LPR's last quote is of 2025-07-21 and later ones are missing: every start says so, until they are added.
        self.assertIn(("lpr.csv", "2025-07-21", "ended"),
                      [(one["table"], one["last"], one["state"]) for one in self.service.notices() if one["event"] == "reference_ends"])
        self.assertEqual([one["event"] for one in self.service.notices() if one["event"] != "reference_ends"],
                         ["serving", "request", "stopping", "stopped"])
        for secret in (TOKEN, "52440307EXAMP00156", "至诚"):
            self.assertNotIn(secret, said)


if __name__ == "__main__":
    service.main()
