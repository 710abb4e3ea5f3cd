"""A database restored to an earlier state: the service refuses to sign, and says what to do."""
import json
import subprocess

import service


class RestoredDatabaseTest(service.ServiceTest):
    def restore(self, dump):
        self.database.drop()
        self.database.run(f"CREATE DATABASE {self.database.name}", url=self.database.server)
        subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.database.url], input=dump, check=True,
                       capture_output=True)

    def test_refuses_to_sign(self):
        dossiers = service.distinct_dossiers()
        for _ in range(3):
            self.assertEqual(self.service.assess(next(dossiers))[0], 201)
        dump = subprocess.run(["pg_dump", "-d", self.database.url], check=True, capture_output=True).stdout
        for _ in range(2):
            self.assertEqual(self.service.assess(next(dossiers))[0], 201)
        checkpoint = (self.state / "checkpoint").read_bytes()

        # Under the running service.
        self.restore(dump)
        refused = [self.service.assess(next(dossiers)) for _ in range(3)]
        for status, fields, body in refused:
            self.assertIn(status, (409, 503), body)
            self.assertEqual(fields["content-type"], "application/problem+json")
        # Whoever has the token is told what is wrong and what to do, and that a refusal recorded nothing.
        detail = json.loads(refused[-1][2])["detail"]
        self.assertTrue(detail.startswith("not recorded: "), detail)
        for word in ("checkpoint", "recover"):
            self.assertIn(word, detail)
        # Anybody else, only that it is so; the operators' log says why.
        status, _, body = self.service.request("GET", "/readyz", token=None)
        self.assertEqual(status, 503)
        self.assertEqual(json.loads(body)["checks"]["writer"], {"ok": False})
        written = [one for one in self.service.notices() if one["event"] == "not_ready" and one["check"] == "writer"]
        self.assertIn("checkpoint", written[-1]["detail"])
        self.assertEqual((self.database.log_size(), (self.state / "checkpoint").read_bytes()), (3, checkpoint))
        self.assertEqual(self.service.stop(), 0, self.service.said())

        # And at the next start: it says what a person can do.
        self.assertNotEqual(self.service.start(), None)
        said = self.service.said()
        for word in ("checkpoint", "restore", "recover"):
            self.assertIn(word, said.lower())
        self.assertEqual((self.database.log_size(), (self.state / "checkpoint").read_bytes()), (3, checkpoint))

    def test_refuses_another_database(self):
        self.assertEqual(self.service.assess(service.EXAMPLE.read_bytes())[0], 201)
        self.assertEqual(self.service.stop(), 0)
        self.restore(b"")
        self.service.prepare()
        self.assertNotEqual(self.service.start(), None)
        self.assertEqual(self.database.log_size(), 0)

    def test_a_lost_checkpoint_store_needs_a_person(self):
        self.assertEqual(self.service.assess(service.EXAMPLE.read_bytes())[0], 201)
        self.assertEqual(self.service.stop(), 0)
        (self.state / "checkpoint").unlink()
        self.assertNotEqual(self.service.start(), None)
        self.assertIn("zcd log init-checkpoint-store", self.service.said())

        environment = self.service.environment()
        self.assertEqual(service.zcd("log", "init-checkpoint-store", **environment).returncode, 64)
        made = service.zcd("log", "init-checkpoint-store", "--i-am-sure-that-no-leaf-is-lost", **environment)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertIsNone(self.service.start(), self.service.said())
        self.assertEqual(self.service.assess(service.EXAMPLE.read_bytes())[0], 201)
        self.verify_record(0)
        self.verify_record(1)


if __name__ == "__main__":
    service.main()
