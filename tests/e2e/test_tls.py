"""TLS in the process: versions, certificates replaced while it serves, client certificates, clients that stall."""
import contextlib
import http.client
import json
import os
import signal
import ssl
import subprocess
import time
import warnings

import service


def openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


def make_authority(folder, name):
    """NAME.key and NAME.pem: an authority of one's own."""
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 2, "-subj", f"/CN={name}",
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
            "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem")


def issue(folder, authority, name, subject, extensions, serial, days=1):
    """NAME.key and NAME.pem, signed by the authority."""
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject, "-keyout", folder / f"{name}.key",
            "-out", folder / f"{name}.csr")
    (folder / f"{name}.ext").write_text(extensions)
    openssl("x509", "-req", "-in", folder / f"{name}.csr", "-CA", folder / f"{authority}.pem", "-CAkey", folder / f"{authority}.key",
            "-set_serial", serial, "-days", days, "-extfile", folder / f"{name}.ext", "-out", folder / f"{name}.pem")
    os.chmod(folder / f"{name}.key", 0o600)


SERVER = "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n"
CLIENT = "extendedKeyUsage=clientAuth\n"


class TlsTest(service.ServiceTest):
    starts_service = False

    def setUp(self):
        super().setUp()
        make_authority(self.state, "ca")
        issue(self.state, "ca", "server", "/CN=first", SERVER, 1)
        self.service.settings.update({"ZCD_TLS_CERTIFICATE_FILE": self.state / "server.pem",
                                      "ZCD_TLS_KEY_FILE": self.state / "server.key"})

    def start(self, status=None):
        self.assertEqual(self.service.start(), status, self.service.said())

    def context(self, client=None):
        context = ssl.create_default_context(cafile=self.state / "ca.pem")
        context.set_alpn_protocols(["http/1.1"])
        if client is not None:
            context.load_cert_chain(self.state / f"{client}.pem", self.state / f"{client}.key")
        return context

    def connect(self, context=None, timeout_s=20):
        host, port = self.service.address.rsplit(":", 1)
        connection = http.client.HTTPSConnection(host, int(port), timeout=timeout_s, context=context or self.context())
        self.addCleanup(connection.close)
        return connection

    def handshake(self, context=None):
        """The established connection; ssl.SSLError or OSError when there is none."""
        return (context or self.context()).wrap_socket(self.service.raw(20), server_hostname="127.0.0.1")

    def serial(self):
        with self.handshake() as tls:
            return int(tls.getpeercert()["serialNumber"], 16)

    def test_the_whole_service_over_tls(self):
        self.start()
        connection = self.connect()
        dossiers = service.distinct_dossiers()
        for _ in range(5):  # one connection, kept alive
            status, fields, body = self.service.assess(next(dossiers), connection=connection)
            self.assertEqual(status, 201, body)
            self.assertEqual(fields["strict-transport-security"], "max-age=31536000")
        index = json.loads(body)["log_index"]
        status, _, bundle = self.service.request("GET", f"/v1/audit/records/{index}/bundle", connection=connection)
        self.assertEqual((status, bundle[:2]), (200, b"PK"))
        self.assertEqual(connection.sock.version(), "TLSv1.3")
        self.assertEqual(connection.sock.selected_alpn_protocol(), "http/1.1")
        # A body of many records, and one that is refused before it is read: the answer arrives all the same.
        large = service.EXAMPLE.read_bytes() + b" " * (7 << 20)
        self.assertEqual(self.service.assess(large, connection=connection)[0], 201)
        refused = self.connect()
        self.assertEqual(self.service.assess(large, token=None, connection=refused)[0], 401)

    def test_versions_and_protocols(self):
        self.start()
        only_12 = self.context()
        only_12.maximum_version = ssl.TLSVersion.TLSv1_2
        with self.handshake(only_12) as tls:
            self.assertEqual(tls.version(), "TLSv1.2")
            self.assertRegex(tls.cipher()[0], "^ECDHE-ECDSA-(AES(128|256)-GCM|CHACHA20-POLY1305)")
        old = self.context()
        old.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            old.minimum_version = ssl.TLSVersion.TLSv1
            old.maximum_version = ssl.TLSVersion.TLSv1_1
        weak = self.context()
        weak.maximum_version = ssl.TLSVersion.TLSv1_2
        weak.set_ciphers("ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0")
        other = self.context()
        other.set_alpn_protocols(["h2"])
        for context in (old, weak, other):
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                self.handshake(context).close()
        # Plain HTTP on this port is no request.
        with self.service.raw(20) as plain:
            plain.sendall(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
            with contextlib.suppress(ConnectionResetError):
                self.assertNotIn(b"200", plain.recv(4096))
        self.assertEqual(self.service.request("GET", "/livez", connection=self.connect())[0], 200)

    def test_certificates_are_replaced_while_it_serves(self):
        self.start()
        self.assertEqual(self.serial(), 1)
        before = self.connect()
        self.assertEqual(self.service.request("GET", "/livez", connection=before)[0], 200)

        issue(self.state, "ca", "second", "/CN=second", SERVER, 2)
        os.replace(self.state / "second.key", self.state / "server.key")
        os.replace(self.state / "second.pem", self.state / "server.pem")
        self.service.process.send_signal(signal.SIGHUP)
        self.until_said("certificate_replaced", 1)
        self.assertEqual(self.serial(), 2)
        self.assertEqual(self.service.request("GET", "/livez", connection=before)[0], 200)  # lives on

        # A pair that does not fit: said, and what was there stays.
        issue(self.state, "ca", "third", "/CN=third", SERVER, 3)
        os.replace(self.state / "third.pem", self.state / "server.pem")
        self.service.process.send_signal(signal.SIGHUP)
        self.until_said("certificate_refused", 1)
        self.assertEqual(self.serial(), 2)

        # The key follows, and nobody says so: it is seen within ten seconds.
        os.replace(self.state / "third.key", self.state / "server.key")
        self.until_said("certificate_replaced", 2)
        self.assertEqual(self.serial(), 3)

    def until_said(self, event, count, wait_s=15):
        deadline = time.monotonic() + wait_s
        while time.monotonic() < deadline:
            if sum(notice["event"] == event for notice in self.service.notices()) >= count:
                return
            time.sleep(0.02)
        self.fail(f"{event} was not said {count} times: {self.service.said()}")

    def test_client_certificates(self):
        make_authority(self.state, "clients")
        make_authority(self.state, "others")
        issue(self.state, "clients", "core", "/O=Bank/CN=core-banking", CLIENT, 7)
        issue(self.state, "others", "forged", "/O=Bank/CN=core-banking", CLIENT, 7)
        issue(self.state, "clients", "wrong", "/O=Bank/CN=core-banking", SERVER, 8)  # made for servers
        self.service.settings["ZCD_TLS_CLIENT_CA_FILE"] = self.state / "clients.pem"
        self.start()
        for client in (None, "core"):
            self.assertEqual(self.service.request("GET", "/livez", connection=self.connect(self.context(client)))[0], 200)
        for client in ("forged", "wrong"):
            with self.assertRaises((ssl.SSLError, ConnectionError, http.client.RemoteDisconnected)):
                self.service.request("GET", "/livez", connection=self.connect(self.context(client)))

    def test_who_stalls_in_the_handshake_is_dropped_and_nobody_waits_for_it(self):
        self.start()
        stalled = [self.service.raw(20) for _ in range(20)]
        for client in stalled[::2]:
            client.sendall(b"\x16\x03\x01")  # the start of a record, and then nothing
        before = time.monotonic()
        self.assertEqual(self.service.request("GET", "/livez", connection=self.connect())[0], 200)
        self.assertLess(time.monotonic() - before, 2)
        for client in stalled:
            with client:
                self.assertEqual(client.recv(1), b"")  # the end, not a time-out
        self.assertLess(time.monotonic() - before, 12)
        # One that leaves in the middle harms nobody.
        for _ in range(50):
            with self.service.raw(20) as gone:
                gone.sendall(os.urandom(100))
        self.assertEqual(self.service.request("GET", "/livez", connection=self.connect())[0], 200)

    def test_what_goes_on_is_answered_when_it_stops(self):
        self.start()
        connection = self.connect()
        self.assertEqual(self.service.request("GET", "/livez", connection=connection)[0], 200)
        dossier = next(service.distinct_dossiers())
        connection.putrequest("POST", "/v1/assessments")
        for name, value in (("Authorization", f"Bearer {service.TOKEN}"), ("Content-Type", "application/json"),
                            ("Content-Length", str(len(dossier)))):
            connection.putheader(name, value)
        connection.endheaders(dossier[:100])
        time.sleep(0.2)
        self.service.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        connection.send(dossier[100:])
        response = connection.getresponse()
        self.assertEqual((response.status, response.getheader("connection")), (201, "close"))
        response.read()
        self.assertEqual(self.service.process.wait(30), 0)

    def test_what_it_does_not_start_with(self):
        os.chmod(self.state / "server.key", 0o604)
        self.start(75)
        self.assertIn("others can read the TLS key", self.service.said())
        os.chmod(self.state / "server.key", 0o640)
        del self.service.settings["ZCD_TLS_KEY_FILE"]
        self.start(78)
        self.service.settings["ZCD_TLS_KEY_FILE"] = self.state / "ca.key"
        os.chmod(self.state / "ca.key", 0o600)
        self.start(78)
        self.assertIn("cannot be used", self.service.said())
        openssl("pkey", "-in", self.state / "server.key", "-aes256", "-passout", "pass:x", "-out", self.state / "locked.key")
        self.service.settings["ZCD_TLS_KEY_FILE"] = self.state / "locked.key"
        self.start(78)  # and does not ask a terminal


if __name__ == "__main__":
    service.main()
