"""Administrators of a lender: users, tokens, and roles that change only when two of them want it."""
import json
import time

import service

ADMIN, SECOND, OTHER_ADMIN = ("a" * 40, "b" * 40, "c" * 40)
UNKNOWN = "rc_" + "0" * 32


class UsersTest(service.ServiceTest):
    starts_service = False

    def setUp(self):
        super().setUp()
        for user, lender, token in (("admin-1", service.LENDER, ADMIN), ("admin-2", service.LENDER, SECOND), ("admin-3", "other-bank", OTHER_ADMIN)):
            self.service.add_user(user, "admin", "--lender", lender, token=token)
        self.service.add_user("officer-2", "officer", "--lender", "other-bank", token="o" * 40)
        self.assertIsNone(self.service.start(), self.service.said())

    def ask(self, method, path, token=ADMIN, document=None, **fields):
        body = None if document is None else json.dumps(document)
        if body is not None:
            fields["Content_Type"] = "application/json"
        status, _, body = self.service.request(method, path, body, token=token, **fields)
        return status, json.loads(body)

    def propose(self, user, *roles, token=ADMIN, status=201):
        got, document = self.ask("POST", "/v1/role-changes", token, {"user": user, "roles": roles})
        self.assertEqual(got, status, document)
        return document

    def decide(self, change, token, status=200):
        got, document = self.ask("POST", f"/v1/role-changes/{change['id']}/approval", token)
        self.assertEqual(got, status, document)
        return document

    def wait_for(self, condition, seconds=3):
        """In force within a second (DIRECTORY_STALE_MS); the rest is for a slow machine."""
        deadline = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)

    def role_records(self):
        records = json.loads(self.service.request("GET", "/v1/audit/records?kind=role_changed")[2])["records"]
        return [json.loads(record["leaf"]) for record in reversed(records)]

    def test_roles_change_when_a_second_administrator_approves(self):
        change = self.propose("li-hua", "officer")
        self.assertEqual((change["outcome"], change["proposed_by"]), (None, "admin-1"))
        self.assertEqual(self.ask("GET", "/v1/users/li-hua")[0], 404)
        self.decide(change, ADMIN, 409)
        self.assertEqual(self.ask("GET", "/v1/users/li-hua")[0], 404)
        self.assertEqual(self.decide(change, SECOND)["outcome"], "approved")
        self.assertEqual(self.ask("GET", "/v1/users/li-hua")[1],
                         {"disabled": False, "id": "li-hua", "lender": service.LENDER, "roles": ["officer"]})
        self.decide(change, SECOND, 409)

        self.decide(self.propose("li-hua", "approver", "risk_manager", token=SECOND), ADMIN)
        self.assertEqual(self.ask("GET", "/v1/users/li-hua")[1]["roles"], ["approver", "risk_manager"])
        self.assertEqual(self.ask("DELETE", "/v1/users/li-hua")[0], 200)
        self.assertTrue(self.ask("GET", "/v1/users/li-hua")[1]["disabled"])
        self.assertEqual(self.ask("DELETE", "/v1/users/li-hua")[0], 409)
        self.propose("li-hua", "officer", status=409)

        records = self.role_records()
        self.assertEqual([record["body"] for record in records],
                         [{"approved_by": "admin-2", "new": ["officer"], "old": [], "user": "li-hua"},
                          {"approved_by": "admin-1", "new": ["approver", "risk_manager"], "old": ["officer"], "user": "li-hua"},
                          {"approved_by": "admin-1", "new": [], "old": ["approver", "risk_manager"], "user": "li-hua"}])
        self.assertEqual([record["actor"]["id"] for record in records], ["admin-1", "admin-2", "admin-1"])

    def test_who_may_not_be_the_second(self):
        change = self.propose("admin-2", "admin", "officer")
        self.decide(change, SECOND, 409)  # whose roles change
        self.decide(change, ADMIN, 409)   # who proposed it
        self.decide(change, OTHER_ADMIN, 404)
        self.decide(change, service.TOKEN, 404)
        self.assertEqual(self.ask("GET", "/v1/users/admin-2")[1]["roles"], ["admin"])
        self.propose("admin-2", "admin", status=409)  # one change of a user at a time
        self.assertEqual(self.ask("DELETE", f"/v1/role-changes/{change['id']}")[1]["outcome"], "refused")
        self.decide(change, SECOND, 409)
        self.assertEqual(self.role_records(), [])
        # The database does not take it either.
        change = self.propose("officer-1", "approver")
        with self.assertRaises(Exception):
            self.database.run(f"UPDATE role_change SET outcome = 'approved', decided_by = 'admin-1', decided_at = now() WHERE id = '{change['id']}'")

    def test_a_change_takes_effect_on_credentials_that_are_out(self):
        self.assertEqual(self.service.assess(service.EXAMPLE.read_bytes())[0], 201)
        self.decide(self.propose("officer-1", "risk_manager"), SECOND)
        self.wait_for(lambda: self.service.assess(service.EXAMPLE.read_bytes())[0] == 404)
        self.assertEqual(self.ask("DELETE", "/v1/users/officer-1")[0], 200)
        self.wait_for(lambda: self.ask("GET", "/v1/sessions/current", service.TOKEN)[0] == 401)

    def test_another_lenders_users_do_not_exist(self):
        for user in ("officer-2", "admin-3", "regulator-1", "nobody", "%2e", "A", "x" * 70):
            self.assertEqual(self.ask("GET", f"/v1/users/{user}")[0], 404, user)
            self.assertEqual(self.ask("DELETE", f"/v1/users/{user}")[0], 404, user)
        self.propose("officer-2", "officer", status=409)
        self.propose("regulator-1", "officer", status=409)
        status, page = self.ask("GET", "/v1/users")
        self.assertEqual((status, [user["id"] for user in page["users"]], page["next"]), (200, ["admin-1", "admin-2", "officer-1"], None))
        first = self.ask("GET", "/v1/users?limit=2")[1]
        self.assertEqual([user["id"] for user in first["users"]], ["admin-1", "admin-2"])
        self.assertEqual([user["id"] for user in self.ask("GET", f"/v1/users?limit=2&cursor={first['next']}")[1]["users"]], ["officer-1"])
        change = self.propose("li-hua", "officer")
        self.assertEqual(self.ask("GET", f"/v1/role-changes/{change['id']}", OTHER_ADMIN)[0], 404)
        self.assertEqual(self.ask("DELETE", f"/v1/role-changes/{change['id']}", OTHER_ADMIN)[0], 404)
        self.assertEqual(self.ask("GET", "/v1/role-changes", OTHER_ADMIN)[1]["role_changes"], [])
        self.assertEqual([one["id"] for one in self.ask("GET", "/v1/role-changes")[1]["role_changes"]], [change["id"]])

    def test_proposals_that_cannot_be_meant(self):
        for roles, user, pointer in (([], "a", "/roles"), (["director"], "a", "/roles"), (["regulator"], "a", "/roles"), (["king"], "a", "/roles/0"),
                                     (["officer", "officer"], "a", "/roles/1"), (["officer,admin"], "a", "/roles/0"), (["officer"], "Li Hua", "/user"),
                                     (["officer"], "", "/user"), (["officer"], "x" * 65, "/user")):
            document = self.propose(user, *roles, status=422)
            self.assertEqual(document["errors"][0]["pointer"], pointer, (roles, user))
        document = self.propose(7, "king", "officer", "officer", status=422)
        self.assertEqual([error["pointer"] for error in document["errors"]], ["/user", "/roles/0", "/roles/2"])
        for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/approval")):
            self.assertEqual(self.ask(method, f"/v1/role-changes/{UNKNOWN}{path}")[0], 404)

    def test_a_key_proposes_once(self):
        answers = [self.ask("POST", "/v1/role-changes", ADMIN, {"user": "li-hua", "roles": ["officer"]}, Idempotency_Key="k") for _ in range(2)]
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(answers[0][0], 201)

    def test_tokens_are_their_users(self):
        status, made = self.ask("POST", "/v1/tokens", service.TOKEN, {"days": 1})
        self.assertEqual((status, made["user"], made["used_on"]), (201, "officer-1", None))
        self.assertRegex(made["token"], "^zcd_[0-9a-f]{64}$")
        self.assertEqual(self.ask("GET", "/v1/sessions/current", made["token"])[1]["user"], "officer-1")  # at once
        self.assertNotIn("token", self.ask("GET", "/v1/tokens/" + made["id"], service.TOKEN)[1])
        self.wait_for(lambda: self.ask("GET", "/v1/tokens/" + made["id"], service.TOKEN)[1]["used_on"] is not None)
        # A colleague of another lender does not see it; an administrator of the own one sees and revokes it.
        for token in ("o" * 40, OTHER_ADMIN):
            self.assertEqual(self.ask("GET", "/v1/tokens/" + made["id"], token)[0], 404)
            self.assertEqual(self.ask("DELETE", "/v1/tokens/" + made["id"], token)[0], 404)
        self.assertEqual({token["user"] for token in self.ask("GET", "/v1/tokens", service.TOKEN)[1]["tokens"]}, {"officer-1"})
        self.assertEqual({token["user"] for token in self.ask("GET", "/v1/tokens")[1]["tokens"]}, {"admin-1", "admin-2", "officer-1"})
        first = self.ask("GET", "/v1/tokens?limit=1")[1]
        self.assertEqual(len(first["tokens"]), 1)
        self.assertNotIn(first["tokens"][0], self.ask("GET", f"/v1/tokens?cursor={first['next']}")[1]["tokens"])
        self.assertEqual(self.ask("DELETE", "/v1/tokens/" + made["id"])[0], 200)
        self.assertEqual(self.ask("GET", "/v1/sessions/current", made["token"])[0], 401)
        self.assertEqual(self.ask("DELETE", "/v1/tokens/" + made["id"])[0], 404)

    def test_nobody_makes_a_token_of_somebody_else_but_for_a_system(self):
        self.service.add_user("core", "system", "--lender", service.LENDER, token="s" * 40)
        self.service.add_user("core-2", "system,officer", "--lender", service.LENDER, token="t" * 40)
        for user, token in (("admin-2", ADMIN), ("officer-1", ADMIN), ("core-2", ADMIN), ("nobody", ADMIN), ("core", service.TOKEN), ("core", OTHER_ADMIN)):
            status, document = self.ask("POST", "/v1/tokens", token, {"user": user})
            self.assertEqual((status, document["errors"][0]["pointer"]), (422, "/user"), user)
        status, made = self.ask("POST", "/v1/tokens", ADMIN, {"user": "core"})
        self.assertEqual((status, made["user"]), (201, "core"))
        self.assertEqual(self.ask("GET", "/v1/sessions/current", made["token"])[1]["user"], "core")
        for days in (0, 367, "1"):
            self.assertEqual(self.ask("POST", "/v1/tokens", ADMIN, {"days": days})[0], 422)
        document = self.ask("POST", "/v1/tokens", ADMIN, {"days": "many", "user": 7, "colour": "red"})[1]
        self.assertEqual([error["pointer"] for error in document["errors"]], ["/days", "/user", "/colour"])
        again = [self.ask("POST", "/v1/tokens", ADMIN, {}, Idempotency_Key="k") for _ in range(2)]
        self.assertEqual(again[0][1]["id"], again[1][1]["id"])
        self.assertNotIn("token", again[1][1])


