"""`zcd payers rebuild`: what the book knows of a payer, made anew from the facts alone."""
import service

FACT = "'52440307EXAMP00156', 'bank', '2020-01-01', '2020-09-01', 1, 0, false"
FACT_COLUMNS = "uscc, lender, valid_from, recorded_at, import_id, source_row, removed"

# Payable on 31 March (accepted on the 1st, 30 days); 40 of 100 yuan paid 21 days later, 60 still out.
FACTS = f"""
INSERT INTO import (lender, id, kind, recorded_at, actor, fact_count) VALUES ('bank', 1, 'correction', '2020-09-01', 'tester', 4);
INSERT INTO payer ({FACT_COLUMNS}, payer_id, payer_uscc, name, level, region)
    VALUES ({FACT}, 'p1', '11440307EXAMP100XX', 'x', 'district', '440307');
INSERT INTO contract ({FACT_COLUMNS}, contract_id, payer_id, fund_source, stage, value_fen, payment_term_days, payment_trigger)
    VALUES ({FACT}, 'c1', 'p1', 'department_budget', 'performing', 10000, 30, 'acceptance');
INSERT INTO milestone ({FACT_COLUMNS}, contract_id, milestone_id, due_on, amount_fen, accepted_on)
    VALUES ({FACT}, 'c1', 'm1', '2020-02-28', 10000, '2020-03-01');
INSERT INTO payment ({FACT_COLUMNS}, contract_id, milestone_id, payment_id, paid_on, amount_fen)
    VALUES ({FACT}, 'c1', 'm1', 't1', '2020-04-21', 4000);
"""
ROWS = "SELECT payer_key, level, fund_source, weeks, payable_on, share_ppm FROM payer_delay ORDER BY 1, 2, 3, 4, 5"


class PayersTest(service.ServiceTest):
    starts_service = False

    def rebuild(self):
        run = service.zcd("payers", "rebuild", **self.service.environment())
        self.assertEqual(run.returncode, 0, run.stderr)

    def test_rows_follow_from_the_facts_alone(self):
        self.database.run(FACTS)
        self.database.run("INSERT INTO payer_delay VALUES ('made up', 'city', 'charity', 1, '-infinity', 5)")
        self.rebuild()
        class_rows = ["|district|department_budget|-1|2020-03-31|600000", "|district|department_budget|3|-infinity|400000"]
        payer_rows = ["11440307EXAMP100XX" + row for row in class_rows]
        self.assertEqual(self.database.run(ROWS).splitlines(), class_rows + payer_rows)
        self.assertEqual(self.database.number("SELECT count(*) FROM organisation_payer_delay"), 2)

    def test_a_book_without_facts_knows_nothing(self):
        self.database.run("INSERT INTO payer_delay VALUES ('made up', 'city', 'charity', 1, '-infinity', 5)")
        self.rebuild()
        self.assertEqual(self.database.run(ROWS), "")

    def test_anything_else_is_a_mistake_of_the_caller(self):
        for words in ((), ("forget",), ("rebuild", "now")):
            self.assertEqual(service.zcd("payers", *words, **self.service.environment()).returncode, 64)


if __name__ == "__main__":
    service.main()
