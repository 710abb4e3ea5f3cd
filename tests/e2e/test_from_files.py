"""From files to a decision that can be checked: procurement data, a bank statement and notices through the command line, what is left
to a person over HTTP, and then the dossier, the decision, its record and its bundle.

The files of data/examples/files are reconstructed from the example dossier by tests/lib/reconstruct_files.py: what comes out must be that
dossier's contracts, milestone by milestone and payment by payment.
"""
import json

import service

USCC = "52440307EXAMP00156"
FILES = service.SOURCE / "data/examples/files"
REAL = service.SOURCE / "tests/vectors/ocds/real/mx-cdmx-release-package-2rel-22tx-24ms.json"
AS_OF = "2020-10-19"


def payments_of(milestone):
    return sorted((payment["paid_on"], payment["amount_fen"]) for payment in milestone.get("payments", []))


def milestones_of(contract):
    return [(one["id"], one["title"], one["due_on"], one["amount_fen"], one.get("accepted_on"), one.get("invoiced_on"),
             one.get("deducted_fen", 0), payments_of(one)) for one in contract["milestones"]]


def contract_of(contract, payers):
    told = {name: contract.get(name) for name in ("title", "tier", "fund_source", "stage", "value_fen", "awarded_on", "signed_on", "published_on",
                                                  "starts_on", "ends_on", "payment_term_days", "trigger")}
    return {**told, "renewals": contract.get("renewals", 0), "payer": payers[contract["payer"]], "milestones": milestones_of(contract)}


def contracts_of(dossier):
    """By what does not hang on ids of the source."""
    payers = {payer["id"]: (payer["uscc"], payer["name"], payer["level"], payer["region"]) for payer in dossier["payers"]}
    return sorted((contract_of(contract, payers) for contract in dossier["contracts"]), key=lambda told: (told["title"], told["starts_on"]))


class FromFilesTest(service.ServiceTest):
    maxDiff = None

    def keep(self, path, kind, *words):
        run = service.zcd("import", str(path), "--kind", kind, "--user", "officer-1", "--json", *words, **self.service.environment())
        self.assertEqual(run.returncode, 0, run.stderr)
        return json.loads(run.stdout)

    def keep_example(self, name, kind, *words):
        return self.keep(FILES / f"zhicheng-2020-10.{name}", kind, *words)

    def ask(self, method, path, document=None, expected=200):
        fields = {} if document is None else {"Content_Type": "application/json"}
        status, _, body = self.service.request(method, path, None if document is None else json.dumps(document), **fields)
        self.assertEqual(status, expected, body)
        return json.loads(body)

    def dossier(self, as_of=AS_OF):
        return self.ask("GET", f"/v1/organisations/{USCC}/dossier?as_of={as_of}")

    def settle_what_waits(self):
        """The school's money came through the treasury: an officer says so, and of which milestones it is."""
        school = next(payer["id"] for payer in self.dossier()["payers"] if payer["level"] == "public_institution" and "学校" in payer["name"])
        waiting = self.ask("GET", f"/v1/organisations/{USCC}/receipts?state=waiting")["receipts"]
        taken = []
        for index, receipt in enumerate(waiting):
            offer = next(one for one in receipt["offers"] if "c12-" in one["contract"] and one["milestone"] not in taken)
            taken.append(offer["milestone"])
            said = {"parts": [{"contract": offer["contract"], "milestone": offer["milestone"], "amount_fen": receipt["amount_fen"]}]}
            if index == 0:
                said["alias_of"] = school
            self.ask("POST", f"/v1/organisations/{USCC}/receipts/{receipt['id']}/settlement", said, expected=201)
        return len(waiting)

    def test_files_come_to_the_dossier_and_the_dossier_to_a_decision_that_can_be_checked(self):
        example = json.loads(service.EXAMPLE.read_bytes())
        self.keep_example("organisation.json", "dossier")
        bought = self.keep_example("ocds.json", "ocds")
        self.assertEqual((bought["counts"]["contracts"], bought["counts"]["milestones"], bought["counts"]["payments"], bought["lines"]), (28, 106, 3, []))
        paid = self.keep_example("statement.csv", "statement", "--organisation", USCC)
        self.assertEqual(paid["receipts"], {"matched": 60, "waiting": 3, "paid_before": 3, "unrelated": 2, "known": 0, "duplicate": 0})
        noticed = self.keep_example("notices.json", "notice", "--organisation", USCC)
        self.assertEqual((noticed["lines"], noticed["counts"]["security_evidence"]), ([], 1))
        self.assertEqual(self.settle_what_waits(), 3)

        dossier = self.dossier()
        self.assertEqual(contracts_of(dossier), contracts_of(example))
        locked = [contract["id"].rpartition("/")[2] for contract in dossier["contracts"] if contract.get("security", {}).get("account_locked")]
        self.assertEqual(locked, ["c04-2020"])
        self.assertEqual(self.dossier("2020-10-15")["contracts"][0]["id"], dossier["contracts"][0]["id"])

        for name, kind in (("ocds.json", "ocds"), ("statement.csv", "statement"), ("notices.json", "notice")):
            words = () if kind == "ocds" else ("--organisation", USCC)
            self.assertFalse(self.keep_example(name, kind, *words)["changed"], name)

        assessment = self.ask("POST", f"/v1/organisations/{USCC}/assessments", {"as_of": AS_OF, "application": example["application"]}, expected=201)
        self.assertEqual(assessment["decision"]["outcome"], "approve_with_conditions")
        leaf = json.loads(self.ask("GET", f"/v1/audit/records/{assessment['log_index']}")["leaf"])
        self.assertEqual((leaf["kind"], leaf["subject"]["uscc"], leaf["body"]["outcome"]), ("assessment", USCC, assessment["decision"]["outcome"]))
        self.verify_record(assessment["log_index"])
        kinds = [json.loads(json.loads(self.service.request("GET", f"/v1/audit/records/{index}", token=service.REGULATOR_TOKEN)[2])["leaf"])["kind"]
                 for index in range(assessment["log_index"] + 1)]
        self.assertEqual(kinds, 4 * ["import"] + 3 * ["correction"] + ["assessment"])

    def test_a_real_publishers_file_is_kept_and_never_scored(self):
        kept = self.keep(REAL, "ocds")
        self.assertEqual((kept["changed"], kept["counts"]["contracts"], kept["counts"]["milestones"], kept["counts"]["payments"]), (True, 1, 12, 11))
        self.assertEqual(self.database.run("SELECT DISTINCT currency FROM payment"), "MXN")
        key = self.database.run("SELECT DISTINCT uscc FROM contract")
        self.assertRegex(key, "^[^:]+:.+")
        self.ask("POST", f"/v1/organisations/{key.replace('/', '%2F')}/assessments",
                 {"as_of": AS_OF, "application": json.loads(service.EXAMPLE.read_bytes())["application"]}, expected=404)


if __name__ == "__main__":
    service.main()
