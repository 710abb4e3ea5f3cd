"""Ways to say who one is besides a token of our own: name and password, an OpenID issuer's token, a client certificate."""
import base64
import http.server
import json
import ssl
import subprocess
import threading
import time

import service
import test_tls

PASSWORD = "correct horse battery staple"
COOKIE = "__Host-zcd_session"
ISSUER, AUDIENCE = "https://idp.example", "zhengcaidai"


class SessionsTest(service.ServiceTest):
    def setUp(self):
        super().setUp()
        self.set_password("officer-1", PASSWORD)

    def set_password(self, user, password, status=0):
        run = service.zcd("user", "password", user, text=password + "\n", **self.service.environment())
        self.assertEqual(run.returncode, status, run.stderr)

    def login(self, user="officer-1", password=PASSWORD, running=None):
        """(status, fields, document)"""
        status, fields, body = (running or self.service).request(
            "POST", "/v1/sessions", json.dumps({"user": user, "password": password}), token=None, Content_Type="application/json")
        return status, fields, json.loads(body)

    def session(self, **options):
        """The cookie and the CSRF token of a new session."""
        status, fields, document = self.login(**options)
        self.assertEqual(status, 201, document)
        value, *attributes = fields["set-cookie"].split("; ")
        self.assertEqual(sorted(attributes), ["HttpOnly", "Max-Age=28800", "Path=/", "SameSite=Strict", "Secure"])
        self.assertRegex(value, rf"^{COOKIE}=zcd_[0-9a-f]{{64}}$")
        self.assertEqual(fields["cache-control"], "no-store")
        return value, document["csrf_token"]

    def ask(self, method, path, body=None, running=None, **fields):
        status, _, body = (running or self.service).request(method, path, body, token=None, **fields)
        return status, json.loads(body)

    def test_a_session_from_login_to_logout(self):
        cookie, csrf = self.session()
        status, caller = self.ask("GET", "/v1/sessions/current", Cookie=f"a=b; {cookie}; c=d")
        self.assertEqual((status, caller), (200, {"csrf_token": csrf, "lender": service.LENDER, "organisation": None,
                                                  "roles": ["officer", "approver"], "user": "officer-1"}))
        dossier = service.EXAMPLE.read_bytes()
        status, answer = self.ask("POST", "/v1/assessments", dossier, Cookie=cookie, Content_Type="application/json", X_CSRF_Token=csrf)
        self.assertEqual(status, 201, answer)
        self.assertEqual(json.loads(answer["leaf"])["actor"], {"id": "officer-1", "lender": service.LENDER, "role": "officer"})

        other, other_csrf = self.session()
        self.assertEqual(self.ask("DELETE", "/v1/sessions/current", Cookie=cookie, X_CSRF_Token=csrf)[0], 200)
        self.assertEqual(self.ask("GET", "/v1/sessions/current", Cookie=cookie)[0], 401)
        self.assertEqual(self.ask("GET", "/v1/sessions/current", Cookie=other)[1]["csrf_token"], other_csrf)

    def test_a_request_that_may_change_something_needs_the_sessions_own_csrf_token(self):
        cookie, csrf = self.session()
        _, other_csrf = self.session()
        for wrong in ({}, {"X_CSRF_Token": ""}, {"X_CSRF_Token": csrf[:-1]}, {"X_CSRF_Token": other_csrf}, {"X_CSRF_Token": csrf.upper()}):
            status, problem = self.ask("POST", "/v1/assessments", b"{}", Cookie=cookie, Content_Type="application/json", **wrong)
            self.assertEqual((status, problem["code"]), (403, "forbidden"), wrong)
        # Nor may it be somebody else's cookie, or a changed one, however right the token.
        digit = "0" if cookie[-1] != "0" else "1"
        for wrong in (cookie[:-1] + digit, f"{COOKIE}=", f"{COOKIE}={service.TOKEN}", cookie.replace("__Host-", "")):
            self.assertEqual(self.ask("GET", "/v1/sessions/current", Cookie=wrong, X_CSRF_Token=csrf)[0], 401, wrong)
        # A wrong token is not made good by a session beside it.
        self.assertEqual(self.service.request("GET", "/v1/sessions/current", token="x" * 40, Cookie=cookie)[0], 401)

    def test_wrong_names_and_wrong_passwords_are_told_the_same_and_have_to_wait_alike(self):
        told = set()
        for user in ("officer-1", "nobody", "regulator-1"):  # the last has no password
            for _ in range(10):
                status, _, problem = self.login(user, PASSWORD + "x")
                told.add((status, problem["detail"]))
            status, fields, problem = self.login(user, PASSWORD)
            self.assertEqual((status, problem["code"], fields["retry-after"]), (429, "too_many_requests", "900"))
        self.assertEqual(told, {(401, "there is no such user with such a password")})

    def test_success_forgives_failures(self):
        for _ in range(2):
            for _ in range(6):
                self.assertEqual(self.login(password="wrong password")[0], 401)
            self.session()

    def test_many_logins_at_once_wait_for_each_other_and_nobody_waits_for_them(self):
        outcomes, stop = [], threading.Event()

        def log_in():
            outcomes.append(self.login()[0])

        def probe():
            while not stop.is_set():
                begun = time.monotonic()
                self.assertEqual(self.service.request("GET", "/livez", token=None)[0], 200)
                slowest.append(time.monotonic() - begun)

        slowest = []
        prober = threading.Thread(target=probe)
        prober.start()
        threads = [threading.Thread(target=log_in) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        stop.set()
        prober.join()
        self.assertEqual(set(outcomes) - {201, 503}, set())  # one that is told to come again has not failed: no 429
        self.assertIn(201, outcomes)
        self.assertLess(max(slowest), 1)
        self.session()

    def test_bodies_that_are_none(self):
        for body in ("", "{}", "[]", '{"user":"officer-1"}', '{"user":1,"password":"x"}', '{"user":"a","password":"b","more":1}'):
            status, _, _ = self.service.request("POST", "/v1/sessions", body or None, token=None, Content_Type="application/json")
            self.assertIn(status, (411, 422), body)

    def test_another_password_or_a_disabled_user_ends_sessions_in_every_process(self):
        second = self.new_service("2")
        self.assertIsNone(second.start(), second.said())
        cookie, _ = self.session()
        self.wait_for(lambda: self.ask("GET", "/v1/sessions/current", running=second, Cookie=cookie)[0] == 200)
        self.set_password("officer-1", "another long password")
        for running in (self.service, second):
            self.wait_for(lambda: self.ask("GET", "/v1/sessions/current", running=running, Cookie=cookie)[0] == 401)
        self.assertEqual(self.login()[0], 401)
        cookie, _ = self.session(password="another long password")
        self.assertEqual(service.zcd("user", "disable", "officer-1", **self.service.environment()).returncode, 0)
        for running in (self.service, second):
            self.wait_for(lambda: self.ask("GET", "/v1/sessions/current", running=running, Cookie=cookie)[0] == 401)
        self.assertEqual(self.login(password="another long password")[0], 401)

    def wait_for(self, condition, seconds=3):
        """A change by another process takes effect within a second (DIRECTORY_STALE_MS); the rest is for a slow machine."""
        deadline = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)

    def test_only_digests_and_hashes_are_kept(self):
        cookie, csrf = self.session()
        tables = "concat((SELECT string_agg(t::text, ' ') FROM {0} t))"
        kept = self.database.run("SELECT " + " || ".join(tables.format(name) for name in ("user_session", "user_password", "access_token")))
        for secret in (cookie.split("_")[-1], csrf, PASSWORD, service.TOKEN):
            self.assertNotIn(secret, kept)
        self.assertIn("$scrypt$ln=15,r=8,p=1$", kept)

    def test_passwords_that_may_not_be(self):
        for password in ("short", "x" * 300, "tab\tin the middle"):
            self.set_password("officer-1", password, 78)
        self.assertNotEqual(service.zcd("user", "password", "nobody", text=PASSWORD, **self.service.environment()).returncode, 0)


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


