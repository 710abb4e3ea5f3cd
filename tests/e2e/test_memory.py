"""Under load the service stays below 100 MB. A sanitized build needs more by its nature and is not measured."""
import pathlib
import sys
import time

import service
from load import Load

PEAK_KB_MAX = 100 * 1024


def release_program():
    for program in (service.bin_dir() / "zcd", service.SOURCE / "build/bin/zcd"):
        if pathlib.Path(program).exists() and not service.is_sanitized(program):
            return program
    return None


class MemoryTest(service.ServiceTest):
    starts_service = False

    def test_under_load(self):
        measured = self.new_service("measured", program=release_program()).prepare()
        self.assertIsNone(measured.start(), measured.said())
        load = Load([measured], 32).start()
        deadline = time.monotonic() + 60
        while len(load.acknowledged) < 1500 and time.monotonic() < deadline:
            time.sleep(0.05)
        load.stop()
        peak_kb = measured.memory_peak_kb()
        print(f"{len(load.acknowledged)} decisions, peak {peak_kb} kB", file=sys.stderr)
        self.assertEqual((load.refused, load.broken), ([], 0))
        self.assertLess(peak_kb, PEAK_KB_MAX)
        self.assertEqual(measured.stop(), 0)


if __name__ == "__main__":
    if release_program() is None:
        print("skipped: there is no build without sanitizers")
        sys.exit(service.SKIPPED)
    service.main()
