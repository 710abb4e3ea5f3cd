#!/usr/bin/env python3
"""Files as publishers make them through `zcd import --dry-run --json`, against counts made here, by another program.

python3 tests/contracts/import_files.py ZCD
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/lib"))

from ocds_release import USCC, release  # noqa: E402

VECTORS = ROOT / "tests/vectors/ocds"
ZCD = sys.argv.pop(1)


def read(data, *options):
    """The report of a dry run on some bytes."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        return read_path(file.name, *options)


def read_path(path, *options):
    result = subprocess.run([ZCD, "import", str(path), "--kind", "ocds", "--dry-run", "--json", *options],
                            capture_output=True, timeout=60, env={})
    assert result.returncode == 0, result.stderr.decode()
    return json.loads(result.stdout)


def rules(report):
    return {line["rule"] for line in report["lines"]}


def lines(report, rule):
    return [line for line in report["lines"] if line["rule"] == rule]


def listed(value):
    return value if isinstance(value, list) else [value] if value else []


def count_by_hand(path):
    """(contracts, milestones of the schedule, payments) over all releases, each id once a process."""
    document = json.loads(path.read_text(encoding="utf-8"))
    releases = document.get("releases") or [record["compiledRelease"] for record in document["records"]]
    contracts, milestones, payments = set(), set(), set()
    for release in releases:
        for contract in release.get("contracts", []):
            key = (release["ocid"], contract["id"])
            contracts.add(key)
            implementation = contract.get("implementation") or {}
            for milestone in listed(contract.get("milestones")) + listed(implementation.get("milestones")):
                if milestone.get("type") in (None, "", "delivery", "payment", "financing"):
                    milestones.add((*key, str(milestone["id"])))
            for transaction in listed(implementation.get("transactions")):
                if (transaction.get("value") or transaction.get("amount") or {}).get("amount"):
                    payments.add((*key, str(transaction["id"])))
    return len(contracts), len(milestones), len(payments)


def versioned(*releases):
    """The versioned release of releases of one shape, by hand: arrays here all merge by ids."""
    def history(*values):
        kept = []
        for one, value in zip(releases, values):
            if not kept or kept[-1]["value"] != value:
                kept.append({"releaseID": one["id"], "releaseDate": one["date"], "releaseTag": one["tag"], "value": value})
        return kept

    def walk(*values, in_list=False):
        last = values[-1]
        if isinstance(last, dict):
            return {name: last[name] if in_list and name == "id" else walk(*(value.get(name) for value in values)) for name in last}
        if isinstance(last, list):
            return [walk(*(value[i] for value in values), in_list=True) for i in range(len(last))]
        return history(*values)

    made = walk(*releases)
    return {**{name: value for name, value in made.items() if name not in ("id", "date", "tag")}, "ocid": releases[-1]["ocid"]}


def text(document):
    return json.dumps(document, ensure_ascii=False).encode()


class RealFiles(unittest.TestCase):
    def test_the_files_of_real_publishers_give_what_they_hold(self):
        # (organisations, payers, contracts, milestones, payments), looked up in each file
        expected = {"mx-cdmx-release-package-2": (1, 1, 1, 1, 1), "mx-cdmx-release-package-2rel-22tx-24ms": (1, 1, 1, 12, 11),
                    "mx-cdmx-release-package-utf8": (1, 1, 1, 12, 4), "py-dncp-release-package-1contract-1tx": (1, 0, 1, 0, 1),
                    "tn-release-sample": (1, 1, 1, 0, 0)}
        paths = {path.stem: path for path in (VECTORS / "real").glob("*.json")}
        self.assertEqual(set(paths), set(expected))
        for name, path in paths.items():
            counts = read_path(path)["counts"]
            found = tuple(counts[what] for what in ("organisations", "payers", "contracts", "milestones", "payments"))
            with self.subTest(name):
                self.assertEqual(found, expected[name])
                self.assertEqual(found[2:], count_by_hand(path))

    def test_a_payment_that_stands_in_two_releases_of_a_process_is_one(self):
        report = read_path(VECTORS / "real/mx-cdmx-release-package-2rel-22tx-24ms.json")
        self.assertEqual(report["counts"]["payments"], 11)  # 22 transactions in the file, 11 in each release
        self.assertEqual(report["counts"]["milestones"], 12)
        self.assertTrue({"tag_does_not_fit", "old_name", "currency_not_scored"} <= rules(report))

    def test_the_examples_of_the_standard_give_what_they_hold(self):
        for path in (*VECTORS.glob("standard/*.json"), *VECTORS.glob("fictional/*.json")):
            report = read_path(path)
            refused = len(lines(report, "supplier_missing"))
            contracts, milestones, payments = count_by_hand(path)
            with self.subTest(path.name):
                self.assertEqual(report["counts"]["contracts"], contracts - refused)
                if refused == 0:
                    self.assertEqual(report["counts"]["milestones"], milestones)
                    self.assertEqual(report["counts"]["payments"], payments)


