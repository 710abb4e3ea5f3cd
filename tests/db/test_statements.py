"""Every SQL text about an organisation's facts names the organisation, or stands in the short list of those that cross organisations.

Run from the root of the repository, as CTest does: python3 tests/db/test_statements.py
"""
import pathlib
import re
import unittest

# Why each of them may: it follows an import, sums over the whole book, or lists organisations for those who may see them.
ACROSS_ORGANISATIONS = {
    "organisation_list": "lists the organisations that its caller may see, by lender or one by one",
    "import_touch_withdrawn": "finds the organisations of an import that is taken back",
    "import_settlements": "finds what persons said of receipts of an import that is taken back",
    "payer_delay_rebuild_own": "makes the whole book anew",
    "payer_delay_rebuild_book": "makes the whole book anew",
    "payer_delay_forget_own": "makes the whole book anew",
}
STATEMENT = re.compile(r'struct db_statement \w+ = \{\s*"(\w+)",(.*?)\};', re.DOTALL)
TABLE = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(\w+)")


def fact_tables():
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(pathlib.Path("db/migrations").glob("*.sql")))
    return set(re.findall(r"CREATE TABLE (\w+) \(\s*LIKE fact\b", text)) | {"organisation_payer_delay", "assessment", "disclosure", "receipt_offer"}


def statements(text):
    """Name and SQL, with the file's own macros put in."""
    macros = dict(re.findall(r"#define (\w+)(?:\([^)]*\))?[ \t](.*?[^\\])\n", text, re.DOTALL))
    for name, sql in STATEMENT.findall(text):
        for macro in sorted(macros, key=len, reverse=True):
            if re.search(rf"\b{macro}\b", sql):
                sql += macros[macro]
        yield name, sql


class StatementsTest(unittest.TestCase):
    def all_statements(self):
        for path in sorted(pathlib.Path("contracts").glob("*_store.c")):
            yield from statements(path.read_text(encoding="utf-8"))

    def test_every_statement_about_an_organisation_names_it(self):
        tables, asked = fact_tables(), 0
        self.assertGreater(len(tables), 20)
        for name, sql in self.all_statements():
            if tables & set(TABLE.findall(sql)):
                asked += 1
                names_it = re.search(r"\buscc\b\s*(?:=|<>|IN\b)|INTO \w+ \(uscc\b", sql) is not None
                self.assertTrue(names_it or name in ACROSS_ORGANISATIONS, f"{name} names no organisation")
        self.assertGreater(asked, 5)

    def test_what_crosses_organisations_is_still_there(self):
        self.assertEqual(set(), set(ACROSS_ORGANISATIONS) - {name for name, _ in self.all_statements()})


if __name__ == "__main__":
    unittest.main()
