"""Requests that are made to be misread, clients that stall, and more connections than anybody needs: plain and over TLS.

The rows are what was measured against libevent's evhttp and other servers; each must end in one refusal and a closed
connection, whatever follows the request, and leave nothing recorded.
"""
import contextlib
import json
import os
import re
import resource
import signal
import socket
import ssl
import subprocess
import threading
import time

import service
import test_tls

TOKEN = service.TOKEN
POST = f"POST /v1/assessments HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n"
GET = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
BEHIND = f"GET /v1/jobs HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"  # must never be read

# name, the statuses that are right, bytes
REFUSED = (
    ("Content-Length beside Transfer-Encoding", (400,), POST + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("Transfer-Encoding beside Content-Length", (400,), POST + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
    ("several codings", (411,), POST + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    ("coding twice", (411,), POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"),
    ("fields behind the body", (411,), POST + "Transfer-Encoding: chunked\r\nTrailer: X-Role\r\n\r\n0\r\nX-Role: admin\r\n\r\n"),
    ("chunk of size 0x5", (411,), POST + "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n"),
    ("chunk of size +5", (411,), POST + "Transfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n"),
    ("chunk of size ' 5'", (411,), POST + "Transfer-Encoding: chunked\r\n\r\n 5\r\nhello\r\n0\r\n\r\n"),
    ("unknown coding", (411,), POST + "Transfer-Encoding: xchunked\r\n\r\n"),
    ("coding with a vertical tab", (400,), POST + "Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n"),
    ("coding with a space before the colon", (400,), POST + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
    ("coding in HTTP/1.0", (411,), POST.replace("1.1", "1.0") + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("two lengths", (400,), POST + "Content-Length: 2\r\nContent-Length: 90\r\n\r\n{}"),
    ("the same length twice", (400,), POST + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"),
    ("a list of lengths", (400,), POST + "Content-Length: 2, 2\r\n\r\n{}"),
    ("length +3", (400,), POST + "Content-Length: +3\r\n\r\n{} "),
    ("length -1", (400,), POST + "Content-Length: -1\r\n\r\n"),
    ("length 0x2", (400,), POST + "Content-Length: 0x2\r\n\r\n{}"),
    ("length 2.0", (400,), POST + "Content-Length: 2.0\r\n\r\n{}"),
    ("length with a tab", (400,), POST + "Content-Length:\t2\r\n\r\n{}"),
    ("no length in the field", (400,), POST + "Content-Length: \r\n\r\n{}"),
    ("length with a space before the colon", (400,), POST + "Content-Length : 2\r\n\r\n{}"),
    ("length beyond 64 bits", (400,), POST + "Content-Length: 18446744073709551618\r\n\r\n{}"),
    ("no Host", (400,), "GET /livez HTTP/1.1\r\n\r\n"),
    ("two Hosts", (400,), "GET /livez HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
    ("HTTP/1.2", (505,), "GET /livez HTTP/1.2\r\nHost: a\r\n\r\n"),
    ("HTTP/2.0", (505,), "GET /livez HTTP/2.0\r\nHost: a\r\n\r\n"),
    ("HTTP/1.10", (400,), "GET /livez HTTP/1.10\r\nHost: a\r\n\r\n"),
    ("http/1.1", (400,), "GET /livez http/1.1\r\nHost: a\r\n\r\n"),
    ("absolute target", (400,), "GET http://b/livez HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("authority as target", (400,), "CONNECT b:443 HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("asterisk as target", (400,), "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("target of another server", (400,), "GET //b/livez HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("fragment", (400,), "GET /livez#x HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("byte beyond ASCII in the target", (400,), "GET /l\xefvez HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("tab in the request line", (400,), "GET\t/livez HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("two spaces in the request line", (400,), "GET  /livez HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("control byte in a name", (400,), "GET /livez HTTP/1.1\r\nHost: a\r\nX\x01Y: b\r\n\r\n"),
    ("no name", (400,), "GET /livez HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n"),
    ("no colon", (400,), "GET /livez HTTP/1.1\r\nHost: a\r\nX\r\n\r\n"),
    ("space before the colon", (400,), "GET /livez HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n"),
    ("control byte in a value", (400,), "GET /livez HTTP/1.1\r\nHost: a\r\nX: a\x01b\r\n\r\n"),
    ("NUL in a value", (400,), "GET /livez HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"),
    ("bare CR in a value", (400,), "GET /livez HTTP/1.1\r\nHost: a\r\nX: a\rY: b\r\n\r\n"),
    ("folded field", (400,), "GET /livez HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n"),
    ("field before the first one folded", (400,), "GET /livez HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n"),
    ("lines that end in LF", (400,), "GET /livez HTTP/1.1\nHost: a\n\n"),
    ("one line that ends in LF", (400,), "GET /livez HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"),
    ("head of 9 KB", (431,), "GET /livez HTTP/1.1\r\nHost: a\r\nX: " + "x" * 9000 + "\r\n\r\n"),
    ("target of 9 KB", (431,), "GET /" + "x" * 9000 + " HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("head that does not end", (431,), "GET /livez HTTP/1.1\r\n" + "X: y\r\n" * 3000),
    ("3,900 empty fields", (431,), "GET /livez HTTP/1.1\r\nHost: a\r\n" + "a:\r\n" * 3900 + "\r\n"),
    ("65 fields", (431,), "GET /livez HTTP/1.1\r\nHost: a\r\n" + "a:\r\n" * 64 + "\r\n"),
    ("100 KB for a path that takes 64", (413,), "POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
     "Content-Length: 102400\r\n\r\n" + " " * 102400),
    ("body that is announced only", (413,), POST + "Content-Length: 999999999999999\r\n\r\n"),
    ("HTTP/2", (400,), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ("HTTP/0.9", (400,), "GET /livez\r\n\r\n"),
    ("GET with a body", (400,), "GET /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"),
    ("another expectation", (417,), POST + "Expect: 200-maybe\r\nContent-Length: 2\r\n\r\n{}"),
    ("two tokens", (400,), POST + f"Authorization: Bearer {TOKEN}\r\nContent-Length: 2\r\n\r\n{{}}"),
)
# Refused, but their end is beyond doubt: the next request is served.
NEXT_IS_SERVED = (
    ("unknown method", 501, "BREW /livez HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("method in small letters", 501, "get /livez HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("no such path", 404, "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("path with dots", 404, "GET /v1/../livez HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("path with an encoded slash", 404, "GET /v1%2f..%2flivez HTTP/1.1\r\nHost: a\r\n\r\n"),
)
STATUS_LINES = re.compile(rb"HTTP/1\.1 (\d{3}) ")


def hear(client):
    """All that comes until the service closes."""
    said = b""
    with contextlib.suppress(ConnectionResetError, ssl.SSLEOFError, BrokenPipeError):
        while piece := client.recv(65536):
            said += piece
    return said


def statuses(said):
    return [int(status) for status in STATUS_LINES.findall(said)]


def send(client, data):
    with contextlib.suppress(ConnectionResetError, BrokenPipeError, ssl.SSLEOFError):
        client.sendall(data)


class PlainTest(service.ServiceTest):
    def dial(self, timeout_s=30):
        client = self.service.raw(timeout_s)
        self.addCleanup(client.close)
        return client

    def assert_well(self):
        """Nothing is recorded, and the service takes what is in order."""
        self.assertEqual(self.database.log_size(), 0)
        client = self.dial()
        body = service.EXAMPLE.read_bytes()
        client.sendall(POST.encode() + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        self.assertEqual(statuses(hear(client)), [201])
        self.assertEqual(self.service.stop(), 0, self.service.said())

    def test_what_could_be_misread_is_refused_and_nothing_behind_it_is_read(self):
        for name, wanted, text in REFUSED:
            with self.subTest(name):
                client = self.dial()
                send(client, (text + BEHIND).encode("latin-1"))
                said = hear(client)
                self.assertEqual(len(statuses(said)), 1, said)
                self.assertIn(statuses(said)[0], wanted, said)
                self.assertIn(b"\r\nConnection: close\r\n", said)
                self.assertIn(b"\r\nContent-Type: application/problem+json", said)
                client.close()
        self.assert_well()

    def test_what_has_an_end_is_answered_in_order(self):
        client = self.dial()
        wanted = []
        for _, status, text in NEXT_IS_SERVED:
            client.sendall((text + GET).encode())
            wanted += [status, 200]
        # An empty line in front of a request is read over; HTTP/1.0 ends with its answer.
        client.sendall(("\r\n" + GET + GET.replace("1.1", "1.0")).encode())
        self.assertEqual(statuses(hear(client)), [*wanted, 200, 200])
        self.assert_well()

    def test_a_body_in_one_byte_pieces_and_answers_that_nobody_reads(self):
        body = b" " * 300 + b"{}"
        client = self.dial()
        client.sendall(POST.encode() + b"Content-Length: %d\r\n\r\n" % len(body))
        for i in range(len(body)):
            client.sendall(body[i:i + 1])
        client.sendall(GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n").encode())
        self.assertEqual(statuses(hear(client)), [422, 200])
        for _ in range(50):
            client = self.dial()
            send(client, GET.encode() * 200)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            client.close()  # with a reset
        self.assert_well()

    def test_a_byte_a_second_is_not_waited_for(self):
        """Neither in a head nor in a body: the time that counts is that of the whole."""
        heads = [("head", POST, 5), ("body", POST + "Content-Length: 1000\r\n\r\n", 20)]
        results = {}

        def stall(name, start):
            client = self.dial(0.5)
            client.sendall(start[:-1 if name == "body" else 1].encode())
            rest = start[-1:] + " " * 1000 if name == "body" else start[1:]
            began, said = time.monotonic(), b""
            for byte in rest.encode():
                send(client, bytes([byte]))
                with contextlib.suppress(TimeoutError, ssl.SSLEOFError, ConnectionResetError):
                    said = client.recv(65536)
                    break
            results[name] = (statuses(said), time.monotonic() - began)

        threads = [threading.Thread(target=stall, args=one[:2]) for one in heads]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for name, _, limit_s in heads:
            self.assertEqual(results[name][0], [408], name)
            self.assertLess(results[name][1], limit_s + 2, name)
        self.assert_well()


class TlsTest(PlainTest):
    starts_service = False

    def setUp(self):
        super().setUp()
        test_tls.make_authority(self.state, "ca")
        test_tls.issue(self.state, "ca", "server", "/CN=a", test_tls.SERVER, 1)
        self.service.settings.update({"ZCD_TLS_CERTIFICATE_FILE": self.state / "server.pem",
                                      "ZCD_TLS_KEY_FILE": self.state / "server.key"})
        self.assertIsNone(self.service.start(), self.service.said())
        self.context = ssl.create_default_context(cafile=self.state / "ca.pem")
        self.context.set_alpn_protocols(["http/1.1"])

    def dial(self, timeout_s=30):
        client = self.context.wrap_socket(self.service.raw(timeout_s), server_hostname="127.0.0.1", suppress_ragged_eofs=False)
        self.addCleanup(client.close)
        return client

    def test_what_is_no_tls_and_what_ends_without_a_goodbye(self):
        rubbish = (b"", b"\x16", b"\x16\x03\x01\xff\xff", b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", b"\x80\x2e\x01\x00\x02", b"\0" * 20000,
                   os.urandom(5000), GET.encode())
        for data in rubbish:
            client = self.service.raw()
            self.addCleanup(client.close)
            send(client, data)
            with contextlib.suppress(OSError):  # it may be closed already
                client.shutdown(socket.SHUT_WR)
            self.assertNotIn(b"200", hear(client))
        client = self.dial()
        client.sendall(GET.encode())
        self.assertEqual(statuses(client.recv(65536)), [200])
        os.close(client.detach())  # no close_notify
        self.assert_well()


class ManyConnectionsTest(service.ServiceTest):
    """Ten thousand connections that say nothing, and more than there may be."""

    COUNT, CAP = 10000, 10240

    def setUp(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard < self.CAP + 1000:
            self.skipTest(f"no more than {hard} files may be open here (ulimit -Hn)")
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        super().setUp()

    def open_many(self, count, first=b""):
        clients = []
        for _ in range(count):
            client = self.service.raw()
            self.addCleanup(client.close)
            client.sendall(first)
            clients.append(client)
        return clients

    def assert_serves(self):
        began = time.monotonic()
        status, _, body = self.service.assess(next(self.dossiers))
        self.assertEqual(status, 201, body)
        self.assertLess(time.monotonic() - began, 2)

    def test_they_cost_little_and_the_oldest_makes_way(self):
        self.dossiers = service.distinct_dossiers()
        serving = next(one for one in self.service.notices() if one["event"] == "serving")
        self.assertEqual(serving["connections_max"], self.CAP)
        clients = self.open_many(self.COUNT)
        self.assert_serves()
        for client in (clients[0], clients[-1]):  # all are there still
            client.sendall(GET.encode())
            self.assertEqual(statuses(client.recv(65536)), [200])
        # Beyond the cap the one that has been silent the longest is closed, in order and without a reset.
        more = self.open_many(self.CAP - self.COUNT + 500)
        self.assert_serves()
        clients[1].settimeout(5)
        self.assertEqual(clients[1].recv(1), b"")
        for client in (clients[0], clients[-1], more[0], more[-1]):
            client.sendall(GET.encode())
            self.assertEqual(statuses(client.recv(65536)), [200])
        self.assertLess(self.service.memory_peak_kb(), (200 if service.is_sanitized(self.service.program) else 100) * 1024)
        self.assertEqual(self.service.stop(), 0, self.service.said())

    def test_one_byte_each_holds_nobody_up(self):
        """They may stall five seconds each; who comes meanwhile is served at once."""
        self.dossiers = service.distinct_dossiers()
        clients = self.open_many(self.CAP + 200, b"P")
        for _ in range(5):
            self.assert_serves()
        self.assertEqual(self.service.stop(), 0, self.service.said())


class StopTest(service.ServiceTest):
    def dial(self):
        client = self.service.raw(40)
        self.addCleanup(client.close)
        return client

    def test_what_is_under_way_is_answered_and_the_log_is_sealed(self):
        dossiers = service.distinct_dossiers()
        halves = []
        for _ in range(20):
            body = next(dossiers)
            client = self.dial()
            client.sendall(POST.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body[:1000])
            halves.append((client, body[1000:]))
        stuck = self.dial()  # sends nothing more, ever
        stuck.sendall(POST.encode() + b"Content-Length: 1000\r\n\r\n{")
        idle = self.dial()
        self.service.request("GET", "/livez")  # by now all of them are with the service
        began = time.monotonic()
        self.service.process.send_signal(signal.SIGTERM)
        self.assertEqual(idle.recv(1), b"")  # closed at once
        with self.assertRaises(ConnectionRefusedError):
            self.service.raw(5)
        for client, rest in halves:
            client.sendall(rest)
        records = set()
        for client, _ in halves:
            said = hear(client)
            self.assertEqual(statuses(said), [201], said)
            self.assertIn(b"\r\nConnection: close\r\n", said)
            records.add(json.loads(said.split(b"\r\n\r\n", 1)[1])["log_index"])
        self.assertEqual(len(records), 20)
        self.assertEqual(statuses(hear(stuck)), [408])
        self.assertEqual(self.service.process.wait(30), 0, self.service.said())
        self.assertLess(time.monotonic() - began, 30)
        self.assertEqual(self.database.log_size(), 20)
        self.assertEqual((self.state / "checkpoint").read_text(encoding="utf-8").splitlines()[1], "20")
        self.assertEqual(self.service.notices()[-1]["event"], "stopped")

    def test_a_database_that_does_not_answer_does_not_hold_the_end_up(self):
        status, _, body = self.service.assess(service.EXAMPLE.read_bytes())
        self.assertEqual(status, 201, body)
        lock = subprocess.Popen(["psql", "-Xqd", self.database.url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(lock.communicate)
        lock.stdin.write("BEGIN; LOCK TABLE log_leaf, assessment IN ACCESS EXCLUSIVE MODE;\n\\echo locked\n")
        lock.stdin.flush()
        self.assertEqual(lock.stdout.readline(), "locked\n")
        other = next(service.distinct_dossiers())
        post = POST.encode() + b"Content-Length: %d\r\n\r\n" % len(other) + other
        get = f"GET /v1/assessments/{json.loads(body)['id']} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode()
        waiting = [self.dial() for _ in range(5)]
        for client, request in zip(waiting, (post, get, get, get, get)):
            client.sendall(request)
        time.sleep(1)
        began = time.monotonic()
        self.service.process.send_signal(signal.SIGTERM)
        for client in waiting:
            self.assertEqual(statuses(hear(client)), [503])
        self.assertEqual(self.service.process.wait(30), 0, self.service.said())
        self.assertLess(time.monotonic() - began, 30)


if __name__ == "__main__":
    service.main()
