"""The facts of an organisation over HTTP: who sees which, as they stood and were known, and where each comes from."""
import concurrent.futures
import contextlib
import datetime
import json
import subprocess
import threading
import time
import urllib.parse

import service

OTHER_OFFICER, DIRECTOR, OTHER_DIRECTOR, ORGANISER, SYSTEM, ADMIN = ("o" * 40, "d" * 40, "e" * 40, "r" * 40, "s" * 40, "a" * 40)
DOSSIER = json.loads(service.EXAMPLE.read_text(encoding="utf-8"))
USCC = DOSSIER["organisation"]["uscc"]
OTHER = json.loads((service.SOURCE / "data/examples/serious-violation-list.json").read_text(encoding="utf-8"))
BASE = f"/v1/organisations/{USCC}"
CONTRACT = DOSSIER["contracts"][0]
MILESTONE = CONTRACT["milestones"][0]


def today(later=0):
    return str(datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date() + datetime.timedelta(days=later))


class FactsTest(service.ServiceTest):
    starts_service = False

    def setUp(self):
        super().setUp()
        for user, words, token in (("officer-2", ("officer", "--lender", "other-bank"), OTHER_OFFICER),
                                   ("system-1", ("system", "--lender", service.LENDER), SYSTEM),
                                   ("admin-1", ("admin", "--lender", service.LENDER), ADMIN),
                                   ("organiser-1", ("organiser",), ORGANISER),
                                   ("director-1", ("director", "--organisation", USCC), DIRECTOR),
                                   ("director-2", ("director", "--organisation", OTHER["organisation"]["uscc"]), OTHER_DIRECTOR)):
            self.service.add_user(user, *words, token=token)
        self.first = self.bring(DOSSIER)
        self.assertIsNone(self.service.start(), self.service.said())

    def bring(self, dossier, user="officer-1"):
        """Import a dossier; the import's number."""
        path = self.state / "dossier.json"
        path.write_text(json.dumps(dossier), encoding="utf-8")
        run = service.zcd("import", path, "--kind", "dossier", "--user", user, "--json", **self.service.environment())
        self.assertEqual(run.returncode, 0, run.stderr)
        return json.loads(run.stdout)["import"]

    @contextlib.contextmanager
    def being_kept(self, dossier, user):
        """While its facts are written, and not committed; afterwards it is kept."""
        path = self.state / "kept.json"
        path.write_text(json.dumps(dossier), encoding="utf-8")
        locks = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database() AND locktype = 'advisory' AND {}"
        holder = subprocess.Popen(["psql", "-XAtq", "-d", self.database.url, "-c", "SELECT pg_advisory_lock(hashtextextended('payer_delay', 1))",
                                   "-c", "SELECT pg_sleep(60)"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self.wait_until(lambda: self.database.number(locks.format("granted")) >= 1)
            importing = subprocess.Popen([service.bin_dir() / "zcd", "import", path, "--kind", "dossier", "--user", user], stdout=subprocess.DEVNULL,
                                         env=service.clean_environment(**self.service.environment()))
            self.wait_until(lambda: self.database.number(locks.format("NOT granted")) >= 1)
            yield
        finally:
            holder.kill()
            holder.wait()
            self.database.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()")
        self.assertEqual(importing.wait(60), 0)

    def wait_until(self, is_so, wait_s=30):
        deadline = time.monotonic() + wait_s
        while not is_so():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)

    def ask(self, method, path, token=service.TOKEN, document=None, **fields):
        body = None if document is None else json.dumps(document)
        if body is not None:
            fields["Content_Type"] = "application/json"
        status, fields, body = self.service.request(method, path, body, token=token, **fields)
        return status, json.loads(body) if body else None, fields

    def get(self, path, token=service.TOKEN, status=200):
        got, document, _ = self.ask("GET", path, token)
        self.assertEqual(got, status, document)
        return document

    def all_of(self, path, token=service.TOKEN, limit=100):
        """Every fact of a list, page by page."""
        facts, cursor = [], ""
        while cursor is not None:
            page = self.get(path + ("&" if "?" in path else "?") + f"limit={limit}" + (f"&cursor={cursor}" if cursor else ""), token)
            self.assertLessEqual(len(page["facts"]), limit)
            facts, cursor = facts + page["facts"], page["next"]
        return facts

    def put(self, path, value, token=service.TOKEN, status=None, reason=None, valid_from=None, **fields):
        document = {"value": value, **({"reason": reason} if reason else {}), **({"valid_from": valid_from} if valid_from else {})}
        got, answer, sent = self.ask("PUT", path, token, document, **fields)
        if status is not None:
            self.assertEqual(got, status, answer)
        return answer, sent

    def etag(self, path, token=service.TOKEN):
        status, _, fields = self.ask("GET", path, token)
        self.assertEqual(status, 200)
        return fields["etag"]

    def leaf(self, index):
        return json.loads(json.loads(self.service.request("GET", f"/v1/audit/records/{index}", token=service.REGULATOR_TOKEN)[2])["leaf"])

    def pointer_of(self, path, token=service.TOKEN):
        return self.get(path, token, 400)["errors"][0]["pointer"]


class ReadingTest(FactsTest):
    def test_every_fact_of_a_dossier_is_a_resource_with_its_source(self):
        organisation = DOSSIER["organisation"]
        milestones = [(contract, milestone) for contract in DOSSIER["contracts"] for milestone in contract.get("milestones", [])]
        expected = {
            "annual-inspections": {str(one["year"]): one for one in organisation["annual_inspections"]},
            "service-evaluations": {str(one["year"]): one for one in organisation.get("service_evaluations", [])},
            "statements": {str(one["year"]): one for one in organisation.get("statements", [])},
            "staff": {one["on"]: one for one in organisation.get("staff", [])},
            "payer-facts": {one["id"]: one for one in DOSSIER["payers"]},
            "milestones": {f"{contract['id']},{one['id']}": {**{name: value for name, value in one.items() if name not in ("payments", "deducted_fen")},
                                                            "contract": contract["id"]} for contract, one in milestones},
            "payments": {f"{contract['id']},{milestone['id']},{one['id']}": {**one, "contract": contract["id"], "milestone": milestone["id"]}
                         for contract, milestone in milestones for one in milestone.get("payments", [])},
        }
        for collection, facts in expected.items():
            got = self.all_of(f"{BASE}/{collection}", limit=37)
            values = {fact["key"]: {name: value for name, value in fact["value"].items() if name != "deducted_fen"} for fact in got}
            self.assertEqual(values, facts, collection)
            self.assertEqual(len(got), len(facts))
            for fact in got:
                self.assertEqual((fact["uscc"], fact["lender"], fact["collection"]), (USCC, service.LENDER, collection))
                self.assertEqual((fact["source"]["actor"], fact["source"]["kind"], fact["source"]["import"], fact["source"]["file"]),
                                 ("officer-1", "dossier", self.first, "dossier.json"))
                self.assertGreater(fact["source"]["row"], 0)
        self.assertGreater(len(expected["payments"]), 50)

    def test_one_contract_shows_its_milestones_payments_and_security(self):
        fact = self.get(f"{BASE}/contracts/{CONTRACT['id']}")
        for member in ("id", "payer", "value_fen", "stage", "payment_term_days", "trigger", "signed_on", "ends_on"):
            self.assertEqual(fact["value"][member], CONTRACT[member], member)
        self.assertEqual([one["value"]["id"] for one in fact["parts"]["milestones"]["facts"]], [one["id"] for one in CONTRACT["milestones"]])
        self.assertEqual(sum(one["value"]["amount_fen"] for one in fact["parts"]["payments"]["facts"]),
                         sum(payment["amount_fen"] for one in CONTRACT["milestones"] for payment in one.get("payments", [])))
        self.assertEqual(list(fact["parts"]), ["milestones", "payments", "security"])
        page = self.get(f"{BASE}/contracts?limit=2&parts=true")
        self.assertEqual([len(one["parts"]["milestones"]["facts"]) for one in page["facts"]], [4, 4])
        self.assertEqual(self.all_of(f"{BASE}/milestones?under={CONTRACT['id']}"), fact["parts"]["milestones"]["facts"])
        self.assertNotIn("parts", self.get(f"{BASE}/milestones/{CONTRACT['id']},{MILESTONE['id']}"))
        organisation = self.get(BASE)
        self.assertEqual((organisation["key"], organisation["value"]["name"]), ("", DOSSIER["organisation"]["name"]))

    def test_an_etag_saves_sending_what_did_not_change(self):
        _, _, fields = self.ask("GET", f"{BASE}/contracts/{CONTRACT['id']}")
        self.assertEqual(fields["cache-control"], "no-store")
        self.assertEqual(self.ask("GET", f"{BASE}/contracts/{CONTRACT['id']}", If_None_Match=fields["etag"])[0], 304)

    def test_facts_as_they_stood_and_as_they_were_known(self):
        before = self.get(f"{BASE}/contracts/{CONTRACT['id']}")
        changed = json.loads(json.dumps(DOSSIER))
        changed["as_of"] = "2020-11-30"
        changed["contracts"][0]["title"] = "改过的名称"
        second = self.bring(changed)
        self.assertEqual(self.get(f"{BASE}/contracts/{CONTRACT['id']}")["value"]["title"], "改过的名称")
        self.assertEqual(self.get(f"{BASE}/contracts/{CONTRACT['id']}?as_of=2020-11-29")["value"], before["value"])
        self.assertEqual(self.get(f"{BASE}/contracts/{CONTRACT['id']}?known_at={before['recorded_at']}")["value"], before["value"])
        self.get(f"{BASE}/contracts/{CONTRACT['id']}?as_of=2020-10-18", status=404)
        self.get(f"{BASE}/contracts/{CONTRACT['id']}?known_at=2020-01-01T00:00:00Z", status=404)
        self.assertEqual(self.get(f"{BASE}/contracts?known_at=2020-01-01T00:00:00Z")["facts"], [])
        history = self.get(f"{BASE}/contracts/{CONTRACT['id']}?history=true")["history"]
        self.assertEqual([(one["valid_from"], one["source"]["import"], one["value"].get("title")) for one in history],
                         [("2020-11-30", second, "改过的名称"), ("2020-10-19", self.first, CONTRACT.get("title"))])
        withdrawn = service.zcd("import", "--withdraw", str(second), "--user", "officer-1", **self.service.environment())
        self.assertEqual(withdrawn.returncode, 0, withdrawn.stderr)
        self.assertEqual(self.get(f"{BASE}/contracts/{CONTRACT['id']}")["value"], before["value"])
        history = self.get(f"{BASE}/contracts/{CONTRACT['id']}?history=true")["history"]
        self.assertEqual([one["withdrawn_by"] is not None for one in history], [True, False])

    def test_what_was_known_at_an_instant_is_told_only_when_it_is_certain(self):
        path = f"{BASE}/contracts/{CONTRACT['id']}"
        first = self.get(path)["recorded_at"]
        changed = json.loads(json.dumps(DOSSIER))
        changed["contracts"][0]["title"] = "第二次导入"
        application = json.loads((service.SOURCE / "data/examples/zhicheng-2020-10.json").read_text(encoding="utf-8"))["application"]
        paths = [f"{BASE}/{what}" for what in ("dossier", "cashflow", "pipeline", "payers", "contracts")] + [BASE, path]
        with self.being_kept(changed, "officer-1"):
            instant = str(datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)).replace(" ", "T") + "Z"
            before = self.get(path)  # what is known now needs no instant
            for asked in paths:
                status, problem, fields = self.ask("GET", f"{asked}?as_of=2020-10-19&known_at={instant}")
                self.assertEqual((status, fields.get("retry-after"), problem.get("detail")),
                                 (409, "5", "an import is being kept: what was known at that instant is certain when it has ended"), asked)
                self.get(f"{asked}?as_of=2020-10-19&known_at={first}")
            body = {"as_of": "2020-10-19", "known_at": instant, "application": application}
            self.assertEqual(self.ask("POST", f"{BASE}/assessments", document=body)[0], 409)
            # Whoever reads the facts of all waits for every lender; who names another is not kept.
            self.get(f"{path}?known_at={instant}", DIRECTOR, 409)
            self.get(f"{path}?known_at={instant}&lender=other-bank", DIRECTOR, 404)
            self.assertEqual(self.ask("POST", f"{BASE}/assessments", document={**body, "known_at": first})[0], 201)
        # The import had begun by then: from now on, and always, this is what was known.
        self.assertEqual(self.get(f"{path}?known_at={instant}")["value"]["title"], "第二次导入")
        self.assertEqual(self.get(f"{path}?known_at={first}")["value"], before["value"])
        instant = self.get(path)["recorded_at"]
        with self.being_kept(DOSSIER, "officer-2"):
            for token, query, status in ((service.TOKEN, "", 200), (DIRECTOR, "", 409), (DIRECTOR, f"&lender={service.LENDER}", 200)):
                later = str(datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)).replace(" ", "T") + "Z"
                self.get(f"{path}?known_at={later}{query}", token, status)
            # The book's experience with payers is made of the facts of all.
            self.get(f"{BASE}/payers?as_of=2020-10-19&known_at={later}", status=409)
            # A lender that has never kept anything says nothing of when it began.
            self.get(f"{path}?known_at={instant}", DIRECTOR, 409)

    def test_what_was_known_stays_the_same_while_facts_are_written(self):
        path = f"{BASE}/visits/v1"
        self.put(path, {"on": "2020-11-02", "note": "0"}, status=201)
        told, is_over = {}, threading.Event()

        def read():
            while not is_over.is_set():
                instant = str(datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)).replace(" ", "T") + "Z"
                status, fact, _ = self.ask("GET", f"{path}?known_at={instant}")
                if status == 200:
                    told[instant] = fact["value"]["note"]

        readers = [threading.Thread(target=read) for _ in range(4)]
        for reader in readers:
            reader.start()
        try:
            for number in range(1, 31):
                self.put(path, {"on": "2020-11-02", "note": str(number)}, status=200, If_Match=self.etag(path))
        finally:
            is_over.set()
            for reader in readers:
                reader.join()
        self.assertGreater(len(told), 10)
        for instant, note in told.items():
            self.assertEqual(self.get(f"{path}?known_at={instant}")["value"]["note"], note, instant)

    def test_a_contract_and_its_parts_are_of_one_import(self):
        changed = json.loads(json.dumps(DOSSIER))
        mixed, is_over = [], threading.Event()

        def read():
            while not is_over.is_set():
                fact = self.get(f"{BASE}/contracts/{CONTRACT['id']}")
                titles = {one["value"].get("title") for one in fact["parts"]["milestones"]["facts"]}
                if titles != {fact["value"]["title"]}:
                    mixed.append((fact["value"]["title"], titles))

        def bring(number):
            for one in [changed["contracts"][0], *changed["contracts"][0]["milestones"]]:
                one["title"] = f"第{number}次"
            self.bring(changed)

        bring(0)
        readers = [threading.Thread(target=read) for _ in range(4)]
        for reader in readers:
            reader.start()
        try:
            for number in range(1, 16):
                bring(number)
        finally:
            is_over.set()
            for reader in readers:
                reader.join()
        self.assertEqual(mixed, [])

    def test_two_lenders_do_not_see_each_others_facts(self):
        strangers = (OTHER_OFFICER, OTHER_DIRECTOR, ORGANISER)
        paths = (BASE, f"{BASE}/contracts", f"{BASE}/contracts/{CONTRACT['id']}", f"{BASE}/contracts/{CONTRACT['id']}?history=true")
        for token in strangers:
            self.assertEqual(self.get("/v1/organisations", token)["organisations"], [])
            for path in paths:
                there = self.get(path, token, 404)
                nowhere = self.get(path.replace(USCC, OTHER["organisation"]["uscc"]), token, 404)
                self.assertEqual(there["detail"], nowhere["detail"])
        theirs = json.loads(json.dumps(DOSSIER))
        theirs["contracts"][0]["title"] = "另一家银行所知"
        self.bring(theirs, "officer-2")
        self.assertEqual(self.get(paths[2], OTHER_OFFICER)["value"]["title"], "另一家银行所知")
        self.assertEqual({one["lender"] for one in self.all_of(paths[1], OTHER_OFFICER)}, {"other-bank"})
        for token in (service.TOKEN, SYSTEM):
            self.assertEqual({one["lender"] for one in self.all_of(paths[1], token)}, {service.LENDER})
            self.assertEqual({one["lender"] for one in self.get(paths[3], token)["history"]}, {service.LENDER})
            self.get(f"{paths[2]}?lender=other-bank", token, 404)
            self.assertEqual(self.get(f"{paths[1]}?lender=other-bank", token)["facts"], [])
        # The director and the regulator see both, each with its source, and say which they mean.
        for token in (DIRECTOR, service.REGULATOR_TOKEN):
            self.assertEqual({one["lender"] for one in self.all_of(paths[1], token)}, {service.LENDER, "other-bank"})
            self.assertEqual([one["lender"] for one in self.get("/v1/organisations", token)["organisations"]], [service.LENDER, "other-bank"])
            self.get(paths[0], token, 409)
            self.get(paths[2], token, 409)
            self.assertEqual(self.get(f"{paths[2]}?lender=other-bank", token)["value"]["title"], "另一家银行所知")
            self.assertEqual(len(self.get(paths[3], token)["history"]), 2)

    def test_an_authorisation_opens_its_part_and_what_is_seen_is_on_record(self):
        document = {"granted_to": "lender/other-bank", "purpose": "credit_assessment", "scope": ["contracts"]}
        self.assertEqual(self.ask("POST", "/v1/authorisations", DIRECTOR, document)[0], 201)
        fact = self.get(f"{BASE}/contracts/{CONTRACT['id']}", OTHER_OFFICER)
        self.assertEqual((fact["lender"], list(fact["parts"])), (service.LENDER, ["milestones", "security"]))
        self.get(f"{BASE}/payments", OTHER_OFFICER, 404)
        self.get(BASE, OTHER_OFFICER, 404)
        self.assertEqual(self.get("/v1/organisations", OTHER_OFFICER)["organisations"], [])
        document["scope"] = ["organisation", "payments"]
        self.assertEqual(self.ask("POST", "/v1/authorisations", DIRECTOR, document)[0], 201)
        self.assertEqual(len(self.get("/v1/organisations", OTHER_OFFICER)["organisations"]), 1)
        self.assertEqual(list(self.get(f"{BASE}/contracts/{CONTRACT['id']}", OTHER_OFFICER)["parts"]), ["milestones", "payments", "security"])
        records = json.loads(self.service.request("GET", "/v1/audit/records?kind=disclosure")[2])["records"]
        leaves = [json.loads(record["leaf"]) for record in records]
        self.assertEqual([(leaf["actor"]["id"], leaf["body"]["form"], leaf["prior"], leaf["subject"]["uscc"]) for leaf in leaves if leaf["actor"]["id"] == "officer-2"],
                         [("officer-2", "facts", [], USCC)])
        self.get(f"{BASE}/payments", service.REGULATOR_TOKEN)
        self.assertEqual(self.database.number("SELECT count(*) FROM disclosure WHERE form = 'facts' AND caller = 'regulator-1'"), 1)

    def test_an_authorisation_opens_exactly_its_scope_until_it_expires(self):
        # docs/facts.md, by hand
        opened = {"organisation": ("", "annual-inspections", "grades", "service-evaluations", "lists", "staff", "statements", "linked-resources"),
                  "contracts": ("payer-facts", "contracts", "milestones", "security"), "payments": ("payments",),
                  "facilities": ("facilities", "deferrals", "instalments", "repayments"), "visits": ("monitoring-events", "visits", "matching-meetings"),
                  "assessments": ()}
        whole = ("dossier", "cashflow", "pipeline", "payers", "corrections", "receipts", "payer-aliases")
        self.put(f"{BASE}/visits/v1", {"on": "2020-11-02"}, status=201)

        def seen(token, query=""):
            """What of the organisation the caller learns anything of."""
            return {what for what in [name for names in opened.values() for name in names] + list(whole)
                    if self.ask("GET", f"{BASE}{'/' if what else ''}{what}{query}", token)[0] not in (400, 404)}  # a question that nobody may ask tells nothing

        grantees = (("lender/other-bank", "credit_assessment", OTHER_OFFICER), ("organiser", "matching", ORGANISER))
        for grantee, purpose, token in grantees:
            self.assertEqual(seen(token), set())
            for scope, names in opened.items():
                given = self.ask("POST", "/v1/authorisations", DIRECTOR, {"granted_to": grantee, "purpose": purpose, "scope": [scope], "expires_on": today()})[1]
                self.assertEqual(seen(token), set(names), (grantee, scope))
                self.assertEqual(seen(token, f"?lender={service.LENDER}"), set(names), (grantee, scope))
                self.assertEqual(seen(OTHER_DIRECTOR), set())
                self.get(f"{BASE}/contracts/{CONTRACT['id']}?history=true", token, 200 if scope == "contracts" else 404)
                self.put(f"{BASE}/visits/v1", {"on": "2020-11-02"}, token, status=404)
                self.database.run(f"UPDATE authorisation SET expires_on = '{today(-1)}' WHERE id = '{given['id']}'")
                self.assertEqual(seen(token), set(), (grantee, scope))
        # What is made of all facts needs all that it shows.
        for grantee, purpose, token in grantees:
            document = {"granted_to": grantee, "purpose": purpose, "scope": ["organisation", "contracts", "payments", "facilities"]}
            given = self.ask("POST", "/v1/authorisations", DIRECTOR, document)[1]
            self.assertEqual(self.ask("GET", f"{BASE}/dossier?lender={service.LENDER}", token)[0], 200)
            self.assertEqual(self.ask("GET", f"{BASE}/renewal?lender={service.LENDER}", token)[0], 200)
            self.ask("DELETE", f"/v1/authorisations/{given['id']}", DIRECTOR)
            self.assertEqual(seen(token, f"?lender={service.LENDER}"), set())

    def test_what_is_seen_of_an_organisation_abroad_is_on_record_too(self):
        run = service.zcd("import", service.SOURCE / "tests/vectors/ocds/real/mx-cdmx-release-package-utf8.json", "--kind", "ocds", "--user", "officer-1",
                          **self.service.environment())
        self.assertEqual(run.returncode, 0, run.stderr)
        key = self.database.run("SELECT uscc FROM organisation WHERE uscc LIKE '%:%' ORDER BY 1 LIMIT 1")
        path = f"/v1/organisations/{urllib.parse.quote(key, safe='')}"

        def leaves():
            records = json.loads(self.service.request("GET", "/v1/audit/records?kind=disclosure_abroad", token=service.REGULATOR_TOKEN)[2])["records"]
            return [json.loads(record["leaf"]) for record in records]

        self.get(path)
        self.get(path, OTHER_OFFICER, 404)
        self.assertEqual(leaves(), [])  # the lender's own
        for what in ("", "/contracts", "/contracts", "?history=true"):
            self.get(path + what, service.REGULATOR_TOKEN)
        self.assertEqual([(leaf["actor"]["id"], leaf["body"], leaf["subject"]["uscc"], leaf["prior"]) for leaf in leaves()],
                         [("regulator-1", {"form": "facts", "on": today(), "organisation": key}, None, [])])
        self.assertEqual(self.database.run("SELECT caller, form FROM disclosure WHERE uscc = '" + key.replace("'", "''") + "'"), "regulator-1|facts")
        # A list shows several: each once.
        self.get("/v1/organisations", service.REGULATOR_TOKEN)
        abroad = self.database.number("SELECT count(DISTINCT uscc) FROM organisation WHERE length(uscc) <> 18")
        self.assertEqual(len({leaf["body"]["organisation"] for leaf in leaves()}), abroad)
        self.assertEqual(len(leaves()), abroad)

    def test_organisations_are_found_by_code_and_by_name(self):
        self.bring(OTHER)
        usccs = sorted((USCC, OTHER["organisation"]["uscc"]))
        listed = self.get("/v1/organisations")
        self.assertEqual([one["uscc"] for one in listed["organisations"]], usccs)
        page = self.get("/v1/organisations?limit=1")
        self.assertEqual([one["uscc"] for one in page["organisations"]], usccs[:1])
        page = self.get(f"/v1/organisations?limit=1&cursor={page['next']}")
        self.assertEqual(([one["uscc"] for one in page["organisations"]], page["next"]), (usccs[1:], None))
        self.assertEqual([one["uscc"] for one in self.get(f"/v1/organisations?beginning={USCC[:12]}")["organisations"]],
                         [uscc for uscc in usccs if uscc.startswith(USCC[:12])])
        self.assertEqual(self.get("/v1/organisations?name=%E6%B2%A1%E6%9C%89%E8%BF%99%E5%AE%B6")["organisations"], [])

    def test_questions_that_cannot_be_meant(self):
        self.assertEqual([self.pointer_of(f"{BASE}/contracts?{query}") for query in (
            "as_of=soon", "known_at=2020-01-01", "known_at=2199-01-01T00:00:00Z", "limit=0", "limit=101", "cursor=x", "under=a,b", "parts=1", "history=true", "all=1")],
            ["/as_of", "/known_at", "/known_at", "/limit", "/limit", "/cursor", "/under", "/parts", "/history", "/all"])
        self.assertEqual([self.pointer_of(f"{BASE}/visits/v1?{query}") for query in ("limit=1", "under=x", "history=yes")],
                         ["/limit", "/under", "/history"])
        self.assertEqual(self.pointer_of(f"{BASE}/visits?under=x"), "/under")
        self.assertEqual(self.pointer_of("/v1/organisations?limit=x"), "/limit")
        for path in ("wages", "contracts/a,b", "payments/c1", "visits/%zz", "visits/%00", "staff/soon", "contracts/none"):
            self.get(f"{BASE}/{path}", status=404)
        self.get("/v1/organisations/%ff", status=404)


