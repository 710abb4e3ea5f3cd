"""Witnesses, a mirror and a time-stamping authority around a real service: two witnesses that do their work, one that lies, one
that is away; a rewritten log that no witness cosigns."""
import base64
import http.server
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import time

import service


class Witness:
    """zcd witness serve, with a key and a state folder of its own."""

    def __init__(self, state, name, log_vkey):
        self.name, self.folder = f"{name}.example", pathlib.Path(state) / name
        self.folder.mkdir()
        self.key = self.folder / "key"
        assert service.zcd("key", "new", self.key, "--name", self.name).returncode == 0
        shown = service.zcd("witness", "show", "--key-file", self.key, "--name", self.name)
        assert shown.returncode == 0, shown.stderr
        self.vkey, self.log_vkey, self.process, self.address = shown.stdout.strip(), log_vkey, None, None
        (self.folder / "state").mkdir()

    def start(self, listen="127.0.0.1:0"):
        said = self.folder / "said"
        with open(said, "wb") as errors:
            self.process = subprocess.Popen([service.bin_dir() / "zcd", "witness", "serve", "--listen", listen, "--state",
                                             self.folder / "state", "--key-file", self.key, "--name", self.name, "--log",
                                             self.log_vkey], stdin=subprocess.DEVNULL, stderr=errors, stdout=errors,
                                            env=service.clean_environment())
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            found = re.search(r'"event":"serving","address":"([^"]+)"', said.read_text(encoding="utf-8"))
            if found:
                self.address = found.group(1)
                return self
            time.sleep(0.02)
        raise AssertionError(said.read_text(encoding="utf-8"))

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)
        if self.process is not None and self.process.returncode not in (0, -15):
            raise AssertionError((self.folder / "said").read_text(encoding="utf-8"))

    def url(self):
        return f"http://{self.address}"


