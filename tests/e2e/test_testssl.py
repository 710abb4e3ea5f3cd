"""What testssl.sh, written by others, finds against our TLS: nothing above low."""
import json
import subprocess

import service
import test_tls

EXTENSIONS = test_tls.SERVER + "crlDistributionPoints=URI:http://127.0.0.1:1/none.crl\n"


class TestsslTest(service.ServiceTest):
    starts_service = False

    def test_no_finding_above_low(self):
        test_tls.make_authority(self.state, "ca")
        test_tls.issue(self.state, "ca", "server", "/CN=localhost", EXTENSIONS, 0x5A17C0DE5A17C0DE5A17C0DE5A17C0DE, days=90)
        self.service.settings.update({"ZCD_TLS_CERTIFICATE_FILE": self.state / "server.pem",
                                      "ZCD_TLS_KEY_FILE": self.state / "server.key"})
        self.assertIsNone(self.service.start(), self.service.said())
        report = self.state / "testssl.json"
        run = subprocess.run(["testssl", "--quiet", "--color", "0", "--warnings", "batch", "--ip", "one", "--add-ca", self.state / "ca.pem",
                              "--jsonfile", report, f"https://{self.service.address}/"], capture_output=True, text=True, check=False)
        findings = json.loads(report.read_text(encoding="utf-8"))
        self.assertGreater(len(findings), 100, run.stdout)
        self.assertIn("cert_trust", {one["id"] for one in findings})
        bad = [one for one in findings if one["severity"] in ("MEDIUM", "HIGH", "CRITICAL", "FATAL")]
        self.assertEqual(bad, [], run.stdout)


if __name__ == "__main__":
    service.main()