class WritingTest(FactsTest):
    def test_a_visit_is_written_changed_and_taken_back_by_hand(self):
        path = f"{BASE}/visits/v%2C1"
        visit = {"on": "2020-11-02", "visitor": "officer-1", "place": "龙岗区某街道", "note": "站点按合同开放\n四名社工在岗"}
        made, fields = self.put(path, visit, status=201)
        self.assertEqual((made["changed"], made["key"], made["valid_from"], fields["location"]), (True, "v%2C1", "2020-11-02", path))
        fact = self.get(path)
        self.assertEqual(fact["value"], {**visit, "id": "v,1"})
        self.assertEqual(fact["source"], {"actor": "officer-1", "file": None, "import": made["import"], "kind": "correction", "row": None})
        self.put(path, visit, status=428)
        self.put(path, visit, status=412, If_None_Match="*")
        self.put(path, visit, status=412, If_Match='"' + "0" * 32 + '"')
        first = self.etag(path)
        again, _ = self.put(path, visit, status=200, If_Match=first)
        self.assertEqual((again["changed"], again["import"], again["log_index"]), (False, None, None))
        changed, _ = self.put(path, {**visit, "note": "两名社工在岗"}, status=200, reason="清点有误", If_Match=first)
        self.put(path, {**visit, "note": "三名"}, status=412, If_Match=first)
        self.assertEqual(self.get(path)["value"]["note"], "两名社工在岗")
        self.assertEqual(self.ask("DELETE", path)[0], 428)
        self.assertEqual(self.ask("DELETE", path, If_Match=first)[0], 412)
        status, removed, _ = self.ask("DELETE", path, If_Match=self.etag(path))
        self.assertEqual((status, removed["removed"]), (200, True), removed)
        self.get(path, status=404)
        self.assertEqual(self.get(f"{BASE}/visits")["facts"], [])
        history = self.get(path + "?history=true")["history"]
        self.assertEqual([(one["source"]["import"], one["removed"], one["superseded_by"]) for one in history],
                         [(removed["import"], True, None), (changed["import"], False, removed["import"]),
                          (made["import"], False, changed["import"])])
        leaf = self.leaf(changed["log_index"])
        self.assertEqual((leaf["kind"], leaf["body"]["fact"], leaf["actor"]["id"], leaf["subject"]["uscc"]), ("correction", "visits/v%2C1", "officer-1", USCC))
        stored = self.database.run(f"SELECT value FROM personal_value WHERE log_index = {changed['log_index']} ORDER BY value").splitlines()
        self.assertIn("清点有误", stored)
        self.assertEqual(len(stored), 3)  # new, old and the reason, and none of them in the leaf
        self.assertNotIn("社工", json.dumps(leaf, ensure_ascii=False))

    def test_history_after_two_imports_and_a_change_by_hand(self):
        changed = json.loads(json.dumps(DOSSIER))
        changed["as_of"] = "2020-11-30"
        changed["contracts"][0]["title"] = "第二次导入"
        second = self.bring(changed)
        path = f"{BASE}/contracts/{CONTRACT['id']}"
        value = self.get(path)["value"]
        answer, _ = self.put(path, {**value, "title": "人工更正"}, status=200, reason="与纸质合同不符", If_Match=self.etag(path))
        history = self.get(path + "?history=true")["history"]
        self.assertEqual([(one["source"]["import"], one["source"]["kind"], one["source"]["actor"], one["value"].get("title"), one["valid_from"]) for one in history],
                         [(answer["import"], "correction", "officer-1", "人工更正", today()),
                          (second, "dossier", "officer-1", "第二次导入", "2020-11-30"),
                          (self.first, "dossier", "officer-1", CONTRACT.get("title"), "2020-10-19")])
        self.assertEqual(self.get(path + f"?as_of={today(-1)}")["value"]["title"], "第二次导入")
        # From an earlier day on, where one is said.
        self.put(path, {**value, "title": "自始如此"}, status=200, valid_from="2020-11-30", If_Match=self.etag(path))
        self.assertEqual(self.get(path + f"?as_of={today(-1)}")["value"]["title"], "自始如此")
        self.assertEqual(self.get(path)["value"]["title"], "人工更正")

    def test_every_collection_takes_back_what_it_shows(self):
        seen = 0
        for collection in ("annual-inspections", "grades", "service-evaluations", "lists", "staff", "statements", "linked-resources", "payer-facts",
                           "contracts", "milestones", "payments", "security", "facilities"):
            for fact in self.get(f"{BASE}/{collection}?limit=1")["facts"]:
                seen += 1
                path = f"{BASE}/{collection}/{fact['key']}"
                answer, _ = self.put(path, fact["value"], status=200, valid_from=fact["valid_from"], If_Match=self.etag(path))
                self.assertFalse(answer["changed"], collection)
        self.assertGreater(seen, 8)
        value = self.get(BASE)["value"]
        self.assertEqual(self.put(BASE, {**value, "stations": 99}, status=200, If_Match=self.etag(BASE))[0]["key"], "")
        self.assertEqual(self.get(BASE)["value"]["stations"], 99)

    def test_new_facts_of_every_collection(self):
        for path, value in (
                ("annual-inspections/2001", {"result": "qualified"}), ("grades/2001-05-01", {"level": "4A"}),
                ("service-evaluations/2001", {"result": "good"}), ("lists/abnormal_activity,2001-05-04", {"removed_on": "2001-09-30"}),
                ("staff/2001-12-31", {"total": 500, "licensed_assistant": 100, "licensed_intermediate": 50, "licensed_senior": 1}), ("statements/2001", {"regime": "2004", "income_fen": 100, "public_income_fen": 90, "cost_fen": 99, "unrestricted_net_assets_fen": -5,
                                     "restricted_net_assets_fen": 0, "receivables_fen": 7, "liabilities_fen": 8}),
                ("linked-resources/volunteers,2001-06-30,1", {"count": 1200, "amount_fen": 0, "note": "志愿者"}),
                ("payer-facts/new", {"name": "某街道办事处", "level": "township", "region": "440307", "uscc": DOSSIER["payers"][0]["uscc"]}),
                ("contracts/new", {"payer": "new", "value_fen": 100, "stage": "signed", "signed_on": "2020-10-01", "trigger": "acceptance", "number": "2020-7",
                                   "title": "社工服务", "tier": "township_station", "fund_source": "department_budget", "currency": "CNY", "awarded_on": "2020-09-20",
                                   "published_on": "2020-10-05", "starts_on": "2020-10-01", "ends_on": "2021-09-30", "payment_term_days": 30, "renewals": 1,
                                   "service_evaluation": "good", "retained_fen": 5, "disputed_fen": 0}),
                ("milestones/new,m1", {"due_on": "2020-12-31", "amount_fen": 100, "title": "第一季度", "currency": "CNY", "accepted_on": "2021-01-05",
                                       "invoiced_on": "2021-01-06", "deducted_fen": 1}), ("payments/new,m1,t1", {"paid_on": "2020-12-31", "amount_fen": 60}),
                ("payments/new,,t2", {"paid_on": "2020-12-31", "amount_fen": 40, "currency": "CNY", "payer_name": "某街道财政所"}), ("security/new,account_lock", {"reference": "1234"}),
                ("facilities/f9", {"lender": service.LENDER, "outstanding_fen": 5, "limit_fen": 10, "opened_on": "2020-10-23", "matures_on": "2022-10-22",
                                   "classification": "normal", "product": "zhengcaidai", "pledged_contracts": ["new", CONTRACT["id"]]}),
                ("instalments/f9,2020-12-21,1", {"principal_fen": 0, "interest_fen": 7}), ("repayments/f9,2020-12-21,1,2020-12-21,1", {"amount_fen": 7}),
                ("deferrals/f9,2022-05-10,2022-05-21", {"to": "2022-08-21", "cause": "payer_delay"}),
                ("monitoring-events/e1", {"on": "2020-12-01", "kind": "staff_left", "contract": "new", "note": "三名社工离职"}), ("visits/v1", {"on": "2020-12-01", "visitor": "officer-1", "place": "龙岗区", "note": "照常"}),
                ("matching-meetings/m1", {"on": "2020-12-01", "organiser": "区金融局", "place": "区政务中心", "outcome": "两家银行有意"})):
            self.put(f"{BASE}/{path}", value, status=201)
            got = self.get(f"{BASE}/{path}")["value"]
            self.assertEqual({name: got[name] for name in value}, value, path)
        parts = self.get(f"{BASE}/contracts/new")["parts"]
        self.assertEqual({name: len(part["facts"]) for name, part in parts.items()}, {"milestones": 1, "payments": 2, "security": 1})
        parts = self.get(f"{BASE}/facilities/f9")["parts"]
        self.assertEqual({name: len(part["facts"]) for name, part in parts.items()}, {"deferrals": 1, "instalments": 1, "repayments": 1})
        self.put(f"/v1/organisations/{OTHER['organisation']['uscc']}", {
            "name": "新机构", "kind": "social_service_institution", "registered_on": "2009-11-30", "region": "440307", "registration_status": "active",
            "stations": 3, "payroll_month_fen": 100, "payroll_day": 10, "thirteenth_month": True, "other_costs_month_fen": 5, "cash_fen": 50,
            "restricted_cash_fen": 5, "wages_payable_fen": 0, "provenance": "走访时了解"}, status=201)
        self.assertEqual(len(self.get("/v1/organisations")["organisations"]), 2)

    def test_payers_delays_follow_a_payment_that_is_written_by_hand(self):
        book = "SELECT payer_key, weeks, payable_on, share_ppm FROM payer_delay WHERE payer_key <> '' ORDER BY 1, 2, 3"
        before = self.database.run(book)
        contract, milestone, payment = next((contract, milestone, milestone["payments"][0]) for contract in DOSSIER["contracts"]
                                            for milestone in contract["milestones"] if milestone.get("payments") and milestone.get("accepted_on"))
        path = f"{BASE}/payments/{contract['id']},{milestone['id']},{payment['id']}"
        status, _, _ = self.ask("DELETE", path, If_Match=self.etag(path))
        self.assertEqual(status, 200)
        without = self.database.run(book)
        self.assertNotEqual(without, before)
        self.put(path, payment, status=201)
        self.assertEqual(self.database.run(book), before)
        rebuilt = service.zcd("payers", "rebuild", **self.service.environment())
        self.assertEqual((rebuilt.returncode, self.database.run(book)), (0, before))

    def test_bodies_that_cannot_be_meant_change_nothing(self):
        size = self.database.log_size()
        for path, value, pointers in (
                ("visits/v1", {}, ["/value/on"]), ("visits/v1", {"on": "soon", "who": "x"}, ["/value/on", "/value/who"]),
                ("visits/v1", {"on": today(1)}, ["/value/on"]), ("visits/v1", {"on": "1989-12-31"}, ["/value/on"]),
                ("visits/v1", {"on": "2020-01-01", "id": "v2"}, ["/value/id"]),
                ("visits/v1", {"on": "2020-01-01", "note": "x" * 2001}, ["/value/note"]), ("visits/v1", {"on": "2020-01-01", "place": "a\tb"}, ["/value/place"]),
                ("contracts/c9", {"payer": "nobody", "value_fen": 5}, ["/value/payer"]), ("contracts/c9", {"payer": "", "value_fen": 5}, ["/value/payer"]),
                ("payer-facts/p9", {"name": "", "level": "city"}, ["/value/name"]), ("contracts/c9", {"payer": "p01", "value_fen": 0}, ["/value/value_fen"]),
                ("contracts/c9", {"payer": "p01", "value_fen": 5, "starts_on": "2020-02-01", "ends_on": "2020-01-01"}, ["/value/ends_on"]),
                ("contracts/c9", {"payer": "p01", "value_fen": 5, "retained_fen": 6}, ["/value/retained_fen"]),
                ("contracts/c9", {"payer": "p01", "value_fen": 5, "stage": "dreamt", "currency": "yuan"}, ["/value/stage", "/value/currency"]),
                ("milestones/none,m1", {"due_on": "2020-01-01", "amount_fen": 1}, ["/value/contract"]),
                (f"payments/{CONTRACT['id']},none,t1", {"paid_on": "2020-01-01", "amount_fen": 1}, ["/value/milestone"]),
                ("payments/" + CONTRACT["id"] + ",,t1", {"paid_on": "2020-01-01", "amount_fen": -1}, ["/value/amount_fen"]),
                ("staff/2020-01-01", {"total": 5, "licensed_senior": 6}, ["/value/licensed_senior"]),
                ("security/" + CONTRACT["id"] + ",promise", {}, ["/value/kind"])):
            status, answer, _ = self.ask("PUT", f"{BASE}/{path}", service.TOKEN, {"value": value})
            self.assertEqual(status, 422, (path, answer))
            self.assertEqual(sorted(error["pointer"] for error in answer["errors"]), sorted(pointers), (path, value))
        for document, pointer in (({"value": {"on": "2020-01-01"}, "valid_from": "2020-01-02"}, "/valid_from"), ({"value": 5}, "/value"), ([], ""),
                                  ({"value": {"on": "2020-01-01"}, "reason": "x" * 2001}, "/reason"), ({}, "/value")):
            status, answer, _ = self.ask("PUT", f"{BASE}/visits/v1", service.TOKEN, document)
            self.assertEqual((status, answer["errors"][0]["pointer"]), (422, pointer), answer)
        answer, _ = self.put(f"{BASE}/contracts/{CONTRACT['id']}", {"payer": "p01", "value_fen": 5}, valid_from=today(1), If_Match=self.etag(f"{BASE}/contracts/{CONTRACT['id']}"), status=422)
        self.assertEqual(answer["errors"][0]["pointer"], "/valid_from")
        self.assertEqual(self.database.log_size(), size)
        self.assertEqual(self.database.number("SELECT count(*) FROM visit"), 0)

    def test_only_officers_write_and_only_their_own_lenders_facts(self):
        visit = {"on": "2020-11-02"}
        for token in (DIRECTOR, ORGANISER, SYSTEM, service.REGULATOR_TOKEN, OTHER_OFFICER):
            self.put(f"{BASE}/visits/v1", visit, token, status=404)
            self.assertEqual(self.ask("DELETE", f"{BASE}/contracts/{CONTRACT['id']}", token)[0], 404)
        self.put(f"/v1/organisations/{'1' * 18}", {"name": "x", "kind": "enterprise"}, status=404)
        self.assertEqual(self.ask("DELETE", f"{BASE}/visits/none")[0], 404)
        for path in ("statements/1912", "instalments/f1,2020-01-01,0", "security/,account_lock", "visits/" + "v" * 257):
            self.put(f"{BASE}/{path}", {}, status=404)
        self.bring(DOSSIER, "officer-2")
        self.put(f"{BASE}/visits/v1", visit, OTHER_OFFICER, status=201)
        self.get(f"{BASE}/visits/v1", status=404)
        self.put(f"{BASE}/visits/v1", visit, status=201)
        self.assertEqual([one["lender"] for one in self.get(f"{BASE}/visits", DIRECTOR)["facts"]], [service.LENDER, "other-bank"])


