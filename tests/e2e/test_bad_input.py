"""What is wrong is refused with a clear 4xx that says where, and nothing is recorded."""
import json
import time

import service
from service import EXAMPLE, TOKEN


def changed(path, value):
    """The example with one member set; path as in a JSON Pointer."""
    dossier = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    *folders, name = path.strip("/").split("/")
    place = dossier
    for folder in folders:
        place = place[int(folder)] if isinstance(place, list) else place[folder]
    place[name] = value
    return json.dumps(dossier).encode()


EXAMPLE_BYTES = EXAMPLE.read_bytes()

# name, status, pointer, body
BODIES = (
    ("truncated", 400, "", EXAMPLE_BYTES[:-100]),
    ("no JSON", 400, "", b"dossier"),
    ("two values", 400, "", EXAMPLE_BYTES + b"{}"),
    ("duplicate key", 400, "", b'{"schema":"zhengcaidai/dossier/1","schema":"zhengcaidai/dossier/1"}'),
    ("invalid UTF-8", 400, "", EXAMPLE_BYTES.replace(b'"a1"', b'"a\xff"')),
    ("overlong UTF-8", 400, "", EXAMPLE_BYTES.replace(b'"a1"', b'"a\xc0\xaf"')),
    ("lone surrogate", 400, "", EXAMPLE_BYTES.replace(b'"a1"', b'"a\\ud800"')),
    ("NUL in a text", 400, "", EXAMPLE_BYTES.replace(b'"a1"', b'"a\\u0000"')),
    ("deep nesting", 400, "", b"[" * 100000 + b"]" * 100000),
    ("NaN", 400, "", changed("/organisation/cash_fen", 1).replace(b'"cash_fen": 1', b'"cash_fen": NaN')),
    ("an array", 422, "", b"[]"),
    ("empty object", 422, None, b"{}"),
    ("unknown field", 422, "/organisation/colour", changed("/organisation/colour", "red")),
    ("text for a number", 422, "/organisation/cash_fen", changed("/organisation/cash_fen", "1")),
    ("number for a text", 422, "/application/id", changed("/application/id", 1)),
    ("object for an array", 422, "/contracts", changed("/contracts", {})),
    ("float", None, None, changed("/organisation/cash_fen", 1.5)),
    ("exponent", None, None, changed("/organisation/cash_fen", 1).replace(b'"cash_fen": 1', b'"cash_fen": 1e3')),
    ("huge number", None, None, changed("/organisation/cash_fen", 10 ** 400)),
    ("large number", 422, "/organisation/cash_fen", changed("/organisation/cash_fen", 2 ** 53)),
    ("negative amount", 422, "/application/amount_fen", changed("/application/amount_fen", -1)),
    ("wrong USCC", 422, "/organisation/uscc", changed("/organisation/uscc", "52440307EXAMP00157")),
    ("day that is none", 422, "/as_of", changed("/as_of", "2020-02-30")),
    ("payer that is none", 422, "/contracts/0/payer", changed("/contracts/0/payer", "nobody")),
    ("day to come", 422, "/as_of", changed("/as_of", "2190-01-01")),
)

HEAD = (f"POST /v1/assessments HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {TOKEN}\r\n"
        "Content-Type: application/json\r\n")


