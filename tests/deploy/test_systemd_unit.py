#!/usr/bin/env python3
"""The systemd unit is one that systemd takes, and as confined as it was. Skipped without systemd-analyze."""
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

UNIT = pathlib.Path(__file__).resolve().parents[2] / "deploy/zhengcaidai.service"
EXPOSURE_MAX = 1.5  # of 10; systemd calls up to 2.0 "OK" and 9.6 is a unit that says nothing


class SystemdUnitTest(unittest.TestCase):
    def analyze(self, *words):
        return subprocess.run(["systemd-analyze", *words, str(UNIT)], capture_output=True, text=True, check=False)

    def test_exposure(self):
        said = self.analyze("security", "--offline=true", "--no-pager")
        exposure = re.search(r"Overall exposure level for zhengcaidai\.service: ([0-9.]+)", said.stdout)
        self.assertIsNotNone(exposure, said.stdout + said.stderr)
        self.assertLessEqual(float(exposure.group(1)), EXPOSURE_MAX)

    def test_nothing_in_it_is_unknown(self):
        """The programs need not be installed here; anything else that systemd says is a mistake in the unit."""
        said = self.analyze("verify").stderr
        about_unit = [line for line in said.splitlines() if "zhengcaidai.service" in line and "is not executable" not in line]
        self.assertEqual(about_unit, [])

    def test_tells_when_it_is_ready_and_reads_certificates_again(self):
        text = UNIT.read_text(encoding="utf-8")
        for line in ("Type=notify", "ExecReload=/bin/sh -c 'kill -HUP $MAINPID'", "Restart=on-failure", "NoNewPrivileges=yes"):
            self.assertIn(f"\n{line}\n", text)


if __name__ == "__main__":
    if shutil.which("systemd-analyze") is None:
        print("skipped: there is no systemd-analyze")
        sys.exit(77)
    unittest.main()
