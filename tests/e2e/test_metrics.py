"""The metrics on their own listener: names, what they count, and that Prometheus reads them."""
import http.client
import re
import shutil
import subprocess
import unittest

import service

NAMES = """zcd_http_request_duration_seconds zcd_decisions_total zcd_decision_duration_seconds zcd_audit_chain_height
zcd_audit_seal_lag_seconds zcd_db_pool_in_use zcd_db_pool_connections zcd_build_info zcd_audit_records_waiting
zcd_http_requests_waiting zcd_jobs zcd_http_connections zcd_audit_ready process_resident_memory_bytes""".split()
# The text format 0.0.4: comments, or a name, labels, and a value without a time.
SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z0-9_]+="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (-?[0-9.]+)')


def read(address, path="/metrics", method="GET"):
    connection = http.client.HTTPConnection(address, timeout=10)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read().decode()
    finally:
        connection.close()


def parse(text):
    """{(name, labels): value}; fails on any line that is not of the format, and on a series shown twice."""
    samples, types = {}, {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in types, line
            types[name] = kind
        elif not line.startswith("# HELP "):
            name, labels, value = SAMPLE.fullmatch(line).groups()
            assert (name, labels or "") not in samples, line
            assert re.sub(r"_(bucket|sum|count)$", "", name) in types or name in types, line
            samples[name, labels or ""] = float(value)
    return samples, types


class MetricsTest(service.ServiceTest):
    starts_service = False

    def setUp(self):
        super().setUp()
        self.measured = self.new_service("measured", ZCD_METRICS_LISTEN="127.0.0.1:0")
        self.assertIsNone(self.measured.start(), self.measured.said())
        self.address = next(one["address"] for one in self.measured.notices() if one["event"] == "metrics_served")

    def samples(self):
        status, fields, text = read(self.address)
        self.assertEqual(status, 200)
        self.assertEqual(fields["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        return parse(text)

    def test_counts_what_the_service_does(self):
        before, _ = self.samples()
        self.assertEqual(sum(value for (name, _), value in before.items() if name == "zcd_decisions_total"), 0)
        for _ in range(3):
            self.assertEqual(self.measured.assess(service.EXAMPLE.read_bytes())[0], 201)
        self.assertEqual(self.measured.assess(b"{}")[0], 422)
        self.assertEqual(self.measured.request("GET", "/nothing/here")[0], 404)
        self.assertEqual(self.measured.request("GET", "/v1/audit/records/0")[0], 200)
        after, types = self.samples()
        self.assertEqual([name for name in NAMES if name not in types], [])
        self.assertEqual(after["zcd_decisions_total", 'outcome="approve_with_conditions",policy="zhengcaidai"'], 3)
        self.assertEqual(after["zcd_decision_duration_seconds_count", 'policy="zhengcaidai"'], 3)
        self.assertGreaterEqual(after["zcd_audit_chain_height", ""], 3)
        self.assertEqual(after["zcd_audit_ready", ""], 1)
        self.assertEqual(after["zcd_db_pool_in_use", ""], 0)
        counts = {labels: value for (name, labels), value in after.items() if name == "zcd_http_request_duration_seconds_count"}
        self.assertEqual(counts, {
            'route="/v1/assessments",method="POST",status="2xx"': 3, 'route="/v1/assessments",method="POST",status="4xx"': 1,
            'route="none",method="GET",status="4xx"': 1, 'route="/v1/audit/records/{index}",method="GET",status="2xx"': 1})

    def test_prometheus_reads_them(self):
        if shutil.which("promtool") is None:
            self.skipTest("there is no promtool (Debian: prometheus)")
        self.assertEqual(self.measured.assess(service.EXAMPLE.read_bytes())[0], 201)
        checked = subprocess.run(["promtool", "check", "metrics"], input=read(self.address)[2], capture_output=True, text=True,
                                 check=False)
        self.assertEqual((checked.returncode, checked.stdout, checked.stderr), (0, "", ""))

    def test_series_do_not_grow_with_what_is_asked(self):
        for count in range(20):
            self.measured.request("GET", f"/v1/assessments/asm_{count}")
            self.measured.request("GET", f"/somewhere/{count}")
        once, _ = self.samples()
        for count in range(20, 60):
            self.measured.request("GET", f"/v1/assessments/asm_{count}")
            self.measured.request("GET", f"/somewhere/{count}")
        again, _ = self.samples()
        self.assertEqual(set(once), set(again))

    def test_stands_apart_from_the_api(self):
        self.assertEqual(self.measured.request("GET", "/metrics")[0], 404)
        for method, path, status in (("GET", "/livez", 404), ("POST", "/metrics", 405), ("GET", "/v1/assessments/x", 404),
                                     ("GET", "/metrics?x=1", 400)):
            self.assertEqual(read(self.address, path, method)[0], status, path)

    def test_answers_while_the_database_is_away(self):
        self.assertEqual(self.measured.assess(service.EXAMPLE.read_bytes())[0], 201)
        self.database.run(f"ALTER DATABASE {self.database.name} ALLOW_CONNECTIONS false", url=self.database.server)
        self.database.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                          f"'{self.database.name}' AND pid <> pg_backend_pid()", url=self.database.server)
        self.assertEqual(self.measured.assess(service.EXAMPLE.read_bytes())[0], 503)
        samples, _ = self.samples()
        self.assertEqual(samples["zcd_audit_ready", ""], 0)
        self.assertEqual(samples["zcd_audit_records_failed_total", ""], 1)

    def test_is_not_there_unless_asked_for(self):
        plain = self.new_service("plain")
        self.assertIsNone(plain.start(), plain.said())
        self.assertNotIn("metrics_served", [one["event"] for one in plain.notices()])


if __name__ == "__main__":
    service.main()
