"""The commands of zcd that need no database: what they print, and how they end."""
import html.parser
import json
import os
import pathlib
import re
import stat
import tempfile
import unittest

import service
from service import EXAMPLE, zcd


class AssessTest(unittest.TestCase):
    def refused(self, run):
        """It ended with 2, nothing on standard output, and one problem document on standard error."""
        self.assertEqual((run.returncode, run.stdout), (2, ""), run.stderr)
        self.assertEqual(run.stderr.count("\n"), 1)
        return json.loads(run.stderr)

    def test_prints_a_decision_whatever_it_is(self):
        for policy, outcomes in (("zhengcaidai", ("approve", "approve_with_conditions")), ("traditional", ("decline",)),
                                 (str(service.SOURCE / "data/policies/traditional.json"), ("decline",))):
            run = zcd("assess", EXAMPLE, "--policy", policy)
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            self.assertIn(json.loads(run.stdout)["outcome"], outcomes)
            self.assertEqual(run.stdout.count("\n"), 1)

    def test_reads_standard_input(self):
        self.assertEqual(zcd("assess", "-", text=EXAMPLE.read_text(encoding="utf-8")).stdout,
                         zcd("assess", EXAMPLE).stdout)

    def test_decides_as_of_a_later_day_but_not_of_an_earlier_one(self):
        run = zcd("assess", EXAMPLE, "--as-of", "2020-11-02")
        self.assertEqual(json.loads(run.stdout)["as_of"], "2020-11-02")
        problem = self.refused(zcd("assess", EXAMPLE, "--as-of", "2020-10-18"))
        self.assertEqual(problem["errors"][0]["pointer"], "/as_of")

    def test_names_the_place_that_is_wrong(self):
        dossier = json.loads(EXAMPLE.read_text(encoding="utf-8"))
        dossier["contracts"][1]["milestones"][0]["amount_fen"] = "much"
        problem = self.refused(zcd("assess", "-", text=json.dumps(dossier)))
        self.assertEqual(problem["errors"][0]["pointer"], "/contracts/1/milestones/0/amount_fen")
        self.assertEqual(problem["status"], 422)
        self.refused(zcd("assess", "-", text="{"))
        self.refused(zcd("assess", "-", text=""))
        self.refused(zcd("assess", EXAMPLE, "--policy", EXAMPLE))

    def test_names_every_place_that_is_wrong(self):
        dossier = json.loads(EXAMPLE.read_text(encoding="utf-8"))
        dossier["contracts"][1]["milestones"][0]["amount_fen"] = "much"
        dossier["contracts"][0]["payer"] = "nobody"
        dossier["organisation"]["payroll_day"] = 0
        text = json.dumps(dossier)
        places = ["/contracts/1/milestones/0/amount_fen", "/contracts/0/payer", "/organisation/payroll_day"]
        problem = self.refused(zcd("assess", "-", text=text))
        self.assertEqual([error["pointer"] for error in problem["errors"]], places)
        run = zcd("bench", "decide", "-", text=text)  # a line for each
        self.assertEqual([line.split(": ")[1] for line in run.stderr.splitlines()], places)

    def test_usage_and_files_that_are_not_there(self):
        for words in ((), ("a", "b"), (EXAMPLE, "--as-of", "2020-02-30"), (EXAMPLE, "--colour", "red")):
            self.assertEqual(zcd("assess", *words).returncode, 64)
        self.assertEqual(zcd("assess", "/nonexistent").returncode, 66)
        self.assertEqual(zcd("assess", EXAMPLE, "--policy", "/nonexistent").returncode, 66)

    def test_says_when_the_result_cannot_be_written(self):
        with open("/dev/full", "wb") as full:
            run = service.subprocess.run([service.bin_dir() / "zcd", "assess", EXAMPLE], stdout=full, check=False,
                                         stderr=service.subprocess.PIPE, env=service.clean_environment())
        self.assertEqual(run.returncode, 74)


