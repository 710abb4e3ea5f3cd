"""The start: what systemd is told, how soon the service is ready, how little it holds when idle, settings from files."""
import pathlib
import re
import socket
import statistics
import sys
import time

import service
from test_memory import release_program

READY_MS_MAX = 300
IDLE_KB_MAX = 40 * 1024


class StartTest(service.ServiceTest):
    starts_service = False

    def test_tells_the_service_manager(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(str(self.state / "notify"))
            manager.settimeout(30)
            told = self.new_service("told", NOTIFY_SOCKET=self.state / "notify")
            self.assertIsNone(told.start(), told.said())
            self.assertEqual(manager.recv(100), b"READY=1")
            self.assertEqual(told.stop(), 0)
            self.assertEqual(manager.recv(100), b"STOPPING=1")

    def test_takes_an_abstract_socket_and_no_other_nonsense(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            name = f"zcd-e2e-{self.database.name}"
            manager.bind("\0" + name)
            manager.settimeout(30)
            for count, where in enumerate(("@" + name, "nowhere", "/" + "x" * 200, "/nowhere/socket")):
                told = self.new_service(f"told-{count}", NOTIFY_SOCKET=where)
                self.assertIsNone(told.start(), told.said())
                self.assertEqual(told.stop(), 0)
            self.assertEqual([manager.recv(100), manager.recv(100)], [b"READY=1", b"STOPPING=1"])
            manager.setblocking(False)
            self.assertRaises(BlockingIOError, manager.recv, 100)

    def test_answers_startupz(self):
        self.assertIsNone(self.service.start(), self.service.said())
        self.assertEqual(self.service.request("GET", "/startupz", token=None)[::2], (200, b'{"status":"started"}'))

    def test_takes_settings_and_secret_from_files(self):
        """As a container or systemd hands them over: nothing in the environment but where the file is."""
        settings = {name: str(value) for name, value in self.service.environment().items()}
        (self.state / "url").write_text(settings.pop("ZCD_DATABASE_URL") + "\n", encoding="utf-8")
        settings["ZCD_DATABASE_URL_FILE"] = str(self.state / "url")
        path = self.state / "zcd.conf"
        path.write_text("# ours\n" + "".join(f"{name}={value}\n" for name, value in settings.items()), encoding="utf-8")
        other = self.new_service("file")
        other.environment = lambda: {"ZCD_CONFIG_FILE": path}
        self.assertIsNone(other.start(), other.said())
        self.assertEqual(other.assess(service.EXAMPLE.read_bytes())[0], 201)
        shown = service.zcd("config", ZCD_CONFIG_FILE=path, ZCD_WORKERS=3)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertRegex(shown.stdout, r"(?m)^ZCD_WORKERS +3 +# environment$")
        self.assertRegex(shown.stdout, r"(?m)^ZCD_DATABASE_URL +\(given\) +# file$")
        self.assertNotIn(self.database.name, shown.stdout)
        path.write_text(path.read_text(encoding="utf-8") + "ZCD_LISTN=x\n", encoding="utf-8")
        refused = service.zcd("config", ZCD_CONFIG_FILE=path)
        self.assertEqual((refused.returncode, refused.stdout), (78, ""))
        self.assertIn(f"{path} line {len(settings) + 2}: ZCD_LISTN is not a setting", refused.stderr)

    def test_is_ready_soon_and_holds_little(self):
        if release_program() is None:
            self.skipTest("there is no build without sanitizers")
        ready_ms, idle_kb = [], []
        for count in range(5):
            measured = self.new_service(f"measured-{count}", program=release_program())
            began = time.monotonic()
            self.assertIsNone(measured.start(), measured.said())
            while measured.request("GET", "/readyz")[0] != 200:
                pass
            ready_ms.append((time.monotonic() - began) * 1000)
            status = pathlib.Path(f"/proc/{measured.process.pid}/status").read_text(encoding="ascii")
            idle_kb.append(int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)))
            self.assertEqual(measured.stop(), 0)
        print(f"ready after {min(ready_ms):.0f} to {max(ready_ms):.0f} ms, idle {max(idle_kb)} kB", file=sys.stderr)
        self.assertLess(statistics.median(ready_ms), READY_MS_MAX)
        self.assertLess(max(idle_kb), IDLE_KB_MAX)


if __name__ == "__main__":
    service.main()
