"""Every step of a batch, with the service or PostgreSQL killed there, connections cut around COMMIT, and full disks.

After each: the log is dense, every record has its rows and documents, what was acknowledged is there, and the log extends every
checkpoint that was ever published. Needs a build with fault points (audit/fault.h), and a PostgreSQL of its own to kill.
"""
import json
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import service

STEPS = ("head_locked", "sealed", "rows_queued", "committed", "checkpoint_signed", "checkpoint_written",
         "checkpoint_renamed", "signed")
KEPT_BEFORE_SIGNING = STEPS[3:]


class FaultTest(service.ServiceTest):
    starts_service = False

    def setUp(self):
        super().setUp()
        self.dossiers = service.distinct_dossiers()
        self.acknowledged = []
        self.assertIsNone(self.service.start(), self.service.said())
        self.assess(201)

    def assess(self, expected=None, **options):
        """One assessment; remembers what was acknowledged. None when the connection ended without an answer."""
        try:
            status, fields, body = self.service.assess(next(self.dossiers), **options)
        except (OSError, service.http.client.HTTPException):
            self.assertIsNone(expected)
            return None
        if status == 201:
            self.acknowledged.append(json.loads(body))
        if status == 503:
            self.assertIn("retry-after", fields)
        if expected is not None:
            self.assertEqual(status, expected, body)
        return status

    def restart(self, **environment):
        """Stop by any means, start with a fault point or without."""
        if self.service.process.poll() is None:
            self.assertEqual(self.service.stop(), 0, self.service.said())
        os.environ.pop("FAULT_POINT", None)
        os.environ.update(environment)
        try:
            return self.service.start()
        finally:
            os.environ.pop("FAULT_POINT", None)

    def check(self):
        """Everything that must hold, through the service that runs; the number of assessments."""
        self.assess(201)
        ask, size = self.database.number, self.database.log_size()
        assessments = ask("SELECT count(*) FROM assessment")
        self.assertEqual(ask("SELECT coalesce(max(index) + 1, 0) FROM log_leaf"), size)
        self.assertEqual(ask("SELECT size FROM log_head"), size)
        self.assertEqual(ask("SELECT count(*) FROM assessment a JOIN log_record r ON r.index = a.log_index AND r.uscc = a.uscc"
                             " AND r.outcome = a.outcome"), ask("SELECT count(*) FROM log_record WHERE kind = 'assessment'"))
        self.assertEqual(ask("SELECT count(*) FROM (SELECT uscc FROM log_record GROUP BY uscc"
                             " HAVING min(sequence) <> 1 OR max(sequence) <> count(*)) gaps"), 0)
        self.assertEqual(ask("SELECT sum(leaf_count) FROM log_batch"), size)
        for name in ("dossier", "policy", "decision"):
            self.assertEqual(ask(f"SELECT count(*) FROM assessment a JOIN document d ON d.sha256 = a.{name}_sha256"),
                             ask("SELECT count(*) FROM assessment"))
        for answer in self.acknowledged:
            status, _, body = self.service.request("GET", f"/v1/audit/records/{answer['log_index']}")
            self.assertEqual((status, json.loads(body)["leaf"]), (200, answer["leaf"]))
        # All leaves, all tiles, and that this log extends the one exported before.
        exported = service.zcd("audit", "export", "--to", self.state / "mirror", **self.service.environment())
        self.assertEqual(exported.returncode, 0, exported.stderr)
        # Of every size at most one root was ever signed.
        roots = {}
        for answer in self.acknowledged:
            _, signed_size, root = answer["proof"].split("\n\n")[1].split("\n")[:3]
            self.assertEqual(roots.setdefault(signed_size, root), root)
        replayed = service.zcd("audit", "replay", **self.service.environment())
        self.assertEqual(replayed.returncode, 0, replayed.stderr)  # decisions match leaves
        return assessments

    # ------------------------------------------------------------ the service

    def test_the_service_killed_at_every_step(self):
        for step in STEPS:
            with self.subTest(step):
                before = self.database.number("SELECT count(*) FROM assessment")
                self.assertIsNone(self.restart(FAULT_POINT=f"{step}:kill"), self.service.said())
                self.assertIsNone(self.assess())
                self.assertEqual(self.service.process.wait(30), -signal.SIGKILL)
                kept = self.database.number("SELECT count(*) FROM assessment") - before
                self.assertEqual(kept, 1 if step in KEPT_BEFORE_SIGNING else 0)
                self.assertIsNone(self.restart(), self.service.said())
                self.assertEqual(self.check(), before + kept + 1)

    def test_killed_again_while_it_signs_what_it_finds(self):
        self.assertIsNone(self.restart(FAULT_POINT="committed:kill"), self.service.said())
        self.assertIsNone(self.assess())
        self.service.process.wait(30)
        for step in ("checkpoint_signed", "checkpoint_written", "checkpoint_renamed"):
            self.assertEqual(self.restart(FAULT_POINT=f"{step}:kill"), -signal.SIGKILL)
        self.assertIsNone(self.restart(), self.service.said())
        self.assertEqual(self.check(), 3)

    # ------------------------------------------------------------ the disk

    def test_a_checkpoint_store_whose_disk_is_full(self):
        program = self.state / "limited"
        program.write_text(f"#!/bin/sh\ntrap '' XFSZ\nexec {service.bin_dir().resolve() / 'zcd'} \"$@\"\n", encoding="utf-8")
        program.chmod(0o755)
        self.assertEqual(self.service.stop(), 0)
        self.service = self.new_service("limited", program=program)
        self.service.vkey = service.zcd("key", "show", **self.service.environment()).stdout.strip()
        self.assertIsNone(self.service.start(), self.service.said())
        self.assess(201)
        checkpoint = (self.state / "checkpoint").read_bytes()
        limit = (0, resource.RLIM_INFINITY)
        resource.prlimit(self.service.process.pid, resource.RLIMIT_FSIZE, limit)
        self.assess(503)
        self.assertEqual((self.state / "checkpoint").read_bytes(), checkpoint)
        resource.prlimit(self.service.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        deadline = time.monotonic() + 30
        while self.assess() != 201 and time.monotonic() < deadline:
            time.sleep(0.1)
        self.check()

    # ------------------------------------------------------------ the connection

    def test_the_connection_cut_around_commit(self):
        for when in ("before", "after"):
            with self.subTest(when):
                before = self.database.number("SELECT count(*) FROM assessment")
                with Cutter(self.database.url, when) as cutter:
                    self.assertEqual(self.service.stop(), 0)
                    direct, self.service.database = self.database, cutter.of(self.database)
                    try:
                        self.assertIsNone(self.service.start(), self.service.said())
                        cutter.arm()
                        self.assess(201)
                        self.assertEqual(cutter.cuts, 1)
                        self.assertEqual(self.database.number("SELECT count(*) FROM assessment"), before + 1)  # found out: kept once, not twice
                        self.assertEqual(self.check(), before + 2)
                        self.assertEqual(self.service.stop(), 0)
                    finally:
                        self.service.database = direct
                self.assertIsNone(self.service.start(), self.service.said())


class Cutter:
    """Stands between service and server; cuts the connection once when a COMMIT passes: before it, or behind it unanswered."""

    def __init__(self, url, when):
        self.when, self.cuts, self.armed = when, 0, False
        host, port = re.search(r"host='?([^' ]+)", url), re.search(r"port='?(\d+)", url)
        self.server = f"{host.group(1)}/.s.PGSQL.{port.group(1) if port else 5432}"
        self.folder = tempfile.TemporaryDirectory(prefix="zcd-cut-")
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(f"{self.folder.name}/.s.PGSQL.5432")
        self.listener.listen(16)

    def of(self, database):
        class Through:
            url = re.sub(r"host='?[^' ]+'?", f"host='{self.folder.name}'", database.url) + " port=5432"
        return Through()

    def arm(self):
        self.armed = True

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()
        self.folder.cleanup()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.server)
            silent = threading.Event()
            threading.Thread(target=self.carry, args=(client, server, silent), daemon=True).start()
            threading.Thread(target=self.answer, args=(server, client, silent), daemon=True).start()

    def carry(self, client, server, silent):
        """From the service to the server. db_commit is the name of the prepared COMMIT (db/transaction.c)."""
        try:
            while data := client.recv(1 << 20):
                if self.armed and b"log_insert_batch" in data and b"db_commit" in data:
                    self.armed = False
                    self.cuts += 1
                    if self.when == "after":
                        silent.set()
                        server.sendall(data)
                        time.sleep(0.5)
                    break
                server.sendall(data)
        except OSError:
            pass
        for end in (client, server):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()

    @staticmethod
    def answer(server, client, silent):
        try:
            while data := server.recv(1 << 20):
                if not silent.is_set():
                    client.sendall(data)
        except OSError:
            pass


