"""Every route with every role and with none, from `zcd routes`; and every thing that belongs to somebody, asked for by all others."""
import json
import subprocess
import time

import service

ORGANISATION = json.loads(service.EXAMPLE.read_text(encoding="utf-8"))["organisation"]["uscc"]
OTHER_ORGANISATION = json.loads((service.SOURCE / "data/examples/serious-violation-list.json").read_text(encoding="utf-8"))["organisation"]["uscc"]
FACT = "contracts/c01-2019"
MAKES_KNOWN = ("PUT", "/v1/organisations/{uscc}")  # an officer may make any organisation known to the own lender
LENDERS_ROLES = ("officer", "approver", "risk_manager", "admin", "system")
ROLES = (*LENDERS_ROLES, "director", "regulator", "organiser")


def routes():
    """(method, path, roles or "public", scope, largest body)"""
    lines = subprocess.run([service.bin_dir() / "zcd", "routes"], check=True, capture_output=True, text=True).stdout.splitlines()
    return [(method, path.rstrip("?"), roles if roles == "public" else roles.split(","), scope, int(body_size))
            for method, path, roles, scope, body_size in map(str.split, lines)]


def other(text):
    """An id of the same form that nothing has."""
    return text[:-1] + ("0" if text[-1] != "0" else "1")