class ExplainTest(unittest.TestCase):
    def test_speaks_both_languages(self):
        decision = zcd("assess", EXAMPLE).stdout
        both = zcd("explain", "-", text=decision)
        self.assertEqual(both.returncode, 0, both.stderr)
        chinese = zcd("explain", "-", "--lang", "zh", text=decision).stdout
        english = zcd("explain", "-", "--lang", "en", text=decision).stdout
        self.assertEqual(both.stdout, chinese + "\n" + english)
        for page in (chinese, english):
            self.assertIn("5,000,000.00", page)
            self.assertIn("2020-10-19", page)
            self.assertIn("重构", page)  # every screen says what is reconstructed
        self.assertIn("按现状", chinese)
        self.assertIn("as it stands", english)

    def test_every_example_under_every_policy(self):
        for dossier in sorted((service.SOURCE / "data/examples").glob("*.json")):
            for policy in ("zhengcaidai", "traditional"):
                decision = zcd("assess", dossier, "--policy", policy).stdout
                run = zcd("explain", "-", text=decision)
                self.assertEqual(run.returncode, 0, f"{dossier.name} {policy}: {run.stderr}")

    def test_says_what_would_turn_the_decision_and_by_when(self):
        """CNY 350,000 is what the facts as they stand carry; with conditions it is 470,000."""
        decision = json.loads(zcd("assess", service.SOURCE / "data/examples/contract-ending-next-month.json").stdout)
        english = zcd("explain", "-", "--lang", "en", text=json.dumps(decision)).stdout
        self.assertIn("1. Ask for CNY 350,000.00: no conditions would be needed, CNY 350,000.00, grade", english)
        self.assertNotIn("cut short", english)
        step = decision["counterfactuals"][0]["steps"][0]
        step["likely_by"], step["by"] = "2021-12-01", "2022-02-01"
        decision["counterfactual_search"]["complete"] = False
        english = zcd("explain", "-", "--lang", "en", text=json.dumps(decision)).stdout
        chinese = zcd("explain", "-", "--lang", "zh", text=json.dumps(decision)).stdout
        self.assertIn("Ask for CNY 350,000.00 (likely around 2021-12-01, nine in ten by 2022-02-01): no conditions", english)
        self.assertIn("将申请金额改为350,000.00元（预计2021-12-01前后，九成把握在2022-02-01前）：无需附加条件", chinese)
        self.assertIn("The search was cut short", english)
        self.assertIn("未穷尽", chinese)
        step["likely_by"] = None
        self.assertIn("(by 2022-02-01)", zcd("explain", "-", "--lang", "en", text=json.dumps(decision)).stdout)

    def test_refuses_what_is_no_decision(self):
        for text in ("{}", "[]", "", EXAMPLE.read_text(encoding="utf-8")):
            self.assertEqual(zcd("explain", "-", text=text).returncode, 2)