class Forms(unittest.TestCase):
    def one(self, data, **expected):
        report = read(data)
        self.assertEqual(report["counts"]["contracts"], expected.get("contracts", 1), report)
        return report

    def test_every_form_of_a_file_gives_the_same_contract(self):
        one = release()
        for document in (one, [one], {"releases": [one]}, {"releases": one}, {"records": [{"ocid": one["ocid"], "compiledRelease": one}]},
                         {"ocid": one["ocid"], "compiledRelease": one}, [{"releases": [one]}],
                         {"records": [{"ocid": one["ocid"], "releases": [{**one, "tag": ["contract"]}]}]}):
            with self.subTest(list(document)):
                self.one(text(document))

    def test_json_lines_documents_behind_one_another_and_json_text_sequences(self):
        first, second = text(release()), text(release(ocid="ocds-test-2"))
        for joint in (b"\n", b"", b"\n\n", b"\x1e"):
            self.one(first + joint + second, contracts=2)

    def test_a_versioned_release_comes_to_what_its_histories_end_with(self):
        before = release(tag=["contract"], contract={"value": {"amount": 90, "currency": "CNY"}, "status": "pending", "description": "x"})
        one = versioned(before, release(contract={"description": None}))
        record = {"ocid": one["ocid"], "releases": [{"url": "http://x", "date": "2024-06-30", "tag": ["contract"]}], "versionedRelease": one}
        expected = {**self.one(text(release())), "file_sha256": None, "lines": []}
        for document in ({"records": [record]}, record, {"records": [{**record, "releases": []}]}, {"releases": [one]}, one, [one],
                         {"records": [{**record, "versionedRelease": {**one, "ocid": None}}]}):
            with self.subTest(json.dumps(document)[:60]):
                report = self.one(text(document))
                self.assertEqual([line["rule"] for line in report["lines"]], ["versioned_release"])
                self.assertEqual({**report, "file_sha256": None, "lines": []}, expected)

    def test_of_a_record_its_compiled_release_counts_then_its_own_releases_then_the_versioned_one(self):
        single, one = release(tag=["contract"]), versioned(release())
        record = {"ocid": one["ocid"], "releases": [single], "versionedRelease": one}
        self.assertEqual(rules(self.one(text({"records": [record]}))), set())
        self.assertEqual(rules(self.one(text({"records": [{**record, "compiledRelease": release()}]}))), set())
        # What else stands in the file of its process is not merged into it again.
        self.assertEqual(rules(self.one(text({"records": [{**record, "releases": []}]}) + text(single))),
                         {"versioned_release", "releases_beside_compiled"})

    def test_every_encoding_of_a_file_gives_the_same_names(self):
        data = json.dumps(release(), ensure_ascii=False)
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"):
            with self.subTest(encoding):
                self.one(data.encode(encoding))
        spanish = json.dumps(release(buyer={"name": "SECRETARÍA"}), ensure_ascii=False).replace("社工站服务", "Año")
        report = self.one(spanish.replace("社工服务中心", "Niño").replace("民政局", "x").encode("latin-1"))
        self.assertIn("foreign_bytes", rules(report))
        self.assertEqual([line["value"] for line in lines(report, "payer_by_name")], ["SECRETARÍA"])

    def test_names_in_an_encoding_that_cannot_be_told_are_not_kept(self):
        for encoding, name in (("big5", "社會工作服務中心"), ("cp1251", "Центр услуг")):
            made = json.dumps(release(buyer={"name": name}), ensure_ascii=False)
            for chinese in ("社工站服务", "社工服务中心", "民政局"):
                made = made.replace(chinese, "x")
            with self.subTest(encoding):
                self.assertEqual(rules(self.one(made.encode(encoding), contracts=0)), {"foreign_text"})
        data = json.dumps(release(), ensure_ascii=False)
        cut = data.encode()[:data.encode().index("中心".encode()) + 5] + data.encode()[data.encode().index("中心".encode()) + 6:]
        self.assertEqual(rules(self.one(cut)), {"foreign_bytes"})  # a character whose last byte is missing
        broken = data.encode().replace("民政局".encode(), "民政局".encode("gbk"))
        self.assertEqual([line["line"] for line in lines(self.one(broken + b"\n" + data.encode()), "foreign_text")], [1])

    def test_a_name_of_a_megabyte_takes_no_longer_than_its_bytes(self):
        self.one(text(release(buyer={"name": "长" * 400_000})))  # within read_path's time limit

    def test_releases_of_a_process_are_merged_wherever_they_stand(self):
        award = release(tag=["award"], date="2024-01-01T00:00:00Z", contracts=[])
        other = release(ocid="ocds-test-2", tag=["contract"])
        contract = {**release(tag=["contract"]), "awards": [], "parties": [], "buyer": None}
        report = self.one(text({"releases": [contract, other, award]}), contracts=2)
        self.assertNotIn("supplier_missing", rules(report))

    def test_releases_of_one_date_that_contradict_each_other_are_not_kept_and_the_rest_is(self):
        def changed(number, **members):
            return {**release(tag=["contractUpdate"], **members), "id": str(number)}
        first, party = changed(1), {"id": "s", "identifier": {"scheme": "CN-USCI", "id": "53100000500019795A"}}
        other = release(ocid="ocds-test-2", tag=["contract"])
        for second, is_clear in ((changed(2, contract={"value": {"amount": 200, "currency": "CNY"}}), False), (changed(2, contract={"dateSigned": None}), False),
                                 (changed(2, parties=[party]), False), (changed(2, buyer={"id": "s"}), False), (changed(2), True),
                                 (changed(2, tender={"title": "x"}, contract={"description": "x"}), True),
                                 (changed(2, contract={"id": "c2"}, language="zh"), True),
                                 (changed(2, contract={"value": {"amount": 200, "currency": "CNY"}}, date="2024-06-30T00:00:01+08:00"), True),
                                 (changed(2, contract={"value": {"amount": 200, "currency": "CNY"}}, date="2024-06-29T16:00:00Z"), False)):
            for order in ([first, second, other], [other, second, first]):
                with self.subTest(str(second)[:300]):
                    report = read(text({"releases": order}))
                    refused = [(line["field"], line["value"], line["severity"]) for line in lines(report, "contradictory_releases")]
                    self.assertEqual(refused, [] if is_clear else [("/date", "ocds-test-1", "not_kept")])
                    self.assertEqual(report["counts"]["contracts"], 1 if not is_clear else 3 if second["contracts"][0]["id"] == "c2" else 2)
        # Without dates nobody can tell either; a later release that settles it does.
        undated = [{key: value for key, value in one.items() if key != "date"} for one in (first, changed(2, contract={"title": "x"}))]
        self.assertEqual(rules(read(text({"releases": undated}))), {"release_date", "contradictory_releases"})
        settled = undated + [changed(3, contract={"title": "y"})]
        self.assertEqual(rules(read(text({"releases": settled}))), {"release_date"})

    def test_several_compiled_releases_of_one_process_are_said_to_be(self):
        report = self.one(text(release()) + b"\n" + text(release(contract={"title": "x"})))
        self.assertEqual([(line["rule"], line["value"], line["severity"]) for line in report["lines"]], [("compiled_twice", "ocds-test-1", "kept_with_doubt")])

    def test_many_releases_of_one_process_take_the_time_of_their_length(self):
        first = release(tag=["contract"])
        more = [{"ocid": first["ocid"], "id": str(i), "date": "2024-07-01T00:00:00Z", "tag": ["contract"],
                 "contracts": [{"id": f"c{i}", "awardID": "a1", "items": [{"id": "1"}]}]} for i in range(20_000)]
        self.one(text({"releases": [first, *more]}), contracts=20_000)  # within read_path's time limit

    def test_a_cut_document_costs_itself_alone(self):
        good = text(release())
        for cut in range(1, len(good) - 1, 41):
            report = read(good[:cut] + b"\n" + text(release(ocid="ocds-test-2")))
            self.assertGreaterEqual(len(lines(report, "cut")) + len(lines(report, "no_json")) + len(lines(report, "no_object")), 1)

    def test_a_package_that_is_cut_is_not_called_empty(self):
        whole = text({"uri": "x", "releases": [release(), release(ocid="ocds-test-2")]})
        for cut, contracts in ((40, 0), (len(whole) - 10, 1)):
            report = read(whole[:cut])
            self.assertEqual((rules(report), report["counts"]["contracts"]), ({"cut"}, contracts))

    def test_what_is_no_ocds_is_said_to_be_none(self):
        for data, rule in ((b"{}", "no_ocds"), (b"hello", "no_object"), (b"[1,2]", "no_object"), (b'{"releases":[1]}', "no_object"),
                           (b'{"releases":[{}]}', "ocid_missing"), (b'{"a":', "cut"), (b'{"a":1,"a":2}', "duplicate_key"),
                           (b'{"ocid":tru}', "no_json"), (b"{" * 5, "cut"), (b'{"a":' + b"[" * 100 + b"]" * 100 + b"}", "too_deep"),
                           (b'{"records":[{"ocid":"a","releases":[{"url":"http://x"}]}]}', "linked_releases")):
            with self.subTest(data[:30]):
                self.assertIn(rule, rules(read(data)))
        for data in (b"", b" \n", b"\xef\xbb\xbf", b"[]"):
            with self.subTest(data):
                self.assertEqual(rules(read(data)), {"empty"})