class Key:
    """An Ed25519 key of openssl's, as an issuer has it."""

    def __init__(self, folder, kid):
        self.path, self.kid = folder / f"{kid}.pem", kid
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", self.path], check=True, capture_output=True)
        der = subprocess.run(["openssl", "pkey", "-in", self.path, "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout
        self.jwk = {"kid": kid, "kty": "OKP", "crv": "Ed25519", "x": encode(der[-32:])}

    def token(self, header=None, **changed):
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "zhang", "iat": now, "exp": now + 300, **changed}
        header = {"alg": "EdDSA", "kid": self.kid, "typ": "JWT", **(header or {})}
        text = encode(json.dumps(header).encode()) + "." + encode(json.dumps(claims).encode())
        message = self.path.with_suffix(".message")
        message.write_text(text, encoding="ascii")
        signature = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", self.path, "-in", message], check=True,
                                   capture_output=True).stdout
        return text + "." + encode(signature)


class IssuerTest(service.ServiceTest):
    starts_service = False

    def setUp(self):
        super().setUp()
        self.key = Key(self.state, "one")
        self.keys = self.state / "jwks.json"
        self.publish(self.key)
        self.service.settings.update({"ZCD_OIDC_ISSUER": ISSUER, "ZCD_OIDC_AUDIENCE": AUDIENCE, "ZCD_OIDC_KEYS": self.keys})
        self.bind("bind")

    def publish(self, *keys):
        self.keys.write_text(json.dumps({"keys": [key.jwk for key in keys]}), encoding="ascii")

    def bind(self, word, status=0):
        run = service.zcd("user", word, "officer-1", "--oidc", "zhang", **self.service.environment())
        self.assertEqual(run.returncode, status, run.stderr)

    def who(self, token):
        status, _, body = self.service.request("GET", "/v1/sessions/current", token=token)
        return json.loads(body)["user"] if status == 200 else status

    def test_tokens_of_the_issuer(self):
        self.assertIsNone(self.service.start(), self.service.said())
        now = int(time.time())
        self.assertEqual(self.who(self.key.token()), "officer-1")
        for wrong in ({"sub": "li"}, {"iss": "https://other.example"}, {"aud": "other"}, {"exp": now - 120}, {"nbf": now + 120}):
            self.assertEqual(self.who(self.key.token(**wrong)), 401, wrong)
        for wrong in ({"alg": "none"}, {"kid": "two"}, {"typ": "dpop+jwt"}, {"crit": ["exp"]}):
            self.assertEqual(self.who(self.key.token(header=wrong)), 401, wrong)
        head, claims, _ = self.key.token().split(".")
        self.assertEqual(self.who(f"{head}.{claims}."), 401)
        self.assertEqual(self.who(service.TOKEN), "officer-1")  # our own tokens stand beside
        self.bind("unbind")
        time.sleep(1.5)
        self.assertEqual(self.who(self.key.token()), 401)

    def test_keys_from_a_url_are_read_again_when_they_change(self):
        folder = self.state

        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *arguments):
                super().__init__(*arguments, directory=folder)

            def log_message(self, *arguments):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.addCleanup(server.server_close)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        self.service.settings["ZCD_OIDC_KEYS"] = f"http://127.0.0.1:{server.server_port}/jwks.json"
        self.assertIsNone(self.service.start(), self.service.said())
        self.assertEqual(self.who(self.key.token()), "officer-1")
        new = Key(self.state, "two")
        self.publish(new)
        deadline = time.monotonic() + 25  # ISSUER_REFRESH_MIN_S is 10
        while self.who(new.token()) != "officer-1":
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.5)
        self.assertEqual(self.who(self.key.token()), 401)

    def test_settings_that_cannot_be_meant(self):
        self.keys.write_text('{"keys": []}', encoding="ascii")
        self.assertEqual(self.service.start(), 78)
        self.assertIn("no key is for RS256, ES256 or EdDSA", self.service.said())
        for url in ("http://idp.example/keys", "http://127.0.0.1.idp.example/keys", "http://localhost@idp.example/keys"):
            self.service.settings["ZCD_OIDC_KEYS"] = url
            self.assertEqual(self.service.start(), 78)
            self.assertIn("over https", self.service.said())
        del self.service.settings["ZCD_OIDC_AUDIENCE"]
        self.assertEqual(self.service.start(), 78)
        self.assertIn("go together", self.service.said())