class PolicyCheckTest(unittest.TestCase):
    def changed(self, change):
        """A file with the shipped policy after the change, removed at the end of the test."""
        policy = json.loads((service.SOURCE / "data/policies/zhengcaidai.json").read_text(encoding="utf-8"))
        change(policy)
        file = tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8")
        self.addCleanup(file.close)
        json.dump(policy, file)
        file.flush()
        return file.name

    def edges(self, policy):
        """Below, at and above each edge, where the characteristic has such values; and missing, but for what divides by the amount."""
        text = (service.SOURCE / "scoring/characteristics.def").read_text(encoding="utf-8")
        ends = dict(re.findall(r'^CHARACTERISTIC\(\d+, \w+, "(\w+)", \w+, "\w+", (?:-?\w+), (\w+), ', text, re.MULTILINE))
        count = 0
        for row in policy["scorecard"]["characteristics"]:
            end = int(ends[row["id"]]) if ends[row["id"]].isdigit() else 10 ** 9
            least = {"organisation_grade": 1, "staff_growth": -10000, "net_asset_months": -10 ** 9, "income_trend": -10000,
                     "profit_margin": -10 ** 9}.get(row["id"], 0)
            edges = [b["below"] for b in row["bins"][:-1]]
            count += sum(least <= value <= end for edge in edges for value in (edge - 1, edge, edge + 1))
            count += row["id"] not in ("receivable_cover", "income_cover", "debt_service", "collateral_cover")
        return count

    def test_accepts_the_shipped_policies_by_name_and_by_file(self):
        for name in ("zhengcaidai", "traditional"):
            by_name = zcd("policy", "check", name, "--json")
            self.assertEqual((by_name.returncode, by_name.stderr), (0, ""))
            self.assertEqual(zcd("policy", "check", service.SOURCE / f"data/policies/{name}.json", "--json").stdout, by_name.stdout)
            review = json.loads(by_name.stdout)
            self.assertEqual((review["accepted"], review["findings"], review["policy"]["id"]), (True, [], name))
            policy = json.loads((service.SOURCE / f"data/policies/{name}.json").read_text(encoding="utf-8"))
            self.assertEqual(review["edges_tried"], self.edges(policy))
            self.assertEqual(review["vectors_tried"], len(policy["vectors"]))
            decision = json.loads(zcd("assess", EXAMPLE, "--policy", name).stdout)
            self.assertEqual(decision["policy"]["sha256"], review["sha256"])

    def test_says_everything_that_is_wrong_in_both_languages(self):
        def spoil(policy):
            policy["scorecard"]["characteristics"][0]["bins"][5]["below"] = 40000
            policy["limit"]["product_max_fen"] = 10000000
        path = self.changed(spoil)
        run = zcd("policy", "check", path, "--json")
        self.assertEqual(run.returncode, 2)
        review = json.loads(run.stdout)
        self.assertEqual([(f["rule"], f["pointer"]) for f in review["findings"]],
                         [("bins_gap", "/scorecard/characteristics/0/bins/5/below"), ("contradiction", "/limit/product_max_fen")])
        self.assertEqual((review["accepted"], review["errors"], review["policy"]), (False, 2, None))
        page = zcd("policy", "check", path)
        self.assertEqual(page.returncode, 2)
        for finding in review["findings"]:
            for text in (finding["pointer"], finding["text"]["zh"], finding["text"]["en"]):
                self.assertIn(text, page.stdout)

    def test_a_policy_whose_own_case_fails_decides_nothing(self):
        path = self.changed(lambda policy: policy["vectors"][1]["expect"].update(limit_fen=50000000))
        run = zcd("assess", EXAMPLE, "--policy", path)
        self.assertEqual((run.returncode, run.stdout), (2, ""))
        self.assertEqual(json.loads(run.stderr)["errors"][0]["pointer"], "/vectors/1/expect/limit_fen")

    def test_nor_does_it_serve(self):
        def spoil(policy):  # the dossier of a test case, in two places
            policy["vectors"][0]["dossier"]["organisation"]["payroll_day"] = 0
            policy["vectors"][0]["dossier"]["application"]["tenor_months"] = 0

        findings = json.loads(zcd("policy", "check", self.changed(spoil), "--json").stdout)["findings"]
        figures = [finding["figures"] for finding in findings if finding["pointer"] == "/vectors/0/dossier"]
        self.assertEqual(figures, ["/organisation/payroll_day: is 0, below 1", "/application/tenor_months: is 0, below 1"])
        path = self.changed(lambda policy: policy["vectors"][0]["expect"].update(outcome="decline"))
        run = zcd("serve", ZCD_DATABASE_URL="host=/nonexistent", ZCD_KEY_FILE="/nonexistent",
                  ZCD_ORIGIN=service.ORIGIN, ZCD_CHECKPOINT_STORE="/nonexistent", ZCD_POLICY_FILE=path)
        self.assertEqual(run.returncode, 78)
        self.assertIn("/vectors/0/expect/outcome", run.stderr)

    def test_usage_and_files_that_are_not_there(self):
        for words in ((), ("check",), ("check", "a", "b"), ("check", "zhengcaidai", "--colour"), ("pray", "zhengcaidai")):
            self.assertEqual(zcd("policy", *words).returncode, 64)
        self.assertEqual(zcd("policy", "check", "/nonexistent").returncode, 66)
        self.assertEqual(zcd("policy", "check", "/dev/null").returncode, 2)