class BadInputTest(service.ServiceTest):
    def problem(self, status, fields, body):
        """Check that it is a problem as documented; its members."""
        self.assertEqual(fields["content-type"], "application/problem+json")
        problem = json.loads(body)
        self.assertEqual(problem["status"], status)
        self.assertEqual(problem["trace_id"], fields["request-id"])
        for member in ("type", "title", "detail", "code"):
            self.assertTrue(problem[member])
        return problem

    def tearDown(self):
        # Whatever was sent: nothing is recorded, and the service is well.
        self.assertEqual(self.database.log_size(), 0)
        self.assertEqual(self.service.request("GET", "/readyz", token=None)[0], 200)
        self.assertEqual(self.service.assess(EXAMPLE_BYTES)[0], 201)
        self.assertEqual(self.service.stop(), 0, self.service.said())

    def test_bodies(self):
        connection = self.service.connect()  # one for all: a refused body leaves it usable
        for name, wanted, pointer, body in BODIES:
            with self.subTest(name):
                status, fields, answer = self.service.assess(body, connection=connection)
                self.assertIn(status, (wanted,) if wanted else (400, 422), answer)
                problem = self.problem(status, fields, answer)
                self.assertEqual(problem["error_count"], len(problem["errors"]))
                if pointer is not None:
                    self.assertEqual(len(problem["errors"]), 1, problem)
                    self.assertEqual(problem["errors"][0]["pointer"], pointer)
        connection.close()

    def test_everything_that_is_wrong_is_told_at_once(self):
        dossier = json.loads(EXAMPLE_BYTES)
        dossier["schema"] = "zhengcaidai/dossier/2"
        dossier["organisation"]["cash_fen"] = "1"
        dossier["organisation"]["colour"] = "red"
        dossier["organisation"]["payroll_day"] = 32
        dossier["contracts"][0]["stage"] = "begun"
        dossier["contracts"][0]["milestones"][0]["due_on"] = "2020-02-30"
        dossier["contracts"][1]["payer"] = "nobody"
        dossier["contracts"][1]["disputed_fen"] = dossier["contracts"][1]["value_fen"] + 1
        dossier["application"]["tenor_months"] = 0
        del dossier["application"]["purpose"]
        status, fields, body = self.service.assess(json.dumps(dossier).encode(), Accept_Language="en")
        problem = self.problem(status, fields, body)
        self.assertEqual(status, 422)
        self.assertEqual([error["pointer"] for error in problem["errors"]],
                         ["/organisation/cash_fen", "/organisation/colour", "/contracts/0/stage",
                          "/contracts/0/milestones/0/due_on", "/application/purpose",  # the form, in the document's order
                          "/contracts/1/payer",  # references
                          "/schema", "/organisation/payroll_day", "/contracts/1/disputed_fen",
                          "/application/tenor_months"])  # rules, section by section
        self.assertEqual(problem["error_count"], 10)
        self.assertEqual(problem["detail"], "10 errors in the document")
        for error in problem["errors"]:
            self.assertEqual(error["code"], "invalid")
            self.assertTrue(error["detail"])

    def test_of_more_than_a_hundred_errors_the_first_are_listed(self):
        dossier = json.loads(EXAMPLE_BYTES)
        dossier["payers"] = [{"id": f"p{i}"} for i in range(80)]  # each without name and level
        status, fields, body = self.service.assess(json.dumps(dossier).encode(), Accept_Language="en")
        problem = self.problem(status, fields, body)
        self.assertEqual((status, len(problem["errors"]), problem["error_count"]), (422, 100, 160))
        self.assertEqual(problem["detail"], "160 errors in the document; the first 100 are listed")
        self.assertEqual(problem["errors"][0]["pointer"], "/payers/0/name")
        self.assertEqual(problem["errors"][99]["pointer"], "/payers/49/level")

    def test_heads(self):
        post = ("POST", "/v1/assessments", EXAMPLE_BYTES)
        cases = (
            (401, post, {"token": None}),
            (401, post, {"token": "wrong"}),
            (401, post, {"token": TOKEN + "0"}),
            (401, post, {"token": TOKEN[:-1]}),
            (401, ("GET", "/v1/assessments/as_1", None), {"token": None}),
            (401, ("GET", "/v1/audit/records/0", None), {"token": None}),
            (401, ("GET", "/v1/audit/records/0/bundle", None), {"token": None}),
            (415, post, {}),
            (415, post, {"Content_Type": "text/plain"}),
            (400, ("POST", "/v1/assessments?policy=x", EXAMPLE_BYTES), {"Content_Type": "application/json"}),
            (404, ("GET", "/v1/nothing", None), {}),
            (404, ("GET", "/v1/assessments/as_1", None), {}),
            (404, ("GET", "/v1/assessments/as_52440307EXAMP00156_" + "0" * 32, None), {}),
            (404, ("GET", "/v1/assessments/as_52440307EXAMP00157_" + "0" * 32, None), {}),
            (404, ("GET", "/v1/audit/records/0", None), {}),
            (404, ("GET", "/v1/audit/records/00", None), {}),
            (404, ("GET", "/v1/audit/records/-1", None), {}),
            (404, ("GET", "/v1/audit/records/99999999999999999999", None), {}),
            (404, ("GET", "/v1/audit/records/x/bundle", None), {}),
            (405, ("GET", "/v1/assessments", None), {}),
            (405, ("DELETE", "/log/checkpoint", None), {}),
            (501, ("BREW", "/livez", None), {}),
        )
        for wanted, (method, path, body), options in cases:
            with self.subTest(f"{method} {path} {options}"):
                status, fields, answer = self.service.request(method, path, body, **options)
                self.assertEqual(status, wanted, answer)
                self.problem(status, fields, answer)
                if status == 401:
                    self.assertTrue(fields["www-authenticate"].startswith("Bearer"))
                if status == 405:
                    self.assertTrue(fields["allow"])

    def test_what_is_wrong_is_told_in_the_language_asked_for(self):
        dossier = json.loads(EXAMPLE_BYTES)
        dossier["organisation"]["cash_fen"] = "1"
        dossier["organisation"]["payroll_day"] = 32
        dossier["application"]["purpose"] = "bribes"
        dossier["contracts"][1]["payer"] = "nobody"
        body = json.dumps(dossier).encode()
        told = {}
        for language in ("zh", "en", None):
            status, fields, answer = self.service.assess(body, Accept_Language=language)
            self.assertEqual(fields["content-language"], language or "zh")
            problem = self.problem(status, fields, answer)
            told[language] = [problem["detail"]] + [error["detail"] for error in problem["errors"]]
        self.assertEqual(told["en"][0], "4 errors in the document")
        self.assertEqual(told["zh"][0], "文档共有 4 处错误")
        self.assertEqual(told["en"][1], "is a text, not an integer")
        self.assertEqual(told["zh"][1], "是文本，应为整数")
        self.assertTrue(told["zh"][2].startswith("不在可选值之内：payroll"), told["zh"][2])
        self.assertEqual(told["zh"][3:], ["不在 payers 之中", "为 32，大于上限 31"])
        self.assertEqual(told[None], told["zh"])

    def test_titles_come_in_the_language_asked_for(self):
        for asked, language in (("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-GB,en;q=0.9", "en"), ("en;q=0.2, zh;q=0.1", "en"),
                                ("fr", "en")):
            _, fields, body = self.service.request("GET", "/nothing", Accept_Language=asked)
            self.assertEqual(fields["content-language"], language)
            self.assertEqual(json.loads(body)["title"], "没有找到" if language == "zh" else "There is no such thing")

    def test_a_body_of_9_mib(self):
        status, fields, body = self.service.assess(b" " * (9 << 20))
        self.assertEqual(status, 413)
        self.problem(status, fields, body)

    def heard(self, client):
        """All that comes until the service closes."""
        said = b""
        while True:
            try:
                piece = client.recv(65536)
            except ConnectionResetError:
                return said
            if not piece:
                return said
            said += piece

    def test_smuggling(self):
        """Bytes behind a request whose end is in doubt are never taken for another one."""
        second = f"GET /v1/audit/records/0 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
        heads = (
            HEAD + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            HEAD + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            HEAD + "Transfer-Encoding: xchunked\r\n\r\n",
            HEAD + "Transfer-Encoding : chunked\r\n\r\n",
            HEAD + "Content-Length: 0\r\nContent-Length: 90\r\n\r\n",
            HEAD + "Content-Length: +0\r\n\r\n",
            HEAD + "Content-Length: 0\n\r\n",
            HEAD + "Content-Length: 0\r\n X: y\r\n\r\n",
            HEAD + "Host: b\r\nContent-Length: 0\r\n\r\n",
            HEAD.replace("Host: a\r\n", "") + "Content-Length: 0\r\n\r\n",
            HEAD.replace("HTTP/1.1", "HTTP/1.2") + "Content-Length: 0\r\n\r\n",
            HEAD + "X" * 9000 + ": y\r\n\r\n",
        )
        for head in heads:
            with self.subTest(head[-60:]):
                with self.service.raw() as client:
                    client.sendall((head + second).encode())
                    said = self.heard(client)
                self.assertRegex(said, rb"^HTTP/1\.1 (4\d\d|505) ")
                self.assertEqual(said.count(b"\r\nRequest-Id: "), 1, said)
                self.assertIn(b"application/problem+json", said)
                self.assertIn(b"Connection: close\r\n", said)

    def test_a_slow_client(self):
        """A byte now and then does not hold a connection for ever."""
        started = time.monotonic()
        with self.service.raw() as client:
            client.settimeout(0.3)
            said = b""
            for byte in (HEAD * 20).encode():
                try:
                    client.sendall(bytes([byte]))
                    said = client.recv(65536)
                    break
                except TimeoutError:
                    self.assertLess(time.monotonic() - started, 15)
        self.assertRegex(said, rb"^HTTP/1\.1 408 ")

    def test_a_client_that_leaves(self):
        """In the midst of its body, again and again."""
        for _ in range(40):
            with self.service.raw() as client:
                client.sendall(HEAD.encode() + b"Content-Length: %d\r\n\r\n" % len(EXAMPLE_BYTES) + EXAMPLE_BYTES[:-1])


if __name__ == "__main__":
    service.main()