class ServerFaultTest(FaultTest):
    """The same with a PostgreSQL of one's own, which is killed at every step of the batch."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="zcd-faults-", dir=service.SOURCE / "build")
        cls.cluster("start")
        cls.outer = os.environ["ZCD_TEST_DATABASE_URL"]
        os.environ["ZCD_TEST_DATABASE_URL"] = cls.cluster("url")

    @classmethod
    def tearDownClass(cls):
        os.environ["ZCD_TEST_DATABASE_URL"] = cls.outer
        cls.cluster("stop")
        cls.folder.cleanup()

    @classmethod
    def cluster(cls, command):
        return subprocess.run([service.SOURCE / "db/cluster", command, pathlib.Path(cls.folder.name) / "pg"], check=True, text=True,
                              capture_output=True, env=service.clean_environment()).stdout.strip()

    def server_processes(self):
        """The cluster's own, the first of them the one that makes the others."""
        data = self.database.run("SHOW data_directory", url=self.database.server)
        postmaster = int((pathlib.Path(data) / "postmaster.pid").read_text(encoding="ascii").split("\n", 1)[0])
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(postmaster)], text=True, capture_output=True,
                                  check=False).stdout.split()
        return [postmaster, *map(int, children)]

    def kill_server(self):
        """kill -9 of every process of the cluster, then start it again: it recovers from its WAL."""
        for pid in self.server_processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        for _ in range(100):
            try:
                self.cluster("start")
                return
            except subprocess.CalledProcessError:
                time.sleep(0.1)
        self.fail("PostgreSQL did not come up again")

    def limit_files(self, size):
        """No process of the cluster writes beyond so many bytes of a file from now on: what a full disk is to what grows."""
        for pid in self.server_processes():
            account = pathlib.Path(f"/proc/{pid}").owner() if pathlib.Path(f"/proc/{pid}").exists() else None
            if account is None:  # it has ended by itself
                continue
            as_account = ["runuser", "-u", account, "--"] if os.getuid() == 0 else []  # even root may not limit others' everywhere
            subprocess.run([*as_account, "prlimit", "--pid", str(pid), f"--fsize={size}:unlimited"], check=True, capture_output=True)

    def fill_documents(self):
        """Every part of the table of documents is larger than a segment of WAL (16 MB), so that only it meets the limit."""
        self.database.run("""
            DO $$ DECLARE part text; BEGIN
                FOR part IN SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'document'::regclass LOOP
                    EXECUTE format('ALTER TABLE %s ALTER COLUMN body SET STORAGE EXTERNAL', part);
                END LOOP;
                INSERT INTO document SELECT sha256(body), 1, body
                FROM (SELECT convert_to(n || repeat('x', 1048576), 'UTF8') AS body FROM generate_series(1, 280) n) filler;
                FOR part IN SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'document'::regclass LOOP
                    EXECUTE format('ALTER TABLE %s ALTER COLUMN body SET STORAGE EXTENDED', part);
                END LOOP;
            END $$""")
        smallest = self.database.number("SELECT min(pg_relation_size(c.reltoastrelid)) FROM pg_inherits i JOIN pg_class c"
                                        " ON c.oid = i.inhrelid WHERE i.inhparent = 'document'::regclass")
        self.assertGreater(smallest, 16 << 20)
        self.database.run("CHECKPOINT")

    def test_a_database_whose_disk_is_full(self):
        self.fill_documents()
        before = self.database.number("SELECT count(*) FROM assessment")
        self.limit_files(16 << 20)
        for _ in range(3):
            # PostgreSQL calls a file that may not grow an internal error (XX000), and only a device without space a full disk (53100).
            self.assertIn(self.assess(), (500, 503))
        self.assertEqual(self.database.number("SELECT count(*) FROM assessment"), before)  # nothing half made
        self.limit_files("unlimited")
        deadline = time.monotonic() + 30
        while self.assess() != 201 and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(self.check(), before + 2)

    def test_postgresql_killed_at_every_step(self):
        for step in STEPS:
            with self.subTest(step):
                before = self.database.number("SELECT count(*) FROM assessment")
                marker = self.state / "held"
                self.assertIsNone(self.restart(FAULT_POINT=f"{step}:wait:{marker}"), self.service.said())
                client = threading.Thread(target=self.assess)
                client.start()
                deadline = time.monotonic() + 30
                while not marker.exists() and time.monotonic() < deadline:
                    time.sleep(0.01)
                self.assertTrue(marker.exists(), self.service.said())
                self.kill_server()
                marker.unlink()
                client.join(60)
                # It comes back by itself, answered or not; the record is there at most once.
                deadline = time.monotonic() + 60
                while self.service.request("GET", "/readyz", token=None)[0] != 200 and time.monotonic() < deadline:
                    time.sleep(0.1)
                self.assertEqual(self.check(), before + 2)

    # Only the server is at stake here.
    test_the_service_killed_at_every_step = None
    test_killed_again_while_it_signs_what_it_finds = None
    test_a_checkpoint_store_whose_disk_is_full = None
    test_the_connection_cut_around_commit = None


if __name__ == "__main__":
    if b"FAULT_POINT" not in (service.bin_dir() / "zcd").read_bytes():
        print("skipped: this build has no fault points")
        sys.exit(service.SKIPPED)
    service.main()
