"""Every table that belongs to an organisation begins its primary key with it, and every SQL text about one names the organisation, or
stands in the short list of those that cross organisations.

Run from the root of the repository, as CTest does: python3 tests/db/test_statements.py
"""
import pathlib
import re
import unittest

# Why each of them may: it follows an import, sums over the whole book, lists organisations for those who may see them, or is about the log.
ACROSS_ORGANISATIONS = {
    "authorisation_allowing": "lists the organisations that authorise its caller",
    "event_close_all": "stops what a lender's webhook is told of anybody",
    "log_count_kinds": "counts the records of a day, of all",
    "log_read_instant": "asks when the record at an index was made",
    "personal_value_find": "asks whose a value is, by the digest that stands for it",
    "webhook_list": "counts what waits for a lender's webhook, of anybody",
    "organisation_list": "lists the organisations that its caller may see, by lender or one by one",
    "import_touch_withdrawn": "finds the organisations of an import that is taken back",
    "import_settlements": "finds what persons said of receipts of an import that is taken back",
    "payer_delay_rebuild_own": "makes the whole book anew",
    "payer_delay_rebuild_book": "makes the whole book anew",
    "payer_delay_forget_own": "makes the whole book anew",
}
STATEMENT = re.compile(r'struct db_statement \w+ = \{\s*"(\w+)",(.*?)\};', re.DOTALL)
TABLE = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(\w+)")


# Not an organisation's own: a director's account names the one that it is of; what other tables are made like.
OF_NO_ORGANISATION = {"service_user", "fact"}


def tables():
    """Those with the column uscc: {name: first column of the primary key}"""
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(pathlib.Path("db/migrations").glob("*.sql")))
    made = dict(re.findall(r"CREATE TABLE (\w+) \((.*?)\n\)", text, re.DOTALL))  # made anew, the last counts
    return {name: (re.findall(r"PRIMARY KEY \((\w+)", body) or [None])[0] for name, body in made.items()
            if re.search(r"^ *(?:uscc |LIKE fact\b)", body, re.MULTILINE) and name not in OF_NO_ORGANISATION}


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
        for folder in ("api", "audit", "contracts"):
            for path in sorted(pathlib.Path(folder).rglob("*.c")):
                yield from statements(path.read_text(encoding="utf-8"))

    def test_every_table_of_an_organisation_begins_its_key_with_it(self):
        self.assertGreater(len(tables()), 30)
        self.assertEqual({name: key for name, key in tables().items() if key != "uscc"}, {})

    def test_every_statement_about_an_organisation_names_it(self):
        names, asked = set(tables()), 0
        for name, sql in self.all_statements():
            if names & set(TABLE.findall(sql)):
                asked += 1
                names_it = re.search(r"\buscc\b\s*(?:=|<>|IN\b)|INTO \w+ \(uscc\b", sql) is not None
                self.assertTrue(names_it or name in ACROSS_ORGANISATIONS, f"{name} names no organisation")
        self.assertGreater(asked, 50)

    def test_what_crosses_organisations_is_still_there(self):
        self.assertEqual(set(), set(ACROSS_ORGANISATIONS) - {name for name, _ in self.all_statements()})


if __name__ == "__main__":
    unittest.main()
