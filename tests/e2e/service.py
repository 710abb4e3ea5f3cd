"""A service of one's own for a test: a fresh database, key and checkpoint, and `zcd serve` on a free loopback port.

ZCD_TEST_DATABASE_URL names a PostgreSQL server (libpq connection string, superuser); ZCD_BIN_DIR the folder of zcd and
zcd-verify. Without a server, tests are skipped (exit status 77, which CTest knows). Standard library only.
"""
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import conformity
import seen

SOURCE = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = SOURCE / "data/examples/zhicheng-2020-10.json"
TOKEN = "e2e-0123456789abcdef0123456789abcdef"
REGULATOR_TOKEN = "e2e-regulator-0123456789abcdef0123456789"
LENDER = "e2e-bank"
USERS = {"officer-1": ("officer,approver", ("--lender", LENDER), TOKEN), "regulator-1": ("regulator", (), REGULATOR_TOKEN)}
ORIGIN = "localhost/e2e"
SKIPPED = 77


def forbidden_in_logs():
    """What no service of any test may say: tokens, and of the example its codes, names and amounts."""
    def of(value):
        if isinstance(value, dict):
            for name, inner in value.items():
                if name.endswith("_fen") and isinstance(inner, int) and inner >= 100_000_000:
                    yield str(inner)
                yield from of(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from of(inner)
        elif isinstance(value, str) and (not value.isascii() or re.fullmatch(r"[0-9A-Z]{18}", value)):
            yield value

    return {TOKEN, REGULATOR_TOKEN, *of(json.loads(EXAMPLE.read_bytes()))}


FORBIDDEN_IN_LOGS = forbidden_in_logs()


def bin_dir():
    return pathlib.Path(os.environ.get("ZCD_BIN_DIR", SOURCE / "build/bin"))


def is_sanitized(binary):
    return b"__asan_init" in pathlib.Path(binary).read_bytes()


def clean_environment(**settings):
    """The environment without settings of ours, which the service would take or refuse, and with these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZCD_")}
    return {**kept, **{name: str(value) for name, value in settings.items()}}


def zcd(*words, text=None, **settings):
    """Run a command of zcd to its end."""
    return subprocess.run([bin_dir() / "zcd", *words], input=text, capture_output=True, text=True, check=False,
                          env=clean_environment(**settings))


def with_database(url, name):
    """The same connection string with another database: in both forms of libpq, what comes later wins."""
    if not re.match(r"postgres(ql)?://", url):
        return f"{url} dbname={name}"
    return f"{url}{'&' if '?' in url else '?'}dbname={name}"


class Database:
    """A database of its own on the test server, dropped at the end."""

    count = 0

    def __init__(self):
        Database.count += 1
        self.server = os.environ["ZCD_TEST_DATABASE_URL"]
        self.name = f"zcd_e2e_{os.getpid()}_{Database.count}"
        self.url = with_database(self.server, self.name)
        self.run(f"CREATE DATABASE {self.name}", url=self.server)

    def run(self, sql, url=None):
        """Run statements; the rows as unaligned text."""
        return subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", url or self.url], input=sql, text=True,
                              capture_output=True, check=True).stdout.strip()

    def number(self, sql):
        return int(self.run(sql))

    def log_size(self):
        return self.number("SELECT count(*) FROM log_leaf")

    def drop(self):
        self.run(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)", url=self.server)


class Service:
    """zcd serve, and what it needs. Several may share one database and one state folder."""

    def __init__(self, database, state, name="1", program=None, **settings):
        self.database, self.state, self.name = database, pathlib.Path(state), name
        self.program = program or bin_dir() / "zcd"
        self.settings = settings
        self.process = None
        self.address = None

    def environment(self):
        """Settings; None takes one of them away."""
        settings = {"ZCD_DATABASE_URL": self.database.url, "ZCD_KEY_FILE": self.state / "key",
                    "ZCD_ORIGIN": ORIGIN, "ZCD_CHECKPOINT_STORE": self.state / "checkpoint",
                    "ZCD_SPOOL_DIRECTORY": self.state / "spool", "ZCD_LISTEN": "127.0.0.1:0", **self.settings}
        return {name: value for name, value in settings.items() if value is not None}

    def prepare(self):
        """Key, tables, a place for large bodies. The verifier's key is kept in self.vkey."""
        (self.state / "spool").mkdir(exist_ok=True)
        if not (self.state / "key").exists():
            made = zcd("key", "new", **self.environment())
            assert made.returncode == 0, made.stderr
        self.vkey = zcd("key", "show", **self.environment()).stdout.strip()
        migrated = zcd("migrate", **self.environment())
        assert migrated.returncode == 0, migrated.stderr
        for user, (roles, belongs, token) in USERS.items():
            self.add_user(user, roles, *belongs, token=token)
        return self

    def add_user(self, user, roles, *belongs, token):
        """A user with a token; no harm when the database has both already."""
        for words, text in ((("user", "add", user, "--roles", roles, *belongs), None), (("token", "new", user, "--stdin"), token)):
            run = zcd(*words, text=text, **self.environment())
            assert run.returncode in (0, 75), run.stderr

    def notices(self):
        path = self.state / f"serve-{self.name}.log"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("{")]

    def start(self, wait_s=60):
        """Start and wait until it serves; the exit status when it ends instead, else None."""
        path = self.state / f"serve-{self.name}.log"
        with open(path, "wb") as errors:
            self.process = subprocess.Popen([self.program, "serve"], stdin=subprocess.DEVNULL, stdout=errors,
                                            stderr=errors, env=clean_environment(**self.environment()))
        deadline = time.monotonic() + wait_s
        while time.monotonic() < deadline:
            status = self.process.poll()
            if status is not None:
                return status
            serving = re.search(r'"event":"serving","address":"([^"]+)"', path.read_text(encoding="utf-8"))
            if serving:
                self.address = serving.group(1)
                return None
            time.sleep(0.02)
        raise AssertionError(f"zcd serve did not come up: {path.read_text(encoding='utf-8')}")

    def said(self):
        return (self.state / f"serve-{self.name}.log").read_text(encoding="utf-8")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, wait_s=60):
        """SIGTERM; the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(wait_s)

    def memory_peak_kb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1))

    def connect(self, timeout_s=60):
        host, port = self.address.rsplit(":", 1)
        return http.client.HTTPConnection(host, int(port), timeout=timeout_s)

    def raw(self, timeout_s=60):
        host, port = self.address.rsplit(":", 1)
        return socket.create_connection((host, int(port)), timeout=timeout_s)

    def request(self, method, path, body=None, token=USERS, connection=None, **fields):
        """One request, unless it says otherwise in English and with the token of the regulator for the log and of the officer for
        all else; (status, fields with names in lower case, body bytes)."""
        if token is USERS:
            token = REGULATOR_TOKEN if path.startswith(("/v1/audit", "/log")) else TOKEN
        headers = {"Accept-Language": "en"} | {name.replace("_", "-"): value for name, value in fields.items()}
        headers = {name: value for name, value in headers.items() if value is not None}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        used = connection or self.connect()
        try:
            used.request(method, path, body=body, headers=headers)
            response = used.getresponse()
            got = {name.lower(): value for name, value in response.getheaders()}
            answer = response.read()
            conformity.check(method, path, {name.lower(): value for name, value in headers.items()}, body, response.status, got, answer)
            return response.status, got, answer
        finally:
            if connection is None:
                used.close()

    def assess(self, dossier, connection=None, **options):
        options.setdefault("Content_Type", "application/json")
        return self.request("POST", "/v1/assessments", dossier, connection=connection, **options)


class ServiceTest(unittest.TestCase):
    """Each test gets self.database, self.state and, unless it says otherwise, a running self.service."""

    starts_service = True

    def setUp(self):
        self.database = Database()
        self.addCleanup(self.database.drop)
        folder = tempfile.TemporaryDirectory(prefix="zcd-e2e-")
        self.addCleanup(folder.cleanup)
        self.state = pathlib.Path(folder.name)
        self.service = self.new_service()
        self.service.prepare()
        if self.starts_service:
            self.assertIsNone(self.service.start(), self.service.said())

    def new_service(self, name="1", **options):
        service = Service(self.database, self.state, name, **options)

        def end():
            if service.process is not None and service.process.poll() is None:
                service.kill()
            if service.process is not None and service.process.returncode not in (0, -signal.SIGKILL):
                said = service.said()
                if "ERROR: AddressSanitizer" in said or "runtime error" in said or "LeakSanitizer" in said:
                    sys.stderr.write(said)
                    raise AssertionError("a sanitizer complained")

        def look_at_the_log():
            log = self.state / f"serve-{service.name}.log"
            said = log.read_text(encoding="utf-8") if log.exists() else ""
            found = [text for text in FORBIDDEN_IN_LOGS if text in said]
            self.assertEqual(found, [], "the service's log holds what it must not")

        self.addCleanup(look_at_the_log)
        self.addCleanup(end)
        return service

    def verify_record(self, index, service=None):
        """Fetch the record's bundle and have zcd-verify judge it; its report."""
        status, fields, bundle = (service or self.service).request("GET", f"/v1/audit/records/{index}/bundle")
        self.assertEqual(status, 200, bundle)
        self.assertEqual(fields["content-type"], "application/zip")
        path = self.state / f"record-{index}.zip"
        path.write_bytes(bundle)
        run = subprocess.run([bin_dir() / "zcd-verify", "bundle", path, "--key", self.service.vkey, "--json"],
                             capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        return json.loads(run.stdout)


def distinct_dossiers():
    """Without end: the example with another application id each time, so that no two are the same bytes."""
    before, after = EXAMPLE.read_bytes().split(b'"id": "a1"')
    count = 0
    while True:
        count += 1
        yield before + b'"id": "a1-%d"' % count + after


def main():
    """For the end of a test file: skip without a server, run otherwise."""
    if not os.environ.get("ZCD_TEST_DATABASE_URL"):
        print("skipped: ZCD_TEST_DATABASE_URL is not set")
        sys.exit(SKIPPED)
    seen.note_test()
    unittest.main()
