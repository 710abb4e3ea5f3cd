#!/usr/bin/env python3
"""docker-compose.yml from outside, by hand: it comes up by itself, loses nothing when containers are killed, and is shut in.

    python3 tests/e2e/compose_run.py                        with docker compose and docker
    python3 tests/e2e/compose_run.py --compose "podman-compose" --engine podman
    ... --keep    leaves it running; --fresh removes its volumes, and all that is in them, before and after

Takes the ports of docker-compose.yml (127.0.0.1:8080 and 8081). Not part of ./check, which needs no container engine.
While four callers assess through both services, it kills in turn one service, the other, and the database (SIGKILL), and
starts each again. Then every assessment that was answered with 201 must be there, at the place in the log that the answer
named, and zcd-verify must find the whole log in order.
"""
import argparse
import http.client
import json
import pathlib
import shlex
import subprocess
import sys
import threading
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = SOURCE / "data/examples/zhicheng-2020-10.json"
PORTS = {"service": 8080, "replica": 8081}


class Stack:
    def __init__(self, compose, engine):
        self.compose, self.engine = shlex.split(compose), shlex.split(engine)

    def up(self):
        subprocess.run([*self.compose, "up", "-d", "--build"], cwd=SOURCE, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def down(self):
        subprocess.run([*self.compose, "down"], cwd=SOURCE, check=True, capture_output=True)

    def run(self, *words, check=True):
        return subprocess.run([*self.engine, *words], capture_output=True, text=True, check=check)

    def container(self, name):
        found = self.run("ps", "-aq", "--filter", f"label=com.docker.compose.service={name}", "--filter",
                         f"label=com.docker.compose.project={self.project()}").stdout.split()
        assert len(found) == 1, (name, found)
        return found[0]

    def project(self):
        return SOURCE.name.lower()

    def beside(self, name, *words, check=True):
        """Run a command with the image, the user, the volumes and the network of a service, as confined as it is."""
        container = self.container(name)
        return self.run("run", "--rm", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--user", "10001:10001",
                        "--volumes-from", container, "--network", f"container:{container}",
                        "--env", "ZCD_DATABASE_URL_FILE=/secrets/database-url", "--env", "ZCD_ORIGIN=localhost/zhengcaidai",
                        "--env", "ZCD_KEY_FILE=/state/log.key", "--env", "ZCD_CHECKPOINT_STORE=/state/checkpoint",
                        "--entrypoint", "", "zhengcaidai", *words, check=check)

    def kill(self, name):
        self.run("kill", "-s", "KILL", self.container(name))

    def start(self, name):
        self.run("start", self.container(name))

    def remove_volumes(self):
        for name in ("database", "state", "secrets"):
            self.run("volume", "rm", f"{self.project()}_{name}", check=False)


def request(port, method, path, token=None, body=None, **fields):
    """(status, document or bytes); status 0 when nobody was there, or left."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {name.replace("_", "-"): value for name, value in fields.items()}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def wait_until_ready(port, wait_s=180):
    deadline = time.monotonic() + wait_s
    while request(port, "GET", "/readyz")[0] != 200:
        assert time.monotonic() < deadline, f"port {port} did not become ready"
        time.sleep(0.2)


class Callers:
    """Assess without end through both services; a refusal or a broken connection is no loss, a lost 201 is."""

    def __init__(self, token):
        self.token, self.stopping, self.lock = token, threading.Event(), threading.Lock()
        self.acknowledged, self.others = {}, {}
        self.threads = [threading.Thread(target=self.call, args=(i,)) for i in range(4)]
        for thread in self.threads:
            thread.start()

    def call(self, number):
        before, after = EXAMPLE.read_bytes().split(b'"id": "a1"')
        port, count = list(PORTS.values())[number % 2], 0
        while not self.stopping.is_set():
            count += 1
            dossier = before + b'"id": "a1-%d-%d"' % (number, count) + after
            status, body = request(port, "POST", "/v1/assessments", self.token, dossier, Content_Type="application/json")
            with self.lock:
                if status == 201:
                    document = json.loads(body)
                    self.acknowledged[document["id"]] = document["log_index"]
                else:
                    self.others[status] = self.others.get(status, 0) + 1
            if status != 201:
                time.sleep(0.1)

    def wait_for(self, more, wait_s=120):
        """Until that many more were answered with 201."""
        aim, deadline = len(self.acknowledged) + more, time.monotonic() + wait_s
        while len(self.acknowledged) < aim:
            assert time.monotonic() < deadline, f"no more answers: {self.others}"
            time.sleep(0.05)

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()


def check_shut_in(stack):
    for name in PORTS:
        found = json.loads(stack.run("inspect", stack.container(name)).stdout)[0]
        assert found["Config"]["User"] == "10001:10001", "it runs as another user"
        assert found["HostConfig"]["ReadonlyRootfs"], "its root file system can be written"
        assert "no-new-privileges" in str(found["HostConfig"]["SecurityOpt"])
        process = pathlib.Path(f"/proc/{found['State']['Pid']}/status")
        if process.exists():  # the engine is on this machine, and we may look
            assert "CapEff:\t0000000000000000" in process.read_text(), "it has rights that it does not need"
        assert stack.beside(name, "sh", "-c", "echo x >>/secrets/database-url", check=False).returncode != 0
        assert stack.beside(name, "cat", "/secrets/database-password", check=False).returncode != 0
    settings = stack.beside("service", "zcd", "config").stdout
    assert "ZCD_DATABASE_URL           (given)" in settings and "password" not in settings
    metrics = stack.beside("service", "curl", "-fsS", "http://127.0.0.1:9464/metrics").stdout
    assert "zcd_audit_chain_height " in metrics


def kill_each(stack, callers):
    callers.wait_for(50)
    for name in ("service", "replica", "database"):
        stack.kill(name)
        if name != "database":
            callers.wait_for(20)  # the other goes on
        stack.start(name)
        for port in PORTS.values():
            wait_until_ready(port)
        callers.wait_for(50)
        print(f"killed {name} and started it again: {len(callers.acknowledged)} assessments, others {callers.others}", flush=True)


def check_nothing_lost(stack, callers):
    for number, (assessment, index) in enumerate(callers.acknowledged.items()):
        status, body = request(list(PORTS.values())[number % 2], "GET", f"/v1/assessments/{assessment}", callers.token)
        assert status == 200, (assessment, status)
        assert json.loads(body)["log_index"] == index, assessment
    assert len(set(callers.acknowledged.values())) == len(callers.acknowledged), "two assessments at one place"
    checked = stack.beside("service", "sh", "-c", 'zcd audit export --to /tmp/export >/dev/null && '
                           'zcd-verify tiles /tmp/export --key "$(zcd key show)"')
    print(checked.stdout.strip())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compose", default="docker compose")
    parser.add_argument("--engine", default="docker")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    options = parser.parse_args()
    stack = Stack(options.compose, options.engine)
    if options.fresh:
        stack.down()
        stack.remove_volumes()
    began = time.monotonic()
    stack.up()
    for port in PORTS.values():
        wait_until_ready(port)
    print(f"up and ready after {time.monotonic() - began:.0f} s", flush=True)
    check_shut_in(stack)
    callers = Callers(stack.beside("service", "cat", "/state/tokens/officer").stdout.strip())
    try:
        kill_each(stack, callers)
    finally:
        callers.stop()
    check_nothing_lost(stack, callers)
    print(f"nothing lost: {len(callers.acknowledged)} assessments answered, all there; not answered: {callers.others}")
    if not options.keep:
        stack.down()
        if options.fresh:
            stack.remove_volumes()


if __name__ == "__main__":
    sys.exit(main())
