"""Events to webhooks, at a receiver of our own on loopback that verifies what comes by the standard's own words."""
import base64
import hashlib
import hmac
import http.server
import json
import os
import socket
import threading
import time

import service

ADMIN_TOKEN = "e2e-admin-0123456789abcdef0123456789abcdef"
OTHER_ADMIN_TOKEN = "e2e-other-admin-0123456789abcdef01234567"
OTHER = service.SOURCE / "data/examples/serious-violation-list.json"


class Receiver:
    """Takes what is POSTed to it; answers with what `answer(body)` says, 200 by default."""

    def __init__(self, family=socket.AF_INET, host="127.0.0.1"):
        self.got, self.answer, self.lock = [], lambda body: 200, threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.answer(json.loads(body))
                with receiver.lock:
                    receiver.got.append((time.time(), dict(self.headers.items()), body, status))
                self.send_response(status)
                if status in (301, 302, 307, 308):
                    self.send_header("Location", receiver.elsewhere)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            address_family = family

        self.server = Server((host, 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, host="127.0.0.1"):
        return f"http://{host}:{self.port}/hook?from=zhengcaidai"

    def taken(self):
        with self.lock:
            return [one for one in self.got if one[3] == 200]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def signatures(secret, fields, body):
    """As the standard words it: base64 of HMAC-SHA256 over id.timestamp.body, under the secret behind whsec_."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = b".".join([fields["webhook-id"].encode(), fields["webhook-timestamp"].encode(), body])
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


class WebhooksTest(service.ServiceTest):
    starts_service = False
    allowed = "127.0.0.0/8"

    def setUp(self):
        super().setUp()
        self.service.settings = {"ZCD_WEBHOOK_ADDRESSES": self.allowed} if self.allowed else {}
        self.service.add_user("admin-1", "admin", "--lender", service.LENDER, token=ADMIN_TOKEN)
        self.service.add_user("admin-2", "admin", "--lender", "another-bank", token=OTHER_ADMIN_TOKEN)
        self.assertIsNone(self.service.start(), self.service.said())
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        self.dossiers = service.distinct_dossiers()

    def ask(self, method, path="", body=None, expected=200, token=ADMIN_TOKEN):
        fields = {"Content_Type": "application/json"} if body is not None else {}
        if method == "POST" and body is None:
            fields["Content_Length"] = "0"
        status, headers, text = self.service.request(method, "/v1/webhooks" + path, None if body is None else json.dumps(body),
                                                     token=token, **fields)
        self.assertEqual(status, expected, text)
        if status == 201:
            self.assertEqual(headers["location"], "/v1/webhooks/" + json.loads(text)["id"])
        return json.loads(text)

    def make(self, url=None, types=("assessment.recorded",), **options):
        return self.ask("POST", body={"url": url or self.receiver.url(), "types": list(types)}, expected=201, **options)

    def show(self, webhook):
        return self.ask("GET", "/" + webhook["id"])

    def deliveries(self, webhook, query=""):
        return self.ask("GET", f"/{webhook['id']}/deliveries{query}")["deliveries"]

    def assess(self, dossier=None):
        status, _, body = self.service.assess(dossier or next(self.dossiers))
        self.assertEqual(status, 201, body)
        return json.loads(body)

    def wait(self, done, wait_s=30):
        deadline = time.monotonic() + wait_s
        while not done():
            if time.monotonic() > deadline:
                raise AssertionError((self.receiver.got, self.service.said()[-2000:]))
            time.sleep(0.05)

    def hurry(self, attempts=None):
        """What would be tried later is tried now."""
        if attempts is not None:
            self.database.run(f"UPDATE webhook_delivery SET attempts = {attempts} WHERE state = 'waiting'")
        self.database.run("UPDATE webhook_stream SET not_before = now()")


class DeliveryTest(WebhooksTest):
    def test_an_event_comes_signed_and_thin(self):
        webhook = self.make()
        recorded = self.assess()
        self.wait(self.receiver.taken)
        _, fields, body, _ = self.receiver.taken()[0]
        event = json.loads(body)
        leaf = json.loads(recorded["leaf"])
        self.assertEqual(event, {"type": "assessment.recorded", "timestamp": leaf["at"],
                                 "data": {"actor": "officer-1", "assessment": recorded["id"], "log_index": 0,
                                          "uscc": leaf["subject"]["uscc"]}})
        self.assertLess(len(body), 20 * 1024)
        self.assertEqual(fields["Content-Type"], "application/json")
        self.assertLess(abs(time.time() - int(fields["webhook-timestamp"])), 60)
        self.assertRegex(fields["webhook-id"], "^evt_[0-9a-f]{32}$")
        self.assertRegex(webhook["secret"], "^whsec_[A-Za-z0-9+/]{43}=$")
        self.assertEqual(fields["webhook-signature"], signatures(webhook["secret"], fields, body))
        self.wait(lambda: self.show(webhook)["last_success_at"])
        delivery, = self.deliveries(webhook)
        self.assertEqual((delivery["event"], delivery["state"], delivery["attempts"], delivery["last_status"]),
                         (fields["webhook-id"], "delivered", 1, 200))

    def test_while_a_secret_replaces_another_both_sign(self):
        first = self.make()
        second = self.ask("POST", f"/{first['id']}/secrets")
        self.assertNotEqual(first["secret"], second["secret"])
        self.assess()
        self.wait(self.receiver.taken)
        _, fields, body, _ = self.receiver.taken()[0]
        self.assertEqual(fields["webhook-signature"].split(" "),
                         [signatures(one["secret"], fields, body) for one in (second, first)])
        self.database.run("UPDATE webhook_secret SET expires_at = now() WHERE expires_at IS NOT NULL")
        self.assess()
        self.wait(lambda: len(self.receiver.taken()) == 2)
        _, fields, body, _ = self.receiver.taken()[1]
        self.assertEqual(fields["webhook-signature"], signatures(second["secret"], fields, body))
        for _ in range(3):
            self.ask("POST", f"/{first['id']}/secrets")
        self.ask("POST", f"/{first['id']}/secrets", expected=409)

    def test_a_rotation_that_is_sent_again_makes_no_other_secret(self):
        first = self.make()
        answers = [self.service.request("POST", f"/v1/webhooks/{first['id']}/secrets", token=ADMIN_TOKEN, Idempotency_Key="rotate-1")
                   for _ in range(2)]
        self.assertEqual([status for status, _, _ in answers], [200, 200])
        self.assertEqual(["secret" in json.loads(body) for _, _, body in answers], [True, False])
        self.assertEqual(answers[1][1]["idempotency-replayed"], "true")
        self.assertEqual(self.database.number("SELECT count(*) FROM webhook_secret"), 2)

    def test_the_trace_of_the_request_is_passed_on(self):
        self.make()
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        self.assertEqual(self.service.assess(service.EXAMPLE.read_bytes(), traceparent=f"00-{trace}-00f067aa0ba902b7-00")[0], 201)
        self.wait(self.receiver.taken)
        self.assertRegex(self.receiver.taken()[0][1]["traceparent"], f"^00-{trace}-(?!00f067aa0ba902b7)[0-9a-f]{{16}}-01$")
        status, fields, _ = self.service.assess(OTHER.read_bytes())
        self.assertEqual(status, 201)
        self.wait(lambda: len(self.receiver.taken()) == 2)
        self.assertIn(fields["request-id"], self.receiver.taken()[1][1]["traceparent"])  # no trace was named: it begins here

    def test_one_that_fails_holds_up_its_own_organisation_and_no_other(self):
        webhook = self.make()
        refused = json.loads(self.assess()["leaf"])["subject"]["uscc"]
        self.wait(self.receiver.taken)
        self.receiver.answer = lambda body: 500 if body["data"]["uscc"] == refused else 200
        for _ in range(3):
            self.assess()
        self.wait(lambda: [one for one in self.receiver.got if one[3] == 500])
        other = self.assess(OTHER.read_bytes())
        self.wait(lambda: json.loads(self.receiver.taken()[-1][2])["data"]["assessment"] == other["id"])
        self.assertEqual(len([one for one in self.receiver.got if one[3] == 500]), 1) # those behind it were not sent
        shown = self.show(webhook)
        self.assertEqual((shown["last_error"], shown["waiting"], shown["disabled_at"]), (None, 3, None))
        failed = self.deliveries(webhook, "?state=waiting")
        self.assertEqual([one["attempts"] for one in failed], [0, 0, 1])
        self.assertEqual((failed[2]["last_status"], failed[2]["last_error"]), (500, "answered with status 500"))
        self.receiver.answer = lambda body: 200
        self.wait(lambda: len(self.receiver.taken()) == 5) # after five seconds or so, by itself
        indices = [json.loads(body)["data"]["log_index"] for _, _, body, status in self.receiver.got
                   if status == 200 and json.loads(body)["data"]["uscc"] == refused]
        self.assertEqual(indices, sorted(indices))
        again = [fields["webhook-id"] for _, fields, body, _ in self.receiver.got
                 if json.loads(body)["data"]["log_index"] == indices[1]]
        self.assertEqual(len(again), 2)
        self.assertEqual(len(set(again)), 1) # the same id however often

    def test_after_three_days_of_failure_it_is_disabled_and_enabled_again_it_goes_on(self):
        webhook = self.make()
        self.receiver.answer = lambda body: 500
        ids = [self.assess()["id"] for _ in range(2)]
        for attempts in range(1, 10):
            self.wait(lambda count=attempts: len(self.receiver.got) == count)
            self.wait(lambda count=attempts: self.deliveries(webhook)[-1]["attempts"] == count)
            pause = float(self.database.run("SELECT extract(epoch FROM not_before - now()) FROM webhook_stream"))
            planned = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)[attempts - 1]
            self.assertTrue(0.6 * planned - 5 < pause < 1.26 * planned, (attempts, pause))
            self.hurry()
        self.wait(lambda: self.show(webhook)["disabled_at"])
        self.assertEqual(self.show(webhook)["disabled_reason"], "failing")
        self.assertEqual([one["state"] for one in self.deliveries(webhook)], ["waiting", "failed"])
        ids.append(self.assess()["id"])
        time.sleep(2)
        self.assertEqual(len(self.receiver.got), 10) # nothing more is sent
        self.receiver.answer = lambda body: 200
        self.assertIsNone(self.ask("POST", f"/{webhook['id']}/enable")["disabled_at"])
        self.wait(lambda: len(self.receiver.taken()) == 2)
        self.assertEqual([json.loads(body)["data"]["assessment"] for _, _, body, _ in self.receiver.taken()], ids[1:])

    def test_one_event_that_is_given_up_does_not_disable_what_takes_others(self):
        webhook = self.make()
        self.assess()
        self.wait(self.receiver.taken)
        bad = self.assess()["id"]
        self.receiver.answer = lambda body: 500 if body["data"]["assessment"] == bad else 200
        self.wait(lambda: self.deliveries(webhook)[0]["attempts"] >= 1)
        self.assess(OTHER.read_bytes())
        self.wait(lambda: len(self.receiver.taken()) == 2)
        self.hurry(attempts=9)
        self.assess()
        self.wait(lambda: len(self.receiver.taken()) == 3)
        self.assertIsNone(self.show(webhook)["disabled_at"])
        self.assertEqual([one["state"] for one in self.deliveries(webhook)], ["delivered", "delivered", "failed", "delivered"])

    def test_a_change_of_roles_and_an_authorisation_are_told_to_whom_they_concern(self):
        uscc = json.loads(service.EXAMPLE.read_bytes())["organisation"]["uscc"]
        second, director = "e2e-second-admin-0123456789abcdef0123456", "e2e-director-0123456789abcdef0123456789a"
        self.service.add_user("admin-3", "admin", "--lender", service.LENDER, token=second)
        self.service.add_user("director-1", "director", "--organisation", uscc, token=director)
        time.sleep(1.5) # until the service knows them
        types = ["user.changed", "authorisation.changed"]
        self.make(types=types)
        self.make(types=types, token=OTHER_ADMIN_TOKEN)

        def post(path, body, token, **fields):
            if body is not None:
                fields["Content_Type"] = "application/json"
            status, _, text = self.service.request("POST", path, None if body is None else json.dumps(body), token=token, **fields)
            self.assertIn(status, (200, 201), text)
            return json.loads(text)

        change = post("/v1/role-changes", {"user": "officer-1", "roles": ["officer"]}, ADMIN_TOKEN)
        post(f"/v1/role-changes/{change['id']}/approval", None, second, Content_Length="0")
        given = post("/v1/authorisations", {"granted_to": "lender/another-bank", "purpose": "matching", "scope": ["assessments"]},
                     director)
        status, _, text = self.service.request("DELETE", "/v1/authorisations/" + given["id"], token=director)
        self.assertEqual(status, 200, text)
        self.wait(lambda: len(self.receiver.taken()) == 3)
        events = [json.loads(body) for _, _, body, _ in self.receiver.taken()]
        changed, = [event["data"] for event in events if event["type"] == "user.changed"]
        self.assertEqual((changed["user"], changed["uscc"]), ("officer-1", None))
        told = [event["data"] for event in events if event["type"] == "authorisation.changed"]
        self.assertEqual([(one["actor"], one["uscc"]) for one in told], 2 * [("director-1", uscc)]) # given, and withdrawn
        lenders = self.database.run("SELECT type, lender FROM event ORDER BY position").splitlines()
        self.assertEqual(lenders, ["user.changed|" + service.LENDER] + 2 * ["authorisation.changed|another-bank"])

    def test_who_answers_410_is_told_nothing_more(self):
        webhook = self.make()
        self.receiver.answer = lambda body: 410
        self.assess()
        self.wait(lambda: self.show(webhook)["disabled_reason"] == "gone")

    def test_an_event_outlives_the_process(self):
        webhook = self.make()
        self.receiver.answer = lambda body: 503
        recorded = self.assess()
        self.service.kill()
        self.receiver.answer = lambda body: 200
        self.assertIsNone(self.service.start(), self.service.said())
        self.database.run("UPDATE webhook_stream SET lease_until = now() WHERE lease IS NOT NULL") # a minute later
        self.hurry()
        self.wait(self.receiver.taken)
        self.assertEqual(json.loads(self.receiver.taken()[0][2])["data"]["assessment"], recorded["id"])
        self.assertEqual(len({fields["webhook-id"] for _, fields, _, _ in self.receiver.got}), 1)
        self.wait(lambda: self.deliveries(webhook)[0]["state"] == "delivered")

    def test_a_redirection_is_not_followed(self):
        elsewhere = Receiver()
        self.addCleanup(elsewhere.close)
        self.receiver.elsewhere = elsewhere.url()
        webhook = self.make()
        for status in (302, 307):
            self.receiver.answer = lambda body, status=status: status
            self.hurry()
            if status == 302:
                self.assess()
            self.wait(lambda status=status: self.receiver.got and self.receiver.got[-1][3] == status)
            self.wait(lambda status=status: self.show(webhook)["last_error"] == f"answered with status {status}")
        self.assertEqual(elsewhere.got, [])

    def test_two_processes_send_each_event_once_and_in_order(self):
        self.make()
        other = self.new_service("2", **self.service.settings)
        self.assertIsNone(other.start(), other.said())
        for _ in range(30):
            self.assess()
        self.wait(lambda: len(self.receiver.taken()) >= 30)
        time.sleep(1)
        self.assertEqual([json.loads(body)["data"]["log_index"] for _, _, body, _ in self.receiver.got], list(range(30)))

    def test_a_receiver_that_does_not_answer_does_not_keep_the_service_from_stopping(self):
        hold = threading.Event()
        self.receiver.answer = lambda body: hold.wait(30) and 200 or 200
        webhook = self.make()
        self.assess()
        self.wait(lambda: self.database.number("SELECT count(*) FROM webhook_stream WHERE lease IS NOT NULL"))
        began = time.monotonic()
        self.assertEqual(self.service.stop(), 0, self.service.said())
        self.assertLess(time.monotonic() - began, 5)
        hold.set()
        self.assertEqual(self.database.run("SELECT state, attempts FROM webhook_delivery"), "waiting|0")
        self.assertIsNone(self.service.start(), self.service.said())
        self.wait(lambda: self.deliveries(webhook)[0]["state"] == "delivered")


class AdministrationTest(WebhooksTest):
    def test_a_secret_is_shown_once(self):
        webhook = self.make()
        self.assertNotIn("secret", self.show(webhook))
        self.assertNotIn("secret", self.ask("GET")["webhooks"][0])
        self.assertNotIn(webhook["secret"], self.service.said())
        for again in (False, True):
            status, fields, body = self.service.request(
                "POST", "/v1/webhooks", json.dumps({"url": self.receiver.url(), "types": ["user.changed"]}), token=ADMIN_TOKEN,
                Content_Type="application/json", Idempotency_Key="once")
            self.assertEqual((status, fields.get("idempotency-replayed"), "secret" in json.loads(body)),
                             (201, "true" if again else None, not again))
        self.assertEqual(len(self.ask("GET")["webhooks"]), 2)

    def test_each_lender_has_its_own(self):
        webhook = self.make()
        theirs = self.make(token=OTHER_ADMIN_TOKEN)
        self.assertEqual([one["id"] for one in self.ask("GET")["webhooks"]], [webhook["id"]])
        for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/secrets"), ("POST", "/enable"), ("GET", "/deliveries")):
            self.ask(method, f"/{theirs['id']}{path}", expected=404)
            self.ask(method, f"/{webhook['id']}{path}", expected=404, token=service.TOKEN)
            self.ask(method, f"/{webhook['id']}{path}", expected=401, token=None)
        self.assess()
        self.wait(self.receiver.taken)
        time.sleep(1)
        self.assertEqual(len(self.receiver.got), 1) # the other bank is not told
        self.assertEqual(self.deliveries(webhook)[0]["state"], "delivered")
        self.ask("DELETE", "/" + webhook["id"])
        self.ask("GET", "/" + webhook["id"], expected=404)
        self.assess()
        time.sleep(1)
        self.assertEqual(len(self.receiver.got), 1)
        self.assertEqual(self.database.number("SELECT count(*) FROM webhook_stream") +
                         self.database.number("SELECT count(*) FROM webhook_delivery"), 0)

    def test_what_is_asked_for_is_checked(self):
        good = {"url": "https://bank.example/hook", "types": ["assessment.recorded"]}
        for change, pointer in (({"url": "ftp://bank.example/"}, "/url"), ({"url": "https://"}, "/url"),
                                ({"url": "https://user:word@bank.example/"}, "/url"), ({"url": "https://bank.example/#x"}, "/url"),
                                ({"url": "https://bank.example/ x"}, "/url"), ({"url": "https://b.example/" + 2048 * "x"}, "/url"),
                                ({"url": "file:///etc/passwd"}, "/url"), ({"url": 1}, "/url"), ({"types": []}, "/types"),
                                ({"types": ["nothing"]}, "/types/0"), ({"types": 2 * ["user.changed"]}, "/types/1"),
                                ({"colour": "red"}, "/colour")):
            problem = self.ask("POST", body={**good, **change}, expected=422)
            self.assertEqual(problem["errors"][0]["pointer"], pointer, change)
        problem = self.ask("POST", body={"url": "ftp://x", "types": ["nothing", "user.changed", "user.changed"], "colour": 1}, expected=422)
        self.assertEqual([error["pointer"] for error in problem["errors"]], ["/colour", "/types/0", "/types/2", "/url"])
        self.ask("POST", body=good, expected=404, token=service.TOKEN)
        for _ in range(20):
            self.ask("POST", body=good, expected=201)
        self.ask("POST", body=good, expected=409)

    def test_deliveries_page_by_page(self):
        webhook = self.make()
        for _ in range(5):
            self.assess()
        self.wait(lambda: len(self.receiver.taken()) == 5)
        seen, cursor = [], ""
        while True:
            page = self.ask("GET", f"/{webhook['id']}/deliveries?limit=2{cursor}")
            seen += [one["event"] for one in page["deliveries"]]
            if page["next"] is None:
                break
            cursor = "&cursor=" + page["next"]
        self.assertEqual(seen, [fields["webhook-id"] for _, fields, _, _ in self.receiver.got][::-1])
        for query in ("limit=0", "limit=101", "state=lost", "cursor=x"):
            self.ask("GET", f"/{webhook['id']}/deliveries?{query}", expected=400)


class PrivateAddressTest(WebhooksTest):
    """Nothing is allowed but what is public: a webhook must not reach into the network that the service stands in."""

    allowed = None

    def test_no_way_of_naming_loopback_is_connected_to(self):
        six = Receiver(socket.AF_INET6, "::1")
        self.addCleanup(six.close)
        ways = [self.receiver.url(host) for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1",
                                                     "127.1", "0.0.0.0", "127.0.0.1.")]
        ways += [six.url("[::1]"), six.url("localhost"), self.receiver.url().replace("http:", "https:")]
        webhooks = [self.make(url) for url in ways]
        self.assess()
        self.wait(lambda: all(self.show(webhook)["last_error"] for webhook in webhooks))
        self.assertEqual((self.receiver.got, six.got), ([], []))
        for webhook in webhooks:
            self.assertIn(self.show(webhook)["last_error"][:14], ("not sent: the ", "not answered: "), webhook["url"])
        self.assertTrue(self.show(webhooks[0])["last_error"].startswith("not sent: the address"))

    def test_a_proxy_in_the_environment_is_no_way_around(self):
        self.assertEqual(self.service.stop(), 0)
        proxy = Receiver()
        self.addCleanup(proxy.close)
        os.environ["http_proxy"] = os.environ["https_proxy"] = proxy.url()
        try:
            self.assertIsNone(self.service.start(), self.service.said())
        finally:
            del os.environ["http_proxy"], os.environ["https_proxy"]
        webhook = self.make()
        self.assess()
        self.wait(lambda: self.show(webhook)["last_error"])
        self.assertEqual((self.receiver.got, proxy.got), ([], []))


if __name__ == "__main__":
    service.main()
