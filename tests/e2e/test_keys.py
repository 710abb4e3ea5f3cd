"""A log's keys from outside: an SM2 key beside the Ed25519 one, and going over to another key."""
import base64
import json
import subprocess

import service


class KeysTest(service.ServiceTest):
    starts_service = False

    def assess(self, running):
        self.assertIsNone(running.start(), running.said())
        status, answer, _ = running.assess(next(service.distinct_dossiers()))
        self.assertEqual(status, 201, answer)

    def bundle(self, running, index):
        status, _, body = running.request("GET", f"/v1/audit/records/{index}/bundle")
        self.assertEqual(status, 200, body)
        path = self.state / f"bundle-{index}.zip"
        path.write_bytes(body)
        return path

    def verify(self, path, key):
        return subprocess.run([service.bin_dir() / "zcd-verify", "bundle", path, "--key", key], capture_output=True,
                              check=False).returncode

    def test_checkpoints_bear_a_line_by_the_sm2_key(self):
        self.service.settings["ZCD_SM2_KEY_FILE"] = str(self.state / "sm2-key")
        made = service.zcd("key", "new", "--sm2", **self.service.environment())
        self.assertEqual(made.returncode, 0, made.stderr)
        sm2_vkey = made.stdout.strip()
        self.assess(self.service)
        path = self.bundle(self.service, 0)
        self.assertEqual(self.verify(path, self.service.vkey), 0)
        self.assertEqual(self.verify(path, sm2_vkey), 0)
        self.assertEqual(self.verify(path, sm2_vkey.replace("+", "x+", 1)), 2)  # no key of that name and id

        # OpenSSL alone comes to the same: the point into a PEM, the signature behind the key id.
        _, _, checkpoint = self.service.request("GET", "/log/checkpoint", token=None)
        text, lines = checkpoint.rsplit(b"\n\n", 1)
        signature = base64.b64decode(lines.splitlines()[1].split(b" ")[2])[4:]
        point = base64.b64decode(sm2_vkey.split("+", 2)[2])[-65:]
        spki = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200") + point
        (self.state / "key.der").write_bytes(spki)
        (self.state / "text").write_bytes(text + b"\n")
        (self.state / "signature").write_bytes(signature)
        run = subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pkeyopt",
                              "distid:1234567812345678", "-pubin", "-keyform", "DER", "-inkey", self.state / "key.der",
                              "-in", self.state / "text", "-sigfile", self.state / "signature"], capture_output=True,
                             text=True, check=False)
        self.assertIn("Signature Verified Successfully", run.stdout + run.stderr)

    def test_a_log_goes_over_to_another_key(self):
        self.assess(self.service)
        self.assertEqual(self.service.stop(), 0)
        made = service.zcd("key", "new", self.state / "next", **self.service.environment())
        self.assertEqual(made.returncode, 0, made.stderr)
        new_vkey = made.stdout.strip()
        run = service.zcd("key", "rotate", self.state / "next", **self.service.environment())
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(run.stdout, f"record 1 says that the key is from now on\n{new_vkey}\n")

        after = self.new_service("2", ZCD_KEY_FILE=str(self.state / "next"))
        self.assertIsNone(after.start(), after.said())
        self.assertEqual(after.assess(next(service.distinct_dossiers()))[0], 201)
        path = self.bundle(after, 2)
        self.assertEqual(self.verify(path, new_vkey), 0)
        self.assertEqual(self.verify(path, self.service.vkey), 1)

        # Somebody who knows the old key alone comes by the record to the new one.
        status, _, body = after.request("GET", "/v1/audit/records/1")
        self.assertEqual(status, 200, body)
        statement = self.state / "statement"
        statement.write_text(json.loads(json.loads(body)["leaf"])["body"]["statement"], encoding="utf-8")
        found = service.zcd("key", "successor", statement, "--key", self.service.vkey)
        self.assertEqual((found.returncode, found.stdout.strip()), (0, new_vkey), found.stderr)
        wrong = service.zcd("key", "successor", statement, "--key", new_vkey)
        self.assertNotEqual(wrong.returncode, 0)


if __name__ == "__main__":
    service.main()
