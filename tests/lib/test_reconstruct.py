#!/usr/bin/env python3
"""The example dossiers are seed 0 of reconstruct.py, and 50 seeds of every case pass its self-check."""
import json
import pathlib
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
import reconstruct
import reconstruct_files

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "data" / "examples"


class CheckCharacters(unittest.TestCase):
    # Codes of real bodies, published: python-stdnum's documentation; the registers of the two organisations.
    PUBLISHED = ("91110000600037341L", "53100000500019795A", "52410000663412719U")

    def test_both_agree_with_published_codes(self):
        for code in self.PUBLISHED:
            self.assertEqual(code[16], reconstruct.organisation_check(code[8:16]))
            self.assertEqual(code[17], reconstruct.uscc_check(code[:17]))

    def test_an_invented_code_says_that_it_is_an_example(self):
        self.assertIn("EXAMP", reconstruct.invent_uscc("52", "440307", 1))


class Examples(unittest.TestCase):
    def test_every_case_is_committed_and_no_other(self):
        self.assertEqual(sorted(reconstruct.CASES), sorted(path.stem for path in EXAMPLES.glob("*.json")))

    def test_a_committed_example_is_seed_0_to_the_byte(self):
        for case in reconstruct.CASES:
            command = [sys.executable, "-B", reconstruct.__file__, "--case", case, "--seed", "0"]
            printed = subprocess.run(command, check=True, capture_output=True).stdout
            self.assertEqual(printed, (EXAMPLES / f"{case}.json").read_bytes(), case)

    def test_the_files_of_an_officer_are_made_from_the_example_to_the_byte(self):
        dossier = json.loads(reconstruct_files.EXAMPLE.read_bytes())
        self.assertEqual(sorted(path.name for path in (EXAMPLES / "files").iterdir()), sorted(reconstruct_files.FILES))
        for name, make in reconstruct_files.FILES.items():
            self.assertEqual((EXAMPLES / "files" / name).read_bytes(), make(dossier), name)

    def test_fifty_seeds_pass_the_self_check_and_differ(self):
        for case in reconstruct.CASES:
            dossiers = {json.dumps(reconstruct.reconstruct(case, seed)["contracts"]) for seed in range(50)}
            self.assertEqual(len(dossiers), 50, case)


if __name__ == "__main__":
    unittest.main()
