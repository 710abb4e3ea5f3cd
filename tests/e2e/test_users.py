"""Users, tokens, and who sees what."""
import hashlib
import json
import time

import service

OTHER = service.SOURCE / "data/examples/serious-violation-list.json"
TOKENS = {name: f"e2e-{name}-0123456789abcdef0123456789abcdef" for name in ("rival", "director", "stranger", "admin", "organiser")}


class UsersTest(service.ServiceTest):
    def setUp(self):
        super().setUp()
        self.zhicheng = json.loads(service.EXAMPLE.read_bytes())["organisation"]["uscc"]
        other = json.loads(OTHER.read_bytes())["organisation"]["uscc"]
        for name, words in {"rival": ("officer", "--lender", "other-bank"), "director": ("director", "--organisation", self.zhicheng),
                            "stranger": ("director", "--organisation", other), "admin": ("admin", "--lender", service.LENDER),
                            "organiser": ("organiser",)}.items():
            self.service.add_user(name, *words, token=TOKENS[name])
        self.until(200, "/log/tile/0/000.p/1", TOKENS["organiser"], wanted=404)  # known from now on
        status, _, body = self.service.assess(service.EXAMPLE.read_bytes())
        self.assertEqual(status, 201, body)
        self.answer = json.loads(body)

    def status(self, path, token, method="GET", **options):
        return self.service.request(method, path, token=token, **options)[0]

    def until(self, tries, path, token, wanted):
        """What another process changes is known within a second."""
        for _ in range(tries):
            if self.status(path, token) == wanted:
                return
            time.sleep(0.01)
        self.fail(f"{path} does not become {wanted}")

    def zcd(self, *words, status=0, text=None):
        run = service.zcd(*words, text=text, **self.service.environment())
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return run.stdout

    def test_everybody_sees_what_is_their_own(self):
        paths = ("/v1/audit/records/0", "/v1/audit/records/0/bundle", "/v1/audit/records/0/replay",
                 "/v1/assessments/" + self.answer["id"])
        expected = {service.TOKEN: 200, service.REGULATOR_TOKEN: 200, TOKENS["director"]: 200, TOKENS["rival"]: 404,
                    TOKENS["stranger"]: 404, TOKENS["admin"]: 404, TOKENS["organiser"]: 404, None: 401, "x" * 40: 401}
        for path in paths:
            for token, status in expected.items():
                self.assertEqual(self.status(path, token), status, (path, token))
        # A search finds the own records and no others, whatever is asked for.
        for token, count in ((service.TOKEN, 1), (service.REGULATOR_TOKEN, 1), (TOKENS["director"], 1), (TOKENS["rival"], 0),
                             (TOKENS["stranger"], 0)):
            for query in ("kind=assessment", "uscc=" + self.zhicheng + "&kind=assessment"):
                status, _, body = self.service.request("GET", "/v1/audit/records?" + query, token=token)
                self.assertEqual((status, len(json.loads(body)["records"])), (200, count), (token, query, body))
        # Entries are everybody's records; hashes tell nothing of anybody.
        self.assertEqual(self.status("/log/tile/entries/000.p/1", service.TOKEN), 404)
        self.assertEqual(self.status("/log/tile/0/000.p/1", TOKENS["organiser"]), 200)
        self.assertEqual(self.status("/v1/audit/replay?from=0&to=1", service.TOKEN), 404)
        # Nobody decides but a lender's officers and systems.
        for token in (service.REGULATOR_TOKEN, TOKENS["director"], TOKENS["admin"]):
            self.assertEqual(self.status("/v1/assessments", token, "POST", body=service.EXAMPLE.read_bytes(),
                                         Content_Type="application/json"), 404)

    def test_records_name_the_user(self):
        self.assertEqual(json.loads(self.answer["leaf"])["actor"], {"id": "officer-1", "lender": service.LENDER, "role": "officer"})

    def test_the_regulator_reading_an_assessment_is_on_record_and_the_own_officer_is_not(self):
        path = "/v1/assessments/" + self.answer["id"]
        for token, size in ((service.TOKEN, 1), (TOKENS["director"], 1), (service.REGULATOR_TOKEN, 2), (service.REGULATOR_TOKEN, 2)):
            self.assertEqual(self.status(path, token), 200)
            self.assertEqual(self.database.log_size(), size)

    def test_what_is_revoked_disabled_or_expired_is_not_taken(self):
        path = "/v1/audit/records/0"
        tokens = [self.zcd("token", "new", "director").strip() for _ in range(2)]
        for token in tokens:
            self.assertRegex(token, r"^zcd_[0-9a-f]{64}$")
            self.until(200, path, token, wanted=200)
        listed = [json.loads(line) for line in self.zcd("token", "list").splitlines()]
        mine = [one["id"] for one in listed if one["user"] == "director"]
        self.assertEqual(len(mine), 3)
        first = hashlib.sha256(tokens[0].encode()).hexdigest()[:16]
        self.assertIn(first, mine)
        self.zcd("token", "revoke", first)
        self.until(200, path, tokens[0], wanted=401)
        self.assertEqual(self.status(path, tokens[1]), 200)
        self.zcd("token", "revoke", first, status=66)
        self.database.run(f"UPDATE access_token SET expires_at = now() WHERE left(encode(sha256, 'hex'), 16) <> '{first}'"
                          " AND user_id = 'rival'")
        self.until(200, "/log/tile/0/000.p/1", TOKENS["rival"], wanted=401)
        self.zcd("user", "disable", "director")
        self.until(200, path, tokens[1], wanted=401)
        self.zcd("user", "disable", "director", status=66)
        self.zcd("token", "new", "director", status=66)
        # The day of use is kept, and of the token nothing but its digest.
        self.assertEqual(self.database.number("SELECT count(*) FROM access_token WHERE used_on IS NOT NULL AND user_id = 'organiser'"), 1)
        for secret in (tokens[1], TOKENS["director"]):
            self.assertEqual(self.database.number("SELECT count(*) FROM access_token t, service_user u"
                                                  f" WHERE t::text || u::text LIKE '%{secret}%'"), 0)

    def test_users_that_cannot_be(self):
        for words in (("u", "--roles", "officer"), ("u", "--roles", "director", "--lender", "b"), ("u", "--roles", "regulator", "--lender", "b"),
                      ("u", "--roles", "officer,director", "--lender", "b"), ("u", "--roles", "director", "--organisation", "123"),
                      ("u", "--roles", "officer", "--lender", "b", "--organisation", self.zhicheng), ("U U", "--roles", "regulator")):
            self.zcd("user", "add", *words, status=78)
        self.zcd("user", "add", "organiser", "--roles", "organiser", status=75)
        self.zcd("user", "add", "u", "--roles", "king", status=64)
        self.zcd("token", "new", "nobody", status=66)
        self.zcd("token", "new", "organiser", "--stdin", text="short\n", status=78)
        self.zcd("token", "new", "organiser", "--days", "367", status=64)


if __name__ == "__main__":
    service.main()