class WalkTest(service.ServiceTest):
    starts_service = False

    def setUp(self):
        super().setUp()
        self.own, self.stranger = {}, {}
        for role in ROLES:
            for users, letter, lender, organisation in ((self.own, "a", service.LENDER, ORGANISATION), (self.stranger, "b", "other-bank", OTHER_ORGANISATION)):
                belongs = ("--lender", lender) if role in LENDERS_ROLES else ("--organisation", organisation) if role == "director" else ()
                users[role] = f"{letter}-{role}-".ljust(40, "0")
                self.service.add_user(f"{letter}-{role.replace('_', '-')}", role, *belongs, token=users[role])
        self.assertIsNone(self.service.start(), self.service.said())

    def ask(self, method, path, token, body=None):
        fields = {} if body is None else {"Content_Type": "application/json"}
        status, _, answer = self.service.request(method, path, body, token=token, **fields)
        return status, answer

    def refused_as(self, method, path, token, body=None):
        """Status and problem, without what is this request's own."""
        status, answer = self.ask(method, path, token, body)
        document = json.loads(answer) if status >= 400 and answer else {}
        document.pop("trace_id", None)
        return status, document

    def made(self, path, token, document):
        status, body = self.ask("POST", path, token, json.dumps(document))
        self.assertIn(status, (201, 202), body)
        return json.loads(body)["id"]

    def test_every_route_with_every_role_and_with_none(self):
        nowhere = self.refused_as("GET", "/v1/there-is-nothing-here", self.own["officer"])
        self.assertEqual(nowhere[0], 404)
        asked = 0
        for method, pattern, roles, _, body_size in routes():
            path = pattern.replace("{tile...}", "0/000").replace("{index}", "7").replace("{uscc}", ORGANISATION).replace("{id}", "none").replace("{collection}/{key}", FACT).replace("{collection}", "contracts")
            body = "[]" if body_size > 0 else None  # no route takes an array: nothing comes about
            for token in (None, "x" * 40):
                status, _ = self.ask(method, path, token, body)
                self.assertEqual(status == 401, roles != "public", (method, path, status))
            for role in ROLES:
                asked += 1
                status, document = self.refused_as(method, path, self.own[role], body)
                self.assertNotEqual(status, 401, (method, path, role))
                self.assertEqual((status, document) == nowhere, roles != "public" and role not in roles, (method, path, role, status, document))
        self.assertGreater(asked, 8 * 20)

    def organisation(self):
        """One of which the own lender has facts."""
        run = service.zcd("import", str(service.EXAMPLE), "--kind", "dossier", "--user", "a-officer", **self.service.environment())
        self.assertEqual(run.returncode, 0, run.stderr)
        return ORGANISATION

    def imported(self):
        """The example's facts, of the own lender; the import's number."""
        status, _, body = self.service.request("POST", "/v1/imports?kind=dossier", service.EXAMPLE.read_bytes(), token=self.own["officer"],
                                               Content_Type="application/json")
        self.assertEqual(status, 202, body)
        job = json.loads(body)
        while job["finished_at"] is None:
            time.sleep(0.05)
            job = json.loads(self.ask("GET", "/v1/jobs/" + job["id"], self.own["officer"])[1])
        self.assertEqual(job["state"], "succeeded", job)
        return str(job["result"]["import"])

    def things(self):
        """{beginning of a path: (id of what belongs to the own users, whose token sees it)}"""
        status, _, body = self.service.assess(service.EXAMPLE.read_bytes(), token=self.own["officer"])
        self.assertEqual(status, 201, body)
        assessment = json.loads(body)
        authorisation = self.made("/v1/authorisations", self.own["director"],
                                  {"granted_to": f"lender/{service.LENDER}", "purpose": "monitoring", "scope": ["contracts"]})
        return {
            "/v1/assessments/": (assessment["id"], "officer"),
            "/v1/audit/records/": (str(assessment["log_index"]), "officer"),
            "/v1/authorisations/": (authorisation, "director"),
            "/v1/imports/": (self.imported(), "officer"),
            "/v1/jobs/": (self.made("/v1/audit/replays", self.own["regulator"], {"from": 0, "to": 1}), "regulator"),
            "/v1/organisations/": (self.organisation(), "officer"),
            "/v1/role-changes/": (self.made("/v1/role-changes", self.own["admin"], {"user": "new", "roles": ["officer"]}), "admin"),
            "/v1/tokens/": (self.made("/v1/tokens", self.own["officer"], {}), "officer"),
            "/v1/users/": ("a-officer", "admin"),
            "/v1/webhooks/": (self.made("/v1/webhooks", self.own["admin"], {"url": "https://hooks.example/in", "types": ["assessment.recorded"]}), "admin"),
        }

    def test_what_belongs_to_somebody_does_not_exist_for_others(self):
        things = self.things()
        for method, pattern, _, scope, body_size in routes():
            if scope != "own" or "{" not in pattern or (method, pattern) == MAKES_KNOWN:
                continue
            body = "[]" if body_size > 0 else None
            beginning, _, rest = pattern.partition("{")
            self.assertIn(beginning, things, f"say in things() what stands for the parameter of {pattern}, and who sees it")
            thing, _ = things[beginning]
            for role in ROLES:
                if role == "regulator" and beginning not in ("/v1/jobs/", "/v1/tokens/"):
                    continue  # sees what belongs to anybody
                end = rest.partition("}")[2].replace("{collection}/{key}", FACT).replace("{collection}", "contracts").replace("{id}", "none")
                missing = "4711" if beginning == "/v1/audit/records/" else "nobody" if beginning == "/v1/users/" else other(thing)
                real = self.refused_as(method, beginning + thing + end, self.stranger[role], body)
                self.assertEqual(real, self.refused_as(method, beginning + missing + end, self.stranger[role], body), (method, pattern, role))
                self.assertEqual(real[0], 404, (method, pattern, role))
        for beginning, (thing, role) in things.items():  # it is there, and nobody else has changed it
            self.assertEqual(self.ask("GET", beginning + thing, self.own[role])[0], 200, beginning)

    def test_whatever_is_read_is_not_sent_again_to_who_has_it(self):
        things = self.things()
        status, body = self.ask("POST", f"/v1/organisations/{ORGANISATION}/payer-aliases", self.own["officer"],
                                json.dumps({"payer": "p01", "alias": "龙岗区财政国库支付中心"}))
        self.assertEqual(status, 201, body)
        below, read = {"payer-aliases": json.loads(body)["id"]}, 0
        value = json.loads(self.ask("GET", f"/v1/organisations/{ORGANISATION}/{FACT}", self.own["director"])[1])["value"]
        below["corrections"] = self.made(f"/v1/organisations/{ORGANISATION}/corrections", self.own["director"], {
            "collection": "contracts", "key": FACT.partition("/")[2], "lender": service.LENDER, "value": value, "reason": "见合同原件"})
        for method, pattern, roles, _, _ in routes():
            if method != "GET":
                continue
            beginning, _, rest = pattern.partition("{")
            thing, role = things.get(beginning, ("", next((role for role in ROLES if role in roles), None)))
            end = rest.partition("}")[2].replace("{collection}/{key}", FACT).replace("{collection}", "contracts")
            end = end.replace("{id}", next((id_ for name, id_ in below.items() if f"/{name}/" in end), "none"))
            path = (beginning + thing + end if beginning in things else pattern).replace("{tile...}", "0/000.p/1").replace("{file}", "start.js")
            path += "?from=0&to=1" if path == "/v1/audit/replay" else ""
            token = None if roles == "public" else self.own[role]
            for _ in range(5):  # what shows the log's newest state changes when its reading is put on record
                status, fields, _ = self.service.request("GET", path, token=token)
                if status != 200 or "etag" not in fields:
                    break
                status, _, body = self.service.request("GET", path, token=token, If_None_Match=fields["etag"])
                if status == 304:
                    self.assertEqual(body, b"")
                    read += 1
                    break
                self.assertEqual(status, 200, path)
            else:
                self.fail(f"{path} is another one each time")
        self.assertGreater(read, 30)

    def test_lists_name_only_what_is_ones_own(self):
        things = {thing for thing, _ in self.things().values() if not thing.isdigit()}
        for method, pattern, _, scope, _ in routes():
            if method != "GET" or scope != "own" or "{" in pattern:
                continue
            for role in ROLES:
                status, answer = self.ask(method, pattern, self.stranger[role])
                if status == 200 and role != "regulator":
                    named = [thing for thing in things if thing.encode() in answer]
                    self.assertEqual(named, [], (pattern, role))


if __name__ == "__main__":
    service.main()
