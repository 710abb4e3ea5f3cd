"""docs/audit.md as a regulator follows it: every command of the page, in its order, on what a running service hands out, with a
PATH that holds none of our programs."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import zipfile

import service
import test_witness

PAGES = [service.SOURCE / "docs/audit.md", service.SOURCE / "docs/audit.zh-CN.md"]


def commands_of(page):
    return re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


class PageTest(service.ServiceTest):
    def setUp(self):
        super().setUp()
        self.dossiers = service.distinct_dossiers()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="zcd-page-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def prepare(self):
        """A witnessed and timestamped log with a bundle, an export, and a checkpoint that was kept; the page's variables."""
        witness = test_witness.Witness(self.state, "w", self.service.vkey)
        self.addCleanup(witness.stop)
        witness.start()
        authority_folder = self.folder / "tsa"
        authority_folder.mkdir()
        authority = test_witness.make_authority(authority_folder)
        self.addCleanup(authority.stop)
        policy = self.state / "witnesses"
        policy.write_text(f"witness w {witness.vkey} {witness.url()}\nquorum w\n", encoding="ascii")
        self.service.settings.update({"ZCD_WITNESS_POLICY": str(policy), "ZCD_TIMESTAMP_URL": authority.url})
        self.assertEqual(self.service.assess(next(self.dossiers))[0], 201)
        kept = self.folder / "kept"
        kept.write_bytes(self.service.request("GET", "/log/checkpoint")[2])
        self.assertEqual(self.service.assess(next(self.dossiers))[0], 201)
        run = service.zcd("witness", "submit", **self.service.environment())
        self.assertEqual(run.returncode, 0, run.stderr)
        bundle = self.folder / "given.zip"
        bundle.write_bytes(self.service.request("GET", "/v1/audit/records/1/bundle")[2])
        log = self.folder / "log"
        run = service.zcd("audit", "export", "--to", log, **self.service.environment())
        self.assertEqual(run.returncode, 0, run.stderr)
        return {"VKEY": self.service.vkey, "BUNDLE": str(bundle), "LOG": str(log), "KEPT": str(kept),
                "WITNESS_VKEY": witness.vkey, "TSA_CA": str(authority_folder / "ca.pem")}

    def follow(self, variables):
        """One shell for the whole page, as a person has one."""
        run = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", "\n".join(commands_of(PAGES[0]))], cwd=self.folder,
                             capture_output=True, text=True, check=False,
                             env={"PATH": os.environ["PATH"], "HOME": str(self.folder), **variables})
        return run.returncode, run.stdout + run.stderr

    def change_in_bundle(self, variables, name, before, after):
        path = pathlib.Path(variables["BUNDLE"])
        with zipfile.ZipFile(path) as archive:
            parts = {part: archive.read(part) for part in archive.namelist()}
        self.assertIn(before, parts[name])
        parts[name] = parts[name].replace(before, after, 1)
        with zipfile.ZipFile(path, "w") as archive:
            for part, content in parts.items():
                archive.writestr(part, content)

    def test_both_languages_have_the_same_commands(self):
        self.assertEqual(commands_of(PAGES[0]), commands_of(PAGES[1]))
        self.assertEqual(len(commands_of(PAGES[0])), 7)

    def test_every_command_of_the_page_says_what_it_should(self):
        status, said = self.follow(self.prepare())
        self.assertEqual(status, 0, said)
        self.assertIn("dossier.json: OK\npolicy.json: OK\ndecision.json: OK", said)
        self.assertEqual(said.count("Signature Verified Successfully"), 2, said)
        self.assertRegex(said, "record 1 is in localhost/e2e of [0-9]+ records")
        self.assertRegex(said, "[0-9]+ records lead to the signed root, and continue the 1 that were kept")
        self.assertIn("Verification: OK", said)

    def test_the_page_finds_a_changed_decision(self):
        variables = self.prepare()
        self.change_in_bundle(variables, "decision.json", b'"limit_fen":', b'"limit_fen":9')
        status, said = self.follow(variables)
        self.assertNotEqual(status, 0)
        self.assertIn("decision.json: FAILED", said)

    def test_the_page_finds_a_changed_record(self):
        variables = self.prepare()
        self.change_in_bundle(variables, "leaf.json", b'"nonce":"', b'"nonce" :"')
        status, said = self.follow(variables)
        self.assertNotEqual(status, 0)
        self.assertIn("AssertionError", said)

    def test_the_page_finds_a_changed_checkpoint(self):
        variables = self.prepare()
        self.change_in_bundle(variables, "record.tlog-proof", b"localhost/e2e\n", b"localhost/e2e\n1")
        status, said = self.follow(variables)
        self.assertNotEqual(status, 0)
        self.assertIn("Signature Verification Failure", said)

    def test_the_page_finds_a_rewritten_history(self):
        variables = self.prepare()
        kept = pathlib.Path(variables["KEPT"])
        lines = kept.read_text(encoding="utf-8").split("\n")
        kept.write_text("\n".join([lines[0], lines[1], "A" * 43 + "=", *lines[3:]]), encoding="utf-8")
        status, said = self.follow(variables)
        self.assertNotEqual(status, 0)
        self.assertIn("history was rewritten", said)


if __name__ == "__main__":
    service.main()
