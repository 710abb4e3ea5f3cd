"""What the service says of itself: JSON lines with known members, and nothing of persons, organisations, amounts or secrets."""
import json
import pathlib
import re
import unittest

import service

DATABASE_PASSWORD = "sesame-0123456789"
MEMBERS = {"at", "level", "event"}
LEVELS = {"info", "warning", "error"}


def texts_and_amounts(value):
    """Every text of some length and every amount anywhere in a document."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name.endswith("_fen") and isinstance(inner, int) and inner > 99999:
                yield str(inner)
            else:
                yield from texts_and_amounts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_and_amounts(inner)
    elif isinstance(value, str) and (len(value) >= 12 or not value.isascii()):
        yield value


class ServiceLogTest(service.ServiceTest):
    starts_service = False

    def start_with(self, **settings):
        started = self.new_service("said", **settings)
        self.assertIsNone(started.start(), started.said())
        return started

    def walk(self, asked):
        """Some of everything: decisions, readings, refusals with the client's own words in them, failures."""
        dossier = service.EXAMPLE.read_bytes()
        uscc = json.loads(dossier)["organisation"]["uscc"]
        status, _, body = asked.assess(dossier)
        self.assertEqual(status, 201)
        assessment = json.loads(body)["id"]
        for method, path, text in (
                ("GET", f"/v1/assessments/{assessment}", None), ("GET", "/v1/audit/records/0", None),
                ("GET", "/v1/audit/records/0/bundle", None), ("GET", f"/v1/audit/records?uscc={uscc}", None),
                ("GET", "/v1/audit/records/0/replay", None), ("GET", f"/{uscc}/{assessment}", None),
                ("GET", f"/v1/audit/records?name={uscc}", None), ("POST", "/v1/assessments", dossier[:-40]),
                ("POST", "/v1/assessments", dossier.replace(uscc.encode(), uscc.encode()[:-1] + b"#"))):
            asked.request(method, path, text, Content_Type="application/json") if text else asked.request(method, path)
        asked.request("GET", f"/v1/assessments/{assessment}", token="wrong-" + service.TOKEN)
        self.database.run("ALTER TABLE assessment RENAME TO assessment_away")
        self.assertIn(asked.assess(dossier)[0], (500, 503))
        self.database.run("ALTER TABLE assessment_away RENAME TO assessment")
        self.database.run(f"ALTER DATABASE {self.database.name} ALLOW_CONNECTIONS false", url=self.database.server)
        self.database.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                          f"'{self.database.name}' AND pid <> pg_backend_pid()", url=self.database.server)
        asked.assess(dossier)
        asked.request("GET", "/readyz")
        return dossier, json.loads(body)

    def test_holds_nothing_of_anybody(self):
        url = service.with_database(self.database.url, self.database.name)
        url = url + (f"&password={DATABASE_PASSWORD}" if "://" in url else f" password={DATABASE_PASSWORD}")
        asked = self.start_with(ZCD_DATABASE_URL=url, ZCD_METRICS_LISTEN="127.0.0.1:0")
        dossier, answer = self.walk(asked)
        asked.stop()
        said = asked.said()
        settings = next(line for line in said.splitlines() if '"event":"serving"' in line)
        others = said.replace(settings, "")
        forbidden = {service.TOKEN, service.REGULATOR_TOKEN, DATABASE_PASSWORD, answer["id"], "officer-1", "regulator-1",
                     service.LENDER}
        forbidden |= set(texts_and_amounts(json.loads(dossier))) | set(texts_and_amounts(answer["decision"]))
        forbidden -= {text for text in forbidden if text in settings}  # the engine's version, the policy's digest
        self.assertGreater(len(forbidden), 200)
        self.assertEqual([text for text in forbidden if text in others], [])
        for secret in (service.TOKEN, DATABASE_PASSWORD):
            self.assertNotIn(secret, settings)
        self.assertNotIn((self.state / "key").read_text(encoding="ascii").split("\n")[0], said)

    def test_is_one_object_a_line_with_a_request_to_find_it_by(self):
        asked = self.start_with()
        self.walk(asked)
        asked.stop()
        ids = set()
        for text in asked.said().splitlines():
            line = json.loads(text)
            self.assertTrue(MEMBERS <= set(line), text)
            self.assertIn(line["level"], LEVELS)
            self.assertRegex(line["at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
            if line["event"] == "request":
                self.assertRegex(line["request_id"], r"^[0-9a-f]{32}$")
                self.assertNotIn(line["request_id"], ids)
                ids.add(line["request_id"])
        failures = [one for one in asked.notices() if one["event"] == "failure"]
        self.assertTrue(failures)
        self.assertTrue(all(one["request_id"] for one in failures))

    def test_says_only_what_is_grave_enough(self):
        asked = self.start_with(ZCD_LOG_LEVEL="info")
        address = asked.address
        asked.stop()
        quiet = self.new_service("quiet", ZCD_LOG_LEVEL="error", ZCD_LISTEN=address)
        with self.assertRaises(AssertionError):  # it says not even that it serves
            quiet.start(wait_s=3)
        self.assertEqual(quiet.said(), "")
        quiet.stop()

    def test_says_why_it_cannot_serve(self):
        for settings, detail in (({"ZCD_LISTEN": "nowhere"}, "the address to listen on"),
                                 ({"ZCD_METRICS_LISTEN": "nowhere"}, "the address to listen on"),
                                 ({"ZCD_KEY_FILE": "/nowhere"}, "key file")):
            refused = self.new_service("refused", **settings)
            self.assertNotEqual(refused.start(), 0)
            lines = [json.loads(line) for line in refused.said().splitlines()]
            self.assertEqual((lines[-1]["level"], lines[-1]["event"]), ("error", "cannot_serve"))
            self.assertIn(detail, lines[-1]["detail"])

    def test_every_event_is_explained(self):
        """docs/operations.md, in both languages, has a row for every event that the source can say."""
        source = "".join(path.read_text(encoding="utf-8") for path in pathlib.Path(service.SOURCE / "api").rglob("*.c"))
        events = set(re.findall(r'\bnotice\("([a-z_]+)"', source)) | set(re.findall(r'notice_begin\(&?\w+, "([a-z_]+)"', source))
        self.assertGreater(len(events), 12)
        for name in ("operations.md", "operations.zh-CN.md"):
            page = (service.SOURCE / "docs" / name).read_text(encoding="utf-8")
            self.assertEqual([event for event in sorted(events) if f"`{event}`" not in page], [], name)


if __name__ == "__main__":
    service.main()