class Answering:
    """An HTTP server on loopback that answers every POST by a function of the body."""

    def __init__(self, answer):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                status, content_type, body = answer(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def make_authority(folder):
    """A root, a time-stamping certificate under it, and what `openssl ts` needs."""
    run = lambda *words: subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    run("req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=Root")
    run("req", *new, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=TSA")
    (folder / "ext").write_text("extendedKeyUsage=critical,timeStamping\n", encoding="ascii")
    run("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30", "-extfile",
        "ext", "-out", "tsa.pem")
    (folder / "cnf").write_text("[tsa]\ndefault_tsa=t\n[t]\nserial=./serial\nsigner_digest=sha256\ndefault_policy=1.2.3.4\n"
                                "digests=sha256\n", encoding="ascii")
    (folder / "serial").write_text("01\n", encoding="ascii")

    def answer(query):
        (folder / "query").write_bytes(query)
        run("ts", "-reply", "-config", "cnf", "-queryfile", "query", "-signer", "tsa.pem", "-inkey", "tsa.key", "-out", "reply")
        return 200, "application/timestamp-reply", (folder / "reply").read_bytes()

    return Answering(answer)


class WitnessTest(service.ServiceTest):
    def setUp(self):
        super().setUp()
        self.dossiers = service.distinct_dossiers()
        self.policy = self.state / "witnesses"
        self.service.settings["ZCD_WITNESS_POLICY"] = str(self.policy)

    def fill(self, count):
        """So many assessments; the last one's place in the log. (Reading a record adds one too: a disclosure.)"""
        connection = self.service.connect()
        for _ in range(count):
            status, _, body = self.service.assess(next(self.dossiers), connection=connection)
            self.assertEqual(status, 201, body)
        connection.close()
        return json.loads(body)["log_index"]

    def witness(self, name):
        witness = Witness(self.state, name, self.service.vkey)
        self.addCleanup(witness.stop)
        return witness

    def answering(self, answer):
        server = Answering(answer)
        self.addCleanup(server.stop)
        return server

    def write_policy(self, quorum, **members):
        """members: name=(vkey, url)"""
        lines = [f"witness {name} {vkey} {url}\n" for name, (vkey, url) in members.items()]
        self.policy.write_text(f"log {self.service.vkey}\n{''.join(lines)}group all-of-them {quorum} {' '.join(members)}\n"
                               "quorum all-of-them\n", encoding="ascii")

    def submit(self, status=0):
        run = service.zcd("witness", "submit", **self.service.environment())
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return run.stdout + run.stderr

    def get(self, path, status=200):
        got, _, body = self.service.request("GET", path)
        self.assertEqual(got, status, body)
        return body

    def verify(self, *words, status=0):
        run = subprocess.run([service.bin_dir() / "zcd-verify", *map(str, words), "--lang", "en"], capture_output=True,
                             text=True, check=False)
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return run.stdout

    def bundle(self, index=0):
        path = self.state / "bundle.zip"
        path.write_bytes(self.get(f"/v1/audit/records/{index}/bundle"))
        return path

    def test_one_witness_cosigns_while_others_lie_or_are_away(self):
        honest, away = self.witness("honest").start(), self.witness("away").start()
        liar = self.witness("liar")  # it has a key, but what answers in its place signs nothing with it
        lying = self.answering(lambda body: (200, "text/plain", b"\xe2\x80\x94 liar.example " + base64.b64encode(
            base64.b64decode(liar.vkey.split("+", 2)[2])[1:5] + bytes(72)) + b"\n"))
        strangers = self.answering(lambda body: (409, "text/x.tlog.size", b"999999\n"))
        away.stop()
        self.write_policy(1, honest=(honest.vkey, honest.url()), away=(away.vkey, away.url()),
                          liar=(liar.vkey, lying.url), )
        self.fill(3)
        self.get("/log/published-checkpoint", status=404)
        self.assertIn("3 records: 1 cosignatures, 2 witnesses failed", self.submit())

        checkpoint = self.get("/log/checkpoint")
        self.assertEqual(self.get("/log/published-checkpoint"), checkpoint)
        self.assertIn(b"honest.example", checkpoint)
        self.assertNotIn(b"liar.example", checkpoint)
        bundle = self.bundle()
        said = self.verify("bundle", bundle, "--key", self.service.vkey, "--policy", self.policy)
        self.assertIn("Cosigned by 1 witnesses.", said)

        # Two of them must agree: then it is not enough, and what was published stays.
        self.write_policy(2, honest=(honest.vkey, honest.url()), away=(away.vkey, away.url()), liar=(liar.vkey, strangers.url))
        said = self.verify("bundle", bundle, "--key", self.service.vkey, "--policy", self.policy, status=1)
        self.assertIn("fewer witnesses cosigned", said)
        newest = self.fill(1)
        self.submit(status=66)
        self.assertEqual(self.get("/log/published-checkpoint"), checkpoint)
        self.assertNotEqual(self.get("/log/checkpoint"), checkpoint)

        # The witness is back, on its old state and address, and has to catch up.
        away.start(listen=away.address)
        self.assertRegex(self.submit(), "[0-9]+ records: 2 cosignatures, 1 witnesses failed")
        self.verify("bundle", self.bundle(newest), "--key", self.service.vkey, "--policy", self.policy)

    def test_whatever_a_witness_answers_it_wins_nothing(self):
        answers = {"huge": (200, "text/plain", b"x" * 2000000), "empty": (200, "text/plain", b""),
                   "binary": (200, "text/plain", bytes(range(256))), "sized": (409, "text/x.tlog.size", b"-1\n"),
                   "untyped": (409, "text/plain", b"0\n"), "mad": (409, "text/x.tlog.size", b"0\n"),
                   "moved": (302, "text/plain", b""), "gone": (404, "text/plain", b"")}
        members = {}
        for name, answer in answers.items():
            members[name] = (self.witness(name).vkey, self.answering(lambda _, answer=answer: answer).url)
        self.write_policy(1, **members)
        self.fill(1)
        self.assertIn("not the quorum", self.submit(status=66))
        self.get("/log/published-checkpoint", status=404)

    def test_a_witness_remembers_across_a_restart_and_tells_the_size(self):
        honest = self.witness("honest").start()
        self.write_policy("all", honest=(honest.vkey, honest.url()))
        self.fill(2)
        self.submit()
        honest.stop()
        honest.start(listen=honest.address)
        (self.state / "checkpoint.published").unlink()  # the client no longer knows what it has cosigned
        self.fill(2)
        self.assertIn("4 records: 1 cosignatures, 0 witnesses failed", self.submit())
        published = self.get("/log/published-checkpoint")
        self.assertIn(b"\n4\n", published)

        # A request out of step, by hand.
        body = b"old 1\n\n" + published
        answer = subprocess.run(["curl", "-s", "-o", "-", "-w", "%{http_code} %{content_type}", "--data-binary", "@-",
                                 f"{honest.url()}/add-checkpoint"], input=body, capture_output=True, check=True).stdout
        self.assertEqual(answer, b"4\n409 text/x.tlog.size")

    def test_a_rewritten_log_is_not_cosigned(self):
        honest = self.witness("honest").start()
        self.write_policy("all", honest=(honest.vkey, honest.url()))
        self.fill(2)
        self.submit()
        kept = self.get("/log/published-checkpoint")
        self.assertEqual(self.service.stop(), 0)

        # The key's holder begins another log of the same name and key, and signs it as if nothing had been.
        other_state = self.state / "other"
        other_state.mkdir()
        shutil.copy(self.state / "key", other_state / "key")
        self.database = service.Database()
        self.addCleanup(self.database.drop)
        self.service = service.Service(self.database, other_state, ZCD_WITNESS_POLICY=str(self.policy)).prepare()
        self.addCleanup(lambda: self.service.process and self.service.process.poll() is None and self.service.kill())
        self.assertIsNone(self.service.start(), self.service.said())
        self.fill(3)
        self.assertIn("answered 422", self.submit(status=66))
        self.assertIn("inconsistent", (honest.folder / "said").read_text(encoding="utf-8"))
        self.get("/log/published-checkpoint", status=404)
        (self.state / "kept").write_bytes(kept)
        (self.state / "now").write_bytes(self.get("/log/checkpoint"))
        self.verify("consistency", self.state / "kept", self.state / "now", "--key", self.service.vkey, status=1)

    def test_checkpoints_are_timestamped_and_bundles_say_when(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="zcd-tsa-"))
        self.addCleanup(shutil.rmtree, folder)
        authority = make_authority(folder)
        self.addCleanup(authority.stop)
        del self.service.settings["ZCD_WITNESS_POLICY"]
        self.service.settings["ZCD_TIMESTAMP_URL"] = authority.url
        self.fill(1)
        self.assertIn("timestamped", self.submit())
        bundle = self.bundle()
        self.assertIn("Timestamped at 2", self.verify("bundle", bundle, "--key", self.service.vkey, "--tsa", folder / "ca.pem"))
        self.verify("bundle", bundle, "--key", self.service.vkey)
        self.verify("bundle", bundle, "--key", self.service.vkey, "--tsa", folder / "tsa.key", status=1)

        # OpenSSL alone comes to the same.
        note = self.get("/log/published-checkpoint")
        (self.state / "text").write_bytes(note.rsplit(b"\n\n", 1)[0] + b"\n")
        run = subprocess.run(["openssl", "ts", "-verify", "-data", self.state / "text", "-in",
                              self.state / "checkpoint.published.tsr", "-token_in", "-CAfile", folder / "ca.pem"],
                             capture_output=True, text=True, check=False)
        self.assertIn("Verification: OK", run.stdout + run.stderr)

        # A record that is not in the published checkpoint yet comes with the newest one, and without a timestamp.
        newer = self.bundle(self.fill(1))
        self.verify("bundle", newer, "--key", self.service.vkey)
        said = self.verify("bundle", newer, "--key", self.service.vkey, "--tsa", folder / "ca.pem", status=1)
        self.assertIn("there is no timestamp", said)

    def test_a_mirror_copies_resumes_and_notices_what_was_rewritten(self):
        url, folder = f"http://{self.service.address}/log", self.state / "mirror"
        token = self.state / "token"
        token.write_text(service.REGULATOR_TOKEN + "\n", encoding="ascii")

        def mirror(*more, status=0):
            run = service.zcd("mirror", url, folder, "--key", self.service.vkey, "--token-file", token, *more)
            self.assertEqual(run.returncode, status, run.stdout + run.stderr)
            return run.stdout + run.stderr

        self.fill(3)
        self.assertEqual(mirror(), "copied 3 records: 1 files of records fetched, 0 kept\n")
        self.verify("tiles", folder, "--key", self.service.vkey, "--records")
        # Copying is on record, once a day: what that added is copied, and adds nothing more.
        self.assertEqual(mirror(), "copied 4 records: 1 files of records fetched, 0 kept\n")
        self.assertEqual(mirror(), "copied 4 records: 0 files of records fetched, 1 kept\n")
        self.fill(2)
        kept = (folder / "checkpoint").read_bytes()
        self.assertEqual(mirror(), "copied 6 records: 1 files of records fetched, 0 kept\n")
        (self.state / "kept").write_bytes(kept)
        self.verify("tiles", folder, "--key", self.service.vkey, "--old", self.state / "kept")

        # Somebody rewrites a record in the database: what is served no longer leads to the root that was signed.
        self.fill(1)
        self.database.run("UPDATE log_leaf SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'assessment', 'assessmenx'),"
                          " 'UTF8') WHERE index = 6")
        before = (folder / "checkpoint").read_bytes()
        self.assertIn("do not lead to the signed root", mirror(status=70))
        self.assertEqual((folder / "checkpoint").read_bytes(), before)
        self.verify("tiles", folder, "--key", self.service.vkey)
        mirror_with_wrong_key = service.zcd("mirror", url, folder, "--key", "x+00000000+AAAA", "--token-file", token)
        self.assertNotEqual(mirror_with_wrong_key.returncode, 0)


if __name__ == "__main__":
    service.main()