class PolicyFitTest(unittest.TestCase):
    DATA = service.SOURCE / "tests/vectors/credit/german.csv"

    def test_writes_a_scorecard_and_a_page(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "fit.json"
            run = zcd("policy", "fit", self.DATA, "--out", out)
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            self.assertIn("status", run.stdout)
            fit = json.loads(out.read_text(encoding="utf-8"))
        self.assertEqual(fit["schema"], "zhengcaidai/scorecard-fit/1")
        self.assertEqual((fit["goods"], fit["bads"]), (700, 300))
        self.assertTrue(775000 < fit["validated"]["auc_ppm"] < 810000, fit["validated"])

    def test_refuses_with_line_and_column(self):
        with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8") as file:
            file.write('x,bad\n1,"0\n')
            file.flush()
            run = zcd("policy", "fit", file.name)
        self.assertEqual(run.returncode, 2)
        self.assertIn("line 2, column 2: a quote does not end", run.stderr)
        self.assertEqual(zcd("policy", "fit", self.DATA, "--folds", "1").returncode, 64)
        self.assertEqual(zcd("policy", "fit", "/nonexistent").returncode, 66)


class PolicySimulateTest(unittest.TestCase):
    EXAMPLES = service.SOURCE / "data/examples"

    def simulate(self, *words):
        run = zcd("policy", "simulate", *words, "--json")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return json.loads(run.stdout)

    def decisions(self, policy):
        return {path.name: json.loads(zcd("assess", path, "--policy", policy).stdout) for path in sorted(self.EXAMPLES.glob("*.json"))}

    def test_the_swap_set_of_the_examples_is_the_one_that_the_product_is_for(self):
        """The usual approval lends to none of the six; the other to three of them (README, "A first decision"). A deferral lends
        nothing and hangs on the payers, so both agree to the seventh."""
        report = self.simulate("traditional", "zhengcaidai", self.EXAMPLES)
        self.assertEqual(report["swap"], {"both": 1, "neither": 3, "only_challenger": 3, "only_champion": 0})
        self.assertEqual([(row["file"], row["challenger"]["limit_fen"]) for row in report["swapped"]],
                         [("contract-ending-next-month.json", 47000000), ("zhicheng-2020-10.json", 500000000),
                          ("zhicheng-2022-06.json", 500000000)])
        self.assertEqual(report["total"]["champion"], {"approved": 1, "expected_loss_fen": 0, "lent_fen": 0, "rate_bp": None})
        self.assertEqual({row["segment"]: row["swap"]["only_challenger"] for row in report["segments"]["application"]},
                         {"deferral": 0, "first_loan": 2, "renewal": 1})
        self.assertEqual({row["segment"]: row["dossiers"] for row in report["segments"]["organisation"]},
                         {"social_service_institution": 7})

    def test_sums_are_those_of_the_single_decisions(self):
        report = self.simulate("traditional", "zhengcaidai", self.EXAMPLES)
        for side, policy in (("champion", "traditional"), ("challenger", "zhengcaidai")):
            decisions = self.decisions(policy)
            approved = [d for d in decisions.values() if d["outcome"].startswith("approve")]
            total = report["total"][side]
            self.assertEqual(total["approved"], len(approved))
            self.assertEqual(total["lent_fen"], sum(d["limit_fen"] for d in approved))
            cases = [(d["limit_fen"], d["with_conditions"] or d["as_it_stands"]) for d in approved]
            loss = 0
            for limit_fen, case in cases:
                year_bp = next(c["bp"] for c in case["components"] if c["name"] == "expected_loss")
                loss += -(-(-(-limit_fen * year_bp // 10000)) * case["tenor_months"] // 12)
            self.assertEqual(total["expected_loss_fen"], loss)
            yuan = sum(limit_fen // 100 for limit_fen, _ in cases)
            if yuan > 0:
                self.assertEqual(total["rate_bp"], sum(limit_fen // 100 * case["rate_bp"] for limit_fen, case in cases) // yuan)
            grades = [(d["with_conditions"] or d["as_it_stands"])["grade"] for d in decisions.values()]
            shift = report["grade_shift"]
            counts = [sum(row) for row in shift] if side == "champion" else [sum(column) for column in zip(*shift)]
            self.assertEqual(counts, [grades.count(grade) for grade in range(1, 11)])
            for row in report["reason_shift"]:
                self.assertEqual(row[side], sum(row["code"] in {r["code"] for r in d["reasons"]} for d in decisions.values()))
        for segments in report["segments"].values():
            self.assertEqual(sum(row["dossiers"] for row in segments), 7)

    def test_a_policy_beside_itself_moves_nothing(self):
        report = self.simulate("zhengcaidai", "zhengcaidai", self.EXAMPLES)
        self.assertEqual(report["swap"], {"both": 4, "neither": 3, "only_challenger": 0, "only_champion": 0})
        self.assertEqual((report["swapped"], report["total"]["champion"]), ([], report["total"]["challenger"]))
        self.assertEqual(report["amounts_of_both"], {"lowered": 0, "lowered_fen": 0, "raised": 0, "raised_fen": 0})

    def test_any_number_of_threads_gives_the_same_bytes(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            self.assertEqual(zcd("bench", "generate", "60", folder, "--seed", "3").returncode, 0)
            for name in ("a.json", "d00031.json", "z.json"):
                (folder / name).write_text("{}", encoding="utf-8")
            runs = [zcd("policy", "simulate", "traditional", "zhengcaidai", folder, "--json", "--threads", threads)
                    for threads in ("1", "2", "7", "64")]
        self.assertEqual(len({(run.returncode, run.stdout, run.stderr) for run in runs}), 1)
        report = json.loads(runs[0].stdout)
        self.assertEqual([row["file"] for row in report["bad"]], ["a.json", "d00031.json", "z.json"])
        self.assertEqual(report["total"]["dossiers"], 59)
        for threads in ("0", "65", "-1", "x", ""):
            run = zcd("policy", "simulate", "traditional", "zhengcaidai", self.EXAMPLES, "--threads", threads)
            self.assertEqual(run.returncode, 64)

    def test_the_page_is_whole_by_itself_and_escapes_what_it_shows(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            book = folder / "book"
            book.mkdir()
            (book / "<img src=x>.json").write_bytes(EXAMPLE.read_bytes())
            (book / "<script>&.json").write_text("{}", encoding="utf-8")
            run = zcd("policy", "simulate", "traditional", "zhengcaidai", book, "--page", folder / "page.html")
            self.assertEqual(run.returncode, 2)  # for the one that is bad
            page = (folder / "page.html").read_text(encoding="utf-8")
        opened = []

        class Reader(html.parser.HTMLParser):
            def handle_starttag(self, tag, attributes):
                opened.extend([tag] if tag not in ("meta", "br") else [])
                for name, _ in attributes:
                    assert name not in ("src", "href", "onload", "action"), name

            def handle_endtag(self, tag):
                assert opened.pop() == tag, tag

        Reader().feed(page)
        self.assertEqual(opened, [])
        self.assertNotRegex(page, "(?i)<(script|img|link|iframe|form)|https?:|url[(]")
        self.assertIn("default-src 'none'", page)
        for text in ("&lt;img src=x&gt;.json", "&lt;script&gt;&amp;.json", "换入换出", "Swap set", "5,000,000.00", "有条件同意",
                     "approve with conditions"):
            self.assertIn(text, page)

    def test_a_page_that_cannot_be_written_is_said(self):
        run = zcd("policy", "simulate", "traditional", "zhengcaidai", self.EXAMPLES, "--page", "/nonexistent/page.html")
        self.assertEqual(run.returncode, 74)

    def test_bad_dossiers_are_listed_and_the_run_goes_on(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "b.json").write_bytes(EXAMPLE.read_bytes())
            (folder / "a.json").write_text("{", encoding="utf-8")
            (folder / "c.json").mkdir()
            os.symlink("/nonexistent", folder / "d.json")
            (folder / "e<b>\n.json").write_text("{}", encoding="utf-8")
            (folder / ".hidden.json").write_text("{", encoding="utf-8")
            (folder / "note.txt").write_text("{", encoding="utf-8")
            run = zcd("policy", "simulate", "traditional", "zhengcaidai", folder, "--json")
            self.assertEqual(run.returncode, 2)
            report = json.loads(run.stdout)
            self.assertEqual([row["file"] for row in report["bad"]], ["a.json", "c.json", "d.json", "e<b>?.json"])
            self.assertEqual((report["bad_total"], report["total"]["dossiers"]), (4, 1))
            self.assertEqual(run.stderr.count("\n"), 4)
            self.assertEqual(zcd("policy", "simulate", "traditional", "zhengcaidai", folder, "--json").stdout, run.stdout)

    def test_usage_and_what_is_not_there(self):
        for words in ((), ("zhengcaidai",), ("zhengcaidai", "traditional"), ("zhengcaidai", "traditional", "a", "b")):
            self.assertEqual(zcd("policy", "simulate", *words).returncode, 64)
        with tempfile.TemporaryDirectory() as empty:
            for words in (("zhengcaidai", "traditional", empty), ("zhengcaidai", "traditional", "/nonexistent"),
                          ("/nonexistent", "traditional", self.EXAMPLES)):
                self.assertEqual(zcd("policy", "simulate", *words).returncode, 66)
        self.assertEqual(zcd("policy", "simulate", "zhengcaidai", "/dev/null", self.EXAMPLES).returncode, 78)


class BenchTest(unittest.TestCase):
    def test_measures_the_engine_as_json(self):
        for what in ("decide", "counterfactuals", "scorecard"):
            run = zcd("bench", what, EXAMPLE, "--runs", "3")
            self.assertEqual(run.returncode, 0, run.stderr)
            measured = json.loads(run.stdout)
            self.assertEqual(measured["bench"], what)
            self.assertEqual(measured["runs"], 3)
            self.assertGreater(measured["median_us"], 0)
            self.assertGreaterEqual(measured["p99_us"], measured["median_us"])
            self.assertGreater(measured["per_second"], 0)

    def test_refuses_what_it_cannot_measure(self):
        for words in ((), ("decide",), ("nothing", EXAMPLE), ("decide", EXAMPLE, "--runs", "0"), ("decide", EXAMPLE, "--runs", "x")):
            self.assertEqual(zcd("bench", *words).returncode, 64)
        self.assertEqual(zcd("bench", "decide", "/nonexistent").returncode, 66)


class KeyTest(unittest.TestCase):
    def test_makes_a_key_once_for_its_owner_only(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "key"
            made = zcd("key", "new", path, "--name", "a/b")
            self.assertEqual(made.returncode, 0, made.stderr)
            self.assertRegex(made.stdout, r"^a/b\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+\n$")
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
            self.assertEqual(zcd("key", "show", path, "--name", "a/b").stdout, made.stdout)
            self.assertEqual(zcd("key", "show", ZCD_KEY_FILE=path, ZCD_ORIGIN="a/b").stdout, made.stdout)
            self.assertNotEqual(zcd("key", "new", path, "--name", "a/b").returncode, 0)
            self.assertEqual(zcd("key", "show", path, "--name", "a/b").stdout, made.stdout)

    def test_refuses_a_name_before_it_makes_a_key(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "key"
            self.assertEqual(zcd("key", "new", path, "--name", "a b").returncode, 78)
            self.assertFalse(path.exists())
        self.assertEqual(zcd("key", "new").returncode, 64)
        self.assertEqual(zcd("key", "lose", "x", "--name", "a").returncode, 64)


class CommandsTest(unittest.TestCase):
    def test_help_and_version(self):
        self.assertEqual(zcd().returncode, 64)
        self.assertEqual(zcd("nothing").returncode, 64)
        self.assertIn("ZCD_DATABASE_URL", zcd("help").stdout)
        self.assertRegex(zcd("--version").stdout, r"^zcd \d+\.\d+\.\d+ \(engine sources sha256 [0-9a-f]{64}\)\n$")

    def test_an_unknown_setting_is_refused(self):
        run = zcd("serve", ZCD_DATABSE_URL="x")
        self.assertEqual(run.returncode, 78)
        self.assertIn("ZCD_DATABSE_URL", run.stderr)

    def test_serve_says_what_is_missing(self):
        run = zcd("serve")
        self.assertEqual(run.returncode, 78)
        self.assertIn("ZCD_DATABASE_URL is not given", run.stderr)
        self.assertEqual(zcd("migrate").returncode, 78)
        self.assertEqual(zcd("migrate", ZCD_DATABASE_URL="host=/nonexistent").returncode, 69)


if __name__ == "__main__":
    unittest.main()