class CorrectionsTest(FactsTest):
    def setUp(self):
        super().setUp()
        self.path = f"{BASE}/contracts/{CONTRACT['id']}"
        self.value = self.get(self.path)["value"]

    def file(self, status=201, token=DIRECTOR, idempotency=None, **changed):
        document = {"collection": "contracts", "key": CONTRACT["id"], "lender": service.LENDER, "reason": "名称与合同不符",
                    "value": {**self.value, "title": "合同上的名称"}, "evidence": "合同扫描件第1页"}
        if "removed" in changed:
            del document["value"]
        document.update(changed)
        fields = {"Idempotency_Key": idempotency} if idempotency else {}
        got, answer, sent = self.ask("POST", f"{BASE}/corrections", token, document, **fields)
        self.assertEqual(got, status, answer)
        if got == 201:
            self.assertEqual(sent["location"], f"{BASE}/corrections/{answer['id']}")
        return answer

    def decide(self, correction, what, token=service.TOKEN, status=200, document=None, **fields):
        got, answer, _ = self.ask("POST", f"{BASE}/corrections/{correction['id']}/{what}", token, document, **fields)
        self.assertEqual(got, status, answer)
        return answer

    def test_a_director_files_and_an_officer_of_the_lender_accepts(self):
        filed = self.file()
        self.assertEqual((filed["state"], filed["filed_by"], filed["reason"], filed["evidence"], filed["proposed"]["valid_from"]),
                         ("open", "director-1", "名称与合同不符", "合同扫描件第1页", today()))
        self.assertEqual(self.get(self.path)["value"], self.value)  # nothing has changed yet
        accepted = self.decide(filed, "acceptance")
        self.assertEqual((accepted["state"], accepted["decided_by"]), ("accepted", "officer-1"))
        fact = self.get(self.path)
        self.assertEqual((fact["value"]["title"], fact["source"]["import"], fact["source"]["kind"]), ("合同上的名称", accepted["import"], "correction"))
        self.assertEqual(self.get(f"{BASE}/corrections/{filed['id']}", DIRECTOR), accepted)
        leaf = self.leaf(accepted["decided_log_index"])
        self.assertEqual((leaf["kind"], leaf["prior"], leaf["body"]["fact"], leaf["actor"]["id"]),
                         ("correction", [filed["log_index"]], f"contracts/{CONTRACT['id']}", "officer-1"))
        leaf = self.leaf(filed["log_index"])
        self.assertEqual((leaf["kind"], leaf["body"]["lender"], leaf["actor"]), ("correction_filed", service.LENDER, {"id": "director-1", "lender": None, "role": "director"}))
        self.assertNotIn("名称", json.dumps(leaf, ensure_ascii=False))
        for what, document in (("acceptance", None), ("refusal", {"reason": "晚了"})):
            self.decide(filed, what, status=409, document=document)

    def test_an_officer_refuses_and_says_why(self):
        filed = self.file(evidence=None)
        refused = self.decide(filed, "refusal", document={"reason": "与纸质合同一致"})
        self.assertEqual((refused["state"], refused["decision"], refused["import"]), ("refused", "与纸质合同一致", None))
        self.assertEqual(self.get(f"{BASE}/corrections/{filed['id']}", DIRECTOR), refused)
        self.assertEqual(self.get(self.path)["value"], self.value)
        leaf = self.leaf(refused["decided_log_index"])
        self.assertEqual((leaf["kind"], leaf["prior"]), ("correction_refused", [filed["log_index"]]))
        self.decide(filed, "acceptance", status=409)

    def test_a_fact_that_has_changed_since_is_not_corrected(self):
        filed = self.file()
        self.put(self.path, {**self.value, "title": "已由信贷员更改"}, status=200, If_Match=self.etag(self.path))
        size = self.database.log_size()
        self.decide(filed, "acceptance", status=409)
        self.assertEqual((self.get(self.path)["value"]["title"], self.database.log_size()), ("已由信贷员更改", size))
        self.assertEqual(self.get(f"{BASE}/corrections/{filed['id']}")["state"], "open")

    def test_a_fact_that_the_lender_does_not_know_may_be_proposed(self):
        filed = self.file(collection="payments", key=f"{CONTRACT['id']},{MILESTONE['id']},t9", value={"paid_on": "2020-09-01", "amount_fen": 5})
        self.decide(filed, "acceptance")
        self.assertEqual(self.get(f"{BASE}/payments/{CONTRACT['id']},{MILESTONE['id']},t9")["value"]["amount_fen"], 5)
        organisation = self.get(BASE)["value"]
        self.decide(self.file(collection="organisation", key="", value={**organisation, "stations": 77}), "acceptance")
        self.assertEqual(self.get(BASE)["value"]["stations"], 77)

    def test_the_removal_of_a_fact_may_be_proposed(self):
        contract, milestone, payment = next((contract, milestone, milestone["payments"][0]) for contract in DOSSIER["contracts"]
                                            for milestone in contract["milestones"] if milestone.get("payments"))
        path = f"{BASE}/payments/{contract['id']},{milestone['id']},{payment['id']}"
        key = path.rpartition("/")[2]
        filed = self.file(collection="payments", key=key, removed=True)
        self.assertEqual(filed["proposed"], {"removed": True, "valid_from": payment["paid_on"]})
        self.assertEqual(self.get(path)["value"]["amount_fen"], payment["amount_fen"])  # nothing has changed yet
        refused = self.decide(self.file(collection="payments", key=key, removed=True), "refusal", document={"reason": "流水中有此笔"})
        self.assertEqual((refused["state"], refused["proposed"]), ("refused", filed["proposed"]))
        accepted = self.decide(filed, "acceptance")
        self.get(path, status=404)
        history = self.get(path + "?history=true")["history"]
        self.assertEqual([(one["removed"], one["source"]["import"], one["source"]["actor"]) for one in history],
                         [(True, accepted["import"], "officer-1"), (False, self.first, "officer-1")])
        self.assertNotIn(payment["id"], [one["id"] for one in next(
            one for contract in self.get(f"{BASE}/dossier")["contracts"] if contract["id"] == key.split(",")[0]
            for one in contract["milestones"] if one["id"] == milestone["id"]).get("payments", [])])
        # What holds from a day on is no more from a day on: then, and not before.
        filed = self.file(removed=True, valid_from="2020-11-30")
        self.decide(filed, "acceptance")
        self.get(self.path, status=404)
        self.get(f"{self.path}?as_of=2020-11-30", status=404)
        self.assertEqual(self.get(f"{self.path}?as_of=2020-11-29")["value"], self.value)
        self.assertEqual(self.get(f"{self.path}?known_at={filed['filed_at']}")["value"], self.value)
        # What hung on it may go too, although what it names is there no more.
        self.decide(self.file(collection="milestones", key=f"{CONTRACT['id']},{MILESTONE['id']}", removed=True), "acceptance")
        self.assertNotIn(f"{CONTRACT['id']},{MILESTONE['id']}", [one["key"] for one in self.all_of(f"{BASE}/milestones")])

    def test_removals_that_cannot_be_meant(self):
        size = self.database.log_size()
        for changed, pointers in (({"value": self.value}, ["/value"]), ({"key": "none"}, ["/removed"]), ({"collection": "organisation", "key": ""}, ["/removed"]),
                                  ({"valid_from": today(1)}, ["/valid_from"]), ({"valid_from": "2020-10-18"}, ["/valid_from"]),
                                  ({"removed": 1}, ["/removed"]), ({"removed": False}, ["/value"]), ({"reason": ""}, ["/reason"]),
                                  ({"collection": "staff", "key": DOSSIER["organisation"]["staff"][0]["on"], "valid_from": "2020-10-18"}, ["/valid_from"])):
            answer = self.file(status=422, **{"removed": True, **changed})
            self.assertEqual([error["pointer"] for error in answer["errors"]], pointers, answer)
        self.assertEqual(self.database.log_size(), size)
        # Only a filing proposes: who writes a fact says what it is, or deletes it.
        status, answer, _ = self.ask("PUT", self.path, service.TOKEN, {"removed": True}, If_Match=self.etag(self.path))
        self.assertEqual((status, [error["pointer"] for error in answer["errors"]]), (422, ["/removed", "/value"]))

    def test_who_sees_and_who_decides(self):
        self.bring(DOSSIER, "officer-2")
        ours, theirs = self.file(), self.file(lender="other-bank")

        def ids(token, query=""):
            return [one["id"] for one in self.get(f"{BASE}/corrections{query}", token)["corrections"]]

        self.assertEqual([ids(token) for token in (DIRECTOR, service.REGULATOR_TOKEN, service.TOKEN, SYSTEM, OTHER_OFFICER)],
                         [[theirs["id"], ours["id"]]] * 2 + [[ours["id"]]] * 2 + [[theirs["id"]]])
        page = self.get(f"{BASE}/corrections?limit=1", DIRECTOR)
        self.assertEqual([one["id"] for one in self.get(f"{BASE}/corrections?limit=1&cursor={page['next']}", DIRECTOR)["corrections"]], [ours["id"]])
        for token, status in ((OTHER_OFFICER, 404), (OTHER_DIRECTOR, 404), (ORGANISER, 404), (DIRECTOR, 200)):
            self.get(f"{BASE}/corrections/{ours['id']}", token, status)
        for token in (OTHER_OFFICER, SYSTEM, DIRECTOR, service.REGULATOR_TOKEN):
            self.decide(ours, "acceptance", token, status=404)
            self.decide(ours, "refusal", token, status=404, document={"reason": "x"})
        for token in (service.TOKEN, OTHER_DIRECTOR, service.REGULATOR_TOKEN):
            self.file(token=token, status=404)
        self.decide(ours, "acceptance")
        self.assertEqual([ids(DIRECTOR, f"?state={state}") for state in ("open", "accepted", "refused")], [[theirs["id"]], [ours["id"]], []])
        self.assertEqual(self.pointer_of(f"{BASE}/corrections?state=done"), "/state")
        self.get(f"/v1/organisations/{OTHER['organisation']['uscc']}/corrections/{ours['id']}", status=404)
        self.get(f"{BASE}/corrections/co_x", status=404)

    def test_a_key_is_carried_out_once(self):
        first, again = (self.file(idempotency="k1") for _ in range(2))
        self.assertEqual(first, again)
        self.assertEqual(self.database.number("SELECT count(*) FROM correction"), 1)
        accepted = [self.decide(first, "acceptance", Idempotency_Key="k2") for _ in range(2)]
        self.assertEqual(accepted[0], accepted[1])
        second = self.file(value={**self.value, "title": "又一个名称"})
        refused = [self.decide(second, "refusal", document={"reason": "不"}, Idempotency_Key="k3") for _ in range(2)]
        self.assertEqual(refused[0], refused[1])
        self.assertEqual(self.database.number("SELECT count(*) FROM log_record WHERE kind LIKE 'correction%'"), 4)

    def test_of_decisions_at_the_same_moment_one_counts(self):
        def at_once(asked):
            with concurrent.futures.ThreadPoolExecutor(len(asked)) as pool:
                return list(pool.map(lambda one: self.ask("POST", f"{BASE}/corrections/{one[0]}", document=one[1], **one[2]), asked))

        filed = self.file()
        answers = at_once([(filed["id"] + "/acceptance", None, {"Idempotency_Key": "k1"})] * 4)
        self.assertIn(200, [status for status, _, _ in answers])
        for status, problem, fields in answers:  # who came too late is told to send it again, and then what came of it
            self.assertTrue(status == 200 or (status == 409 and fields["retry-after"] == "1" and "send it again" in problem["detail"]), problem)
        self.assertEqual(self.decide(filed, "acceptance", Idempotency_Key="k1")["state"], "accepted")
        self.assertEqual(self.database.number("SELECT count(*) FROM import WHERE kind = 'correction'"), 1)
        filed = self.file(value={**self.value, "title": "又一个名称"})
        answers = at_once([(filed["id"] + "/acceptance", None, {}), (filed["id"] + "/refusal", {"reason": "不"}, {})] * 3)
        self.assertEqual(sorted(status for status, _, _ in answers), [200] + [409] * 5)
        won = next(answer for status, answer, _ in answers if status == 200)
        self.assertEqual(self.get(f"{BASE}/corrections/{filed['id']}"), won)
        self.assertEqual(self.get(self.path)["value"]["title"], "又一个名称" if won["state"] == "accepted" else "合同上的名称")

    def test_the_lender_is_told(self):
        types = ["correction.filed", "correction.recorded", "correction.refused"]
        status, answer, _ = self.ask("POST", "/v1/webhooks", ADMIN, {"url": "https://hooks.example/in", "types": types})
        self.assertEqual(status, 201, answer)
        self.decide(self.file(), "acceptance")
        self.decide(self.file(value={**self.value, "title": "再一个名称"}), "refusal", document={"reason": "不"})
        self.assertEqual(self.database.run("SELECT type FROM event ORDER BY 1").splitlines(), ["correction.filed", *types])

    def test_what_was_written_can_be_erased(self):
        filed = self.file()
        self.database.run("DELETE FROM personal_value")
        correction = self.get(f"{BASE}/corrections/{filed['id']}")
        self.assertEqual([correction[name] for name in ("proposed", "reason", "evidence")], [None] * 3)
        self.decide(filed, "acceptance", status=409)

    def test_filings_that_cannot_be_meant(self):
        size = self.database.log_size()
        for changed, pointers in (({"collection": "wages"}, ["/collection"]), ({"key": "a,b"}, ["/key"]), ({"lender": "nobody"}, ["/lender"]),
                                  ({"reason": ""}, ["/reason"]), ({"value": {**self.value, "payer": "nobody"}}, ["/value/payer"]),
                                  ({"value": {**self.value, "value_fen": "5"}}, ["/value/value_fen"]), ({"evidence": "x" * 2001}, ["/evidence"]),
                                  ({"valid_from": today(1)}, ["/valid_from"]), ({"value": None}, ["/value"]), ({"who": "me"}, ["/who"])):
            answer = self.file(status=422, **changed)
            self.assertEqual([error["pointer"] for error in answer["errors"]], pointers, answer)
        filed = self.file()
        for document in ({}, {"reason": ""}, {"reason": 5}, {"why": "x", "reason": "y"}):
            self.decide(filed, "refusal", status=422, document=document)
        self.assertEqual(self.database.log_size(), size + 1)


if __name__ == "__main__":
    service.main()
