"""zcd-verify as somebody outside uses it: the real program, on what the real service hands out, without database or network."""
import io
import subprocess
import zipfile

import service


class VerifyTest(service.ServiceTest):
    def verify(self, *words, status=0):
        run = subprocess.run([service.bin_dir() / "zcd-verify", *map(str, words)], capture_output=True, text=True, check=False,
                             env={"PATH": "/nonexistent"})
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return run.stdout

    def bundle(self):
        status, answer, _ = self.service.assess(next(service.distinct_dossiers()))
        self.assertEqual(status, 201, answer)
        got, _, body = self.service.request("GET", "/v1/audit/records/0/bundle")
        self.assertEqual(got, 200)
        return body

    def test_a_decision_is_decided_again_to_the_same_bytes(self):
        path = self.state / "bundle.zip"
        path.write_bytes(self.bundle())
        said = self.verify("replay", path, "--key", self.service.vkey, "--lang", "en")
        self.assertIn("gives the same decision, byte for byte", said)
        self.assertIn("逐字节相同", self.verify("replay", path, "--key", self.service.vkey, "--lang", "zh"))

    def test_the_parts_of_a_bundle_and_an_export_are_verified_one_by_one(self):
        with zipfile.ZipFile(io.BytesIO(self.bundle())) as archive:
            archive.extractall(self.state / "parts")
        parts, folder = self.state / "parts", self.state / "tiles"
        key = ("--key", self.service.vkey)
        self.verify("proof", parts / "record.tlog-proof", parts / "leaf.json", *key)
        self.verify("proof", parts / "record.tlog-proof", parts / "policy.json", *key, status=1)
        run = service.zcd("audit", "export", "--to", folder, **self.service.environment())
        self.assertEqual(run.returncode, 0, run.stderr)
        earlier = self.state / "earlier"
        earlier.write_bytes((parts / "record.tlog-proof").read_bytes().split(b"\n\n", 1)[1])
        self.verify("tiles", folder, *key, "--records", "--old", earlier)
        self.verify("consistency", earlier, folder, *key)


if __name__ == "__main__":
    service.main()