class CertificateTest(service.ServiceTest):
    starts_service = False

    def test_a_client_certificate_stands_for_the_user_that_its_subject_is_bound_to(self):
        test_tls.make_authority(self.state, "ca")
        test_tls.issue(self.state, "ca", "server", "/CN=first", test_tls.SERVER, 1)
        test_tls.issue(self.state, "ca", "core", "/O=bank/CN=core", test_tls.CLIENT, 2)
        test_tls.issue(self.state, "ca", "other", "/O=bank/CN=other", test_tls.CLIENT, 3)
        self.service.settings.update({"ZCD_TLS_CERTIFICATE_FILE": self.state / "server.pem", "ZCD_TLS_KEY_FILE": self.state / "server.key",
                                      "ZCD_TLS_CLIENT_CA_FILE": self.state / "ca.pem"})
        self.service.add_user("core", "system", "--lender", service.LENDER, token="t" * 40)
        run = service.zcd("user", "bind", "core", "--certificate", "CN=core,O=bank", **self.service.environment())
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIsNone(self.service.start(), self.service.said())
        self.assertEqual(self.who("core"), "core")
        self.assertEqual(self.who("other"), 401)
        self.assertEqual(self.who(None), 401)
        self.assertEqual(self.who("core", service.TOKEN), "officer-1")  # a token that is shown goes before
        self.assertEqual(self.who("core", "x" * 40), 401)

    def who(self, client, token=None):
        context = ssl.create_default_context(cafile=self.state / "ca.pem")
        if client is not None:
            context.load_cert_chain(self.state / f"{client}.pem", self.state / f"{client}.key")
        host, port = self.service.address.rsplit(":", 1)
        connection = http.client.HTTPSConnection(host, int(port), timeout=20, context=context)
        self.addCleanup(connection.close)
        status, _, body = self.service.request("GET", "/v1/sessions/current", token=token, connection=connection)
        return json.loads(body)["user"] if status == 200 else status


if __name__ == "__main__":
    service.main()