class Amounts(unittest.TestCase):
    def value(self, number, currency="CNY"):
        document = json.dumps(release(contract={"value": {"amount": 0, "currency": currency}}))
        return read(document.replace('"amount": 0', f'"amount": {number}').encode())

    def test_decimals_are_kept_exactly_and_finer_ones_refused(self):
        for number, rule in (("1234.56", None), ("1e6", None), ("0.1", None), ("100.000", None), ("1.005", "amount_too_fine"),
                             ("-5", "amount_negative"), ("1e300", "amount_too_large"), ("9" * 400, "amount_too_large"),
                             ('"12.50"', "amount_as_text"), ('"1,2"', "amount_no_number"), ("{}", "amount_no_number")):
            with self.subTest(number):
                report = self.value(number)
                self.assertEqual(rules(report), {rule} - {None}, report["lines"])

    def test_only_yuan_is_scored_and_unknown_currencies_are_refused(self):
        self.assertEqual(rules(self.value("5", "JPY")), {"currency_not_scored"})
        self.assertEqual(rules(self.value("5", "RMB")), {"currency_unknown"})
        self.assertEqual(rules(self.value("5", "")), {"currency_unknown"})


class Contracts(unittest.TestCase):
    def test_a_clean_release_in_yuan_has_nothing_to_report(self):
        report = read(text(release()))
        self.assertEqual(report["lines"], [])
        self.assertEqual(report["counts"], {"organisations": 1, "payers": 1, "contracts": 1, "security_evidence": 0,
                                            "milestones": 0, "payments": 0, "receipts": 0})

    def test_schedule_payments_and_the_extension(self):
        report = read(text(release(contract={
            "x_zcd": {"tier": "township_station", "fundSource": "department_budget", "paymentTermDays": 30, "paymentTrigger": "acceptance"},
            "milestones": [{"id": 1, "type": "delivery", "dueDate": "2024-06-01T00:00:00Z", "x_zcd": {"amount": {"amount": 60, "currency": "CNY"}}},
                           {"id": "2", "type": "payment", "value": {"amount": 40, "currency": "CNY"}}, {"id": 3, "type": "approval"}],
            "implementation": {"milestones": [{"id": "1", "type": "delivery", "status": "met", "dateMet": "2024-06-02T00:00:00Z"}],
                               "transactions": [{"id": 9, "date": "2024-06-20T00:00:00Z", "value": {"amount": 60, "currency": "CNY"},
                                                 "relatedImplementationMilestone": {"id": 1}}]}})))
        told = {row["code"]: row["count"] for row in report["coverage"]}
        self.assertEqual((told["milestones"], told["milestones_with_amount"], told["milestones_accepted"]), (2, 2, 1))
        self.assertEqual((told["payments"], told["payments_with_milestone"]), (1, 1))
        self.assertEqual(rules(report), {"milestone_type"})

    def test_departures_are_taken_where_clear_and_reported(self):
        payment = {"id": 1, "date": "2024-02-01", "amount": {"amount": 5, "currency": "CNY"}}
        cases = (
            ({"awards": {"id": "a1", "suppliers": {"id": "s"}}}, {"not_listed"}, 1),
            ({"awards": []}, {"award_missing", "supplier_missing"}, 0),
            ({"parties": [], "awards": [{"id": "a1", "suppliers": [{"id": "CN-USCI-91350100M000100Y44"}]}]}, {"uscc_check"}, 0),
            ({"contract": {"dateSigned": "05/01/2024"}}, {"date_form"}, 1),
            ({"contract": {"status": "signed"}}, {"status_unknown"}, 1),
            ({"contract": {"id": None}}, {"id_missing", "award_without_contract"} - {"award_without_contract"}, 0),
            ({"contract": {"period": {"startDate": "2024-02-01", "endDate": "2024-01-01"}}}, {"period_reversed"}, 1),
            ({"contract": {"x_zcd": {"tier": "palace"}}}, {"extension"}, 1),
            ({"contract": {"implementation": {"transactions": payment}}}, {"not_listed", "old_name"}, 1),
            ({"contract": {"implementation": {"transactions": [payment, {**payment, "date": "2024-03-01"}]}}}, {"duplicate_id", "old_name"}, 1),
            ({"contract": {"implementation": {"transactions": [{**payment, "amount": {"amount": 500, "currency": "CNY"}}]}}},
             {"paid_more_than_value", "old_name"}, 1),
            ({"contract": {"implementation": {"transactions": [{"id": 1, "date": "2024-02-01"}]}}}, {"amount_missing"}, 1),
        )
        for members, expected, contracts in cases:
            with self.subTest(sorted(expected)):
                report = read(text(release(**members)))
                self.assertEqual(rules(report), expected)
                self.assertEqual(report["counts"]["contracts"], contracts)

    def shared(self, *suppliers, parties=(), **members):
        """A contract of several, with a plan and payments to two of them and to nobody who is named."""
        def paid(number, **payee):
            return {"id": number, "date": "2024-06-20T00:00:00Z", "value": {"amount": 10, "currency": "CNY"}, **payee}
        document = release(awards=[{"id": "a1", "date": "2024-01-01T00:00:00+08:00", "suppliers": list(suppliers)}], contract={
            "milestones": [{"id": 1, "type": "delivery", "dueDate": "2024-06-01T00:00:00Z", "value": {"amount": 60, "currency": "CNY"}}],
            "implementation": {"transactions": [paid(1, payee={"id": "s"}), paid(2, receiverOrganization={"name": "乙中心"}), paid(3)]}}, **members)
        document["parties"] += parties
        return document

    def test_a_contract_of_several_suppliers_is_kept_for_each_without_amounts(self):
        second = {"id": "t", "name": "乙中心", "identifier": {"scheme": "CN-USCI", "id": "53100000500019795A"}}
        document = self.shared({"id": "s"}, {"id": "t"}, parties=[second])
        report = read(text(document))
        self.assertEqual(report["counts"], {"organisations": 2, "payers": 1, "contracts": 2, "security_evidence": 0, "milestones": 2,
                                            "payments": 2, "receipts": 0})
        self.assertEqual([(line["rule"], line["field"], line["value"], line["severity"]) for line in report["lines"]], [
            ("shared_contract", "/contracts/0", f"社工服务中心 ({USCC}); 乙中心 (53100000500019795A)"[:80], "kept_with_doubt"),
            ("payee_unclear", "/contracts/0/implementation/transactions/2/payee", "", "not_kept")])
        told = {row["code"]: row["count"] for row in report["coverage"]}
        self.assertEqual([told[code] for code in ("contracts", "contracts_with_supplier", "contracts_with_value", "contracts_in_yuan", "milestones",
                                                  "milestones_with_amount", "payments")], [1, 1, 0, 0, 1, 0, 2])
        # One of them asked for: its own alone.
        report = read(text(document), "--organisation", "53100000500019795A")
        self.assertEqual([report["counts"][what] for what in ("organisations", "contracts", "milestones", "payments")], [1, 1, 1, 1])
        self.assertEqual({row["code"]: row["count"] for row in report["coverage"]}["contracts_of_others"], 0)

    def test_suppliers_who_are_one_share_nothing_and_those_who_cannot_be_told_apart_still_do(self):
        named, sick = {"name": "丙中心"}, {"id": "CN-USCI-91350100M000100Y44", "name": "丁中心"}
        for suppliers, expected, contracts in (
                (({"id": "s"}, {"id": "s", "name": "社工服务中心"}), set(), 1),
                (({"name": "社工服务中心"}, {"id": "s"}), set(), 1),
                (({"id": "s"}, named), {"shared_contract"}, 1),
                ((named, {"id": "s"}, {}), {"shared_contract"}, 1),
                (({"id": "s"}, sick), {"uscc_check", "shared_contract"}, 1),
                ((sick, sick), {"uscc_check"}, 0),
                ((named,), {"supplier_missing"}, 0),
                (tuple({"id": f"x{i}", "name": f"x{i}"} for i in range(20)), {"shared_contract", "without_scheme"}, 20),
                (tuple({"id": f"x{i}", "name": f"x{i}"} for i in range(21)), {"several_suppliers", "without_scheme"}, 0)):
            with self.subTest(suppliers[:3]):
                report = read(text(self.shared(*suppliers)))
                self.assertEqual(rules(report) - {"payee_unclear"}, expected)
                self.assertEqual(report["counts"]["contracts"], contracts)

    def test_of_an_id_that_stands_twice_in_one_release_the_first_counts_and_it_is_said(self):
        def twice(list_of, *path):
            """The release with a changed copy behind the first element of a list, and where that stands."""
            document = self.shared({"id": "s"})
            document["contracts"][0]["implementation"]["milestones"] = [{"id": 7, "type": "delivery", "title": "x"}]
            held = document
            for name in path:
                held = held[name]
            held[list_of].insert(1, {**held[list_of][0], "title": "other", "name": "other", "value": {"amount": 1, "currency": "CNY"}, "identifier": {},
                                     "suppliers": [{"id": "b"}]})
            return document, "/" + "/".join([*map(str, path), list_of, "1"])
        one = self.shared({"id": "s"})
        one["contracts"][0]["implementation"]["milestones"] = [{"id": 7, "type": "delivery", "title": "x"}]
        expected = read(text(one))
        for path in (("parties",), ("awards",), ("contracts",), ("milestones", "contracts", 0), ("milestones", "contracts", 0, "implementation"),
                     ("transactions", "contracts", 0, "implementation")):
            document, place = twice(*path)
            for tag in (["compiled"], ["contract"]):
                with self.subTest((path, tag)):
                    report = read(text({"releases": [{**document, "tag": tag}]}))
                    said = [line for line in report["lines"] if line["rule"] == "duplicate_id"]
                    self.assertEqual([(line["field"], line["severity"]) for line in said], [("/releases/0" + place, "not_kept")])
                    self.assertEqual((report["counts"], len(report["lines"])), (expected["counts"], len(expected["lines"]) + 1))
        # Said twice alike it is said once.
        again = release(tag=["contract"])
        again["awards"] *= 2
        self.assertEqual(rules(read(text(again))), set())

    def test_another_organisations_contracts_are_left_out(self):
        report = read(text(release()), "--organisation", "91350100M000100Y43")
        self.assertEqual(report["counts"]["contracts"], 1)
        report = read(text(release()), "--organisation", "XX:1")
        self.assertEqual(report["counts"]["contracts"], 0)
        self.assertEqual({row["code"]: row["count"] for row in report["coverage"]}["contracts_of_others"], 1)

    def test_an_organisation_that_was_mistyped_is_refused(self):
        path = str(VECTORS / "real/tn-release-sample.json")
        for key in (USCC[:-1] + "4", "x' or 1=1", ""):
            result = subprocess.run([ZCD, "import", path, "--kind", "ocds", "--dry-run", "--organisation", key], capture_output=True, timeout=60, env={})
            self.assertEqual(result.returncode, 2, key)
            self.assertIn(b"neither a unified social credit code nor SCHEME:ID", result.stderr)

    def test_values_of_the_file_cannot_speak_to_a_terminal(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(text(release(contract={"dateSigned": "\u001b[2J", "status": "\u001b]0;x\u0007"})))
            file.flush()
            result = subprocess.run([ZCD, "import", file.name, "--kind", "ocds", "--dry-run"], capture_output=True, timeout=60, env={})
        self.assertNotIn(b"\x1b", result.stdout)


class Statements(unittest.TestCase):
    def test_a_dry_run_says_that_receipts_are_not_matched_yet(self):
        words = [ZCD, "import", str(ROOT / "data/examples/files/zhicheng-2020-10.statement.csv"), "--kind", "statement", "--dry-run",
                 "--organisation", "52440307EXAMP00156"]
        said = subprocess.run([*words, "--json"], capture_output=True, timeout=60, env={}, check=True).stdout
        self.assertEqual(json.loads(said)["receipts"], {"read": 68})
        said = subprocess.run(words, capture_output=True, timeout=60, env={}, check=True).stdout.decode()
        self.assertIn("      68  are matched when they are kept", said)
        self.assertNotIn("Would be kept", said)


class Notices(unittest.TestCase):
    def test_a_file_full_of_notices_is_read_in_a_moment(self):
        notices = [{"公告类型": "合同公告", "合同编号": f"H{i}", "采购人（甲方）": "a", "供应商（乙方）": "b"} for i in range(9000)]
        with tempfile.NamedTemporaryFile() as file:
            file.write(json.dumps(notices, ensure_ascii=False, separators=(",", ":")).encode())  # just below a megabyte
            file.flush()
            said = subprocess.run([ZCD, "import", file.name, "--kind", "notice", "--dry-run", "--organisation", USCC, "--json"],
                                  capture_output=True, timeout=60, env={}, check=True).stdout
        self.assertEqual(json.loads(said)["counts"]["contracts"], 9000)


if __name__ == "__main__":
    unittest.main()