class RestoreTest(service.ServiceTest):
    """What stands in records comes back with them from a copy of the log."""

    starts_service = False

    def add_users(self):
        for user, token in (("admin-1", ADMIN), ("admin-2", SECOND)):
            self.service.add_user(user, "admin", "--lender", service.LENDER, token=token)
        self.service.add_user("director-1", "director", "--organisation", json.loads(service.EXAMPLE.read_text(encoding="utf-8"))["organisation"]["uscc"],
                              token="d" * 40)

    def ask(self, method, path, token, document=None):
        body = None if document is None else json.dumps(document)
        status, _, body = self.service.request(method, path, body, token=token, **({} if body is None else {"Content_Type": "application/json"}))
        self.assertIn(status, (200, 201), body)
        return json.loads(body)

    def change(self, user, *roles):
        change = self.ask("POST", "/v1/role-changes", ADMIN, {"user": user, "roles": roles})
        self.ask("POST", f"/v1/role-changes/{change['id']}/approval", SECOND)

    def rows(self):
        return self.database.run("SELECT * FROM authorisation ORDER BY id; SELECT id, roles, lender, disabled_at IS NULL FROM service_user"
                                 " WHERE id IN ('li-hua', 'wang-wei') ORDER BY id")

    def test_authorisations_and_roles_come_back(self):
        self.add_users()
        self.assertIsNone(self.service.start(), self.service.said())
        given = [self.ask("POST", "/v1/authorisations", "d" * 40, {"granted_to": grantee, "purpose": "matching", "scope": ["visits"], "expires_on": day})
                 for grantee, day in (("organiser", "2199-12-31"), ("lender/b", None))]
        self.ask("DELETE", "/v1/authorisations/" + given[0]["id"], "d" * 40)
        self.change("li-hua", "officer")
        self.change("li-hua", "officer", "approver")
        self.change("wang-wei", "risk_manager")
        self.ask("DELETE", "/v1/users/wang-wei", ADMIN)
        before = self.rows()
        environment = self.service.environment()
        self.assertEqual(service.zcd("audit", "export", "--to", self.state / "copy", "--with-documents", **environment).returncode, 0)
        self.assertEqual(self.service.stop(), 0)
        self.database.drop()
        self.database.run(f"CREATE DATABASE {self.database.name}", url=self.database.server)
        self.service.prepare()
        self.add_users()
        run = service.zcd("log", "import", "--from", self.state / "copy", **environment)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(self.rows(), before)
        self.assertEqual(before.count("visits"), 2)
        self.assertIn("li-hua|{officer,approver}|e2e-bank|t", before)
        self.assertIn("wang-wei|{risk_manager}|e2e-bank|f", before)


if __name__ == "__main__":
    service.main()
