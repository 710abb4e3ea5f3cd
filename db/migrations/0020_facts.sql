-- The facts: what is known of organisations, from which day it held, since when it is known, and from where.
--
-- Every table of facts has the same columns around its own, and rows are only ever added. A row says: from valid_from on,
-- the thing that the key names is as the other columns say, or is no more (removed). What holds on a day, as known at
-- an instant, is the newest such row: see contracts/fact_table_store.h.

-- The codes of contracts/codelists.def.
CREATE DOMAIN accounting_regime_code AS text COLLATE "C" CHECK (VALUE IN ('2004', '2026'));
CREATE DOMAIN contract_stage_code AS text COLLATE "C" CHECK (VALUE IN ('intention', 'tendering', 'awarded', 'signed', 'performing', 'evaluating', 'closed', 'terminated'));
CREATE DOMAIN contract_tier_code AS text COLLATE "C" CHECK (VALUE IN ('county_centre', 'township_station', 'village_room', 'city_project', 'other'));
CREATE DOMAIN deferral_cause_code AS text COLLATE "C" CHECK (VALUE IN ('payer_delay', 'epidemic', 'other'));
CREATE DOMAIN evaluation_result_code AS text COLLATE "C" CHECK (VALUE IN ('excellent', 'good', 'qualified', 'unqualified'));
CREATE DOMAIN facility_classification_code AS text COLLATE "C" CHECK (VALUE IN ('normal', 'attention', 'substandard', 'doubtful', 'loss'));
CREATE DOMAIN fund_source_code AS text COLLATE "C" CHECK (VALUE IN ('department_budget', 'purchase_list', 'welfare_lottery', 'award_fund', 'venture_philanthropy', 'charity', 'service_fee', 'other'));
CREATE DOMAIN grade_level_code AS text COLLATE "C" CHECK (VALUE IN ('1A', '2A', '3A', '4A', '5A'));
CREATE DOMAIN inspection_result_code AS text COLLATE "C" CHECK (VALUE IN ('qualified', 'basically_qualified', 'unqualified', 'not_applicable', 'missing'));
CREATE DOMAIN linked_resource_kind_code AS text COLLATE "C" CHECK (VALUE IN ('community', 'social_organisation', 'volunteers', 'charity_fund', 'donation'));
CREATE DOMAIN list_kind_code AS text COLLATE "C" CHECK (VALUE IN ('abnormal_activity', 'serious_violation', 'court_dishonest'));
CREATE DOMAIN organisation_kind_code AS text COLLATE "C" CHECK (VALUE IN ('social_service_institution', 'social_association', 'foundation', 'public_institution', 'enterprise'));
CREATE DOMAIN payer_level_code AS text COLLATE "C" CHECK (VALUE IN ('central', 'province', 'city', 'district', 'township', 'village', 'public_institution', 'mass_organisation', 'enterprise', 'donor'));
CREATE DOMAIN payment_trigger_code AS text COLLATE "C" CHECK (VALUE IN ('acceptance', 'date', 'signing'));
CREATE DOMAIN registration_status_code AS text COLLATE "C" CHECK (VALUE IN ('active', 'suspended', 'cancelled', 'revoked'));

CREATE DOMAIN fen AS bigint CHECK (VALUE BETWEEN -9007199254740991 AND 9007199254740991);
CREATE DOMAIN fact_id AS text COLLATE "C" CHECK (octet_length(VALUE) <= 256);
CREATE DOMAIN person_count AS integer CHECK (VALUE >= 0);

-- Who brought which facts. A correction by a person and a withdrawal are imports too, each of a few rows.
CREATE SEQUENCE import_number;
CREATE TABLE import (
    lender      text        NOT NULL CHECK (octet_length(lender) BETWEEN 1 AND 128),
    id          bigint      NOT NULL DEFAULT nextval('import_number'),
    kind        text        NOT NULL CHECK (kind IN ('dossier', 'ocds', 'statement', 'notice', 'correction', 'withdrawal')),
    recorded_at timestamptz NOT NULL,
    actor       text        NOT NULL CHECK (octet_length(actor) BETWEEN 1 AND 128),
    file_name   text        CHECK (octet_length(file_name) BETWEEN 1 AND 500),
    file_sha256 bytea       CHECK (octet_length(file_sha256) = 32),
    fact_count  bigint      NOT NULL CHECK (fact_count >= 0),
    withdraws   bigint,
    PRIMARY KEY (lender, id),
    UNIQUE (lender, withdraws),
    FOREIGN KEY (lender, withdraws) REFERENCES import (lender, id),
    CHECK ((kind = 'withdrawal') = (withdraws IS NOT NULL))
);
COMMENT ON TABLE import IS 'Every change of facts: one row each, made in the transaction of the facts it brought and never changed';
COMMENT ON COLUMN import.lender IS 'The lender whose facts they are';
COMMENT ON COLUMN import.id IS 'Number; of two imports of one lender the later has the higher';
COMMENT ON COLUMN import.kind IS 'What it was read from; correction: by a person; withdrawal: takes an import back';
COMMENT ON COLUMN import.recorded_at IS 'Since when its facts are known; later than that of every import of the lender before it';
COMMENT ON COLUMN import.actor IS 'Who did it';
COMMENT ON COLUMN import.file_name IS 'Name of the file; NULL where there was none';
COMMENT ON COLUMN import.file_sha256 IS 'SHA-256 of the file';
COMMENT ON COLUMN import.fact_count IS 'How many rows it added';
COMMENT ON COLUMN import.withdraws IS 'The import that it takes back: from then on it is as if that one had said nothing';
CREATE INDEX import_recorded_at ON import (lender, recorded_at);
CREATE INDEX import_file ON import (lender, file_sha256) WHERE file_sha256 IS NOT NULL;

-- The columns that every table of facts has; dropped at the end.
CREATE TABLE fact (
    uscc          text        NOT NULL COLLATE "C" CHECK (octet_length(uscc) BETWEEN 1 AND 64),
    lender        text        NOT NULL COLLATE "C" CHECK (octet_length(lender) BETWEEN 1 AND 128),
    valid_from    date        NOT NULL,
    recorded_at   timestamptz NOT NULL,
    import_id     bigint      NOT NULL,
    source_row    bigint      NOT NULL CHECK (source_row >= 0),
    removed       boolean     NOT NULL,
    superseded_by bigint
);
COMMENT ON COLUMN fact.uscc IS 'The organisation: a checked USCC, or SCHEME:ID as a publisher abroad gives it';
COMMENT ON COLUMN fact.lender IS 'The lender that brought the fact';
COMMENT ON COLUMN fact.valid_from IS 'The day from which it holds; of an event, its day';
COMMENT ON COLUMN fact.recorded_at IS 'Since when it is known: that of its import';
COMMENT ON COLUMN fact.import_id IS 'The import that brought it';
COMMENT ON COLUMN fact.source_row IS 'Line of the file, or row of its list, from 1; 0 when there is none';
COMMENT ON COLUMN fact.removed IS 'The thing is no more, or never was';
COMMENT ON COLUMN fact.superseded_by IS 'The first import that said otherwise about the same key (and day, where days count); NULL while there is none';

CREATE TABLE organisation (
    LIKE fact INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    name                  text,
    kind                  organisation_kind_code,
    registered_on         date,
    region                text CHECK (length(region) = 6),
    registration_status   registration_status_code,
    stations              person_count,
    payroll_month_fen     fen,
    payroll_day           integer CHECK (payroll_day BETWEEN 1 AND 31),
    thirteenth_month      boolean,
    other_costs_month_fen fen,
    cash_fen              fen,
    restricted_cash_fen   fen,
    wages_payable_fen     fen,
    provenance            text,
    PRIMARY KEY (uscc, lender, valid_from, import_id)
);
COMMENT ON TABLE organisation IS 'The borrower';
COMMENT ON COLUMN organisation.name IS 'Name';
COMMENT ON COLUMN organisation.kind IS 'Legal form';
COMMENT ON COLUMN organisation.registered_on IS 'Day of registration';
COMMENT ON COLUMN organisation.region IS 'GB/T 2260 code of the registrar';
COMMENT ON COLUMN organisation.registration_status IS 'Status of the registration';
COMMENT ON COLUMN organisation.stations IS 'Service stations';
COMMENT ON COLUMN organisation.payroll_month_fen IS 'Wages of a month';
COMMENT ON COLUMN organisation.payroll_day IS 'Day of the month on which wages are due';
COMMENT ON COLUMN organisation.thirteenth_month IS 'Pays a thirteenth month: true, or NULL';
COMMENT ON COLUMN organisation.other_costs_month_fen IS 'Other costs of a month';
COMMENT ON COLUMN organisation.cash_fen IS 'Cash';
COMMENT ON COLUMN organisation.restricted_cash_fen IS 'Part of cash that is given for a purpose';
COMMENT ON COLUMN organisation.wages_payable_fen IS 'Wages owed';
COMMENT ON COLUMN organisation.provenance IS 'Where the facts come from, in words';

CREATE TABLE annual_inspection (
    LIKE fact INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    year   integer NOT NULL,
    result inspection_result_code,
    PRIMARY KEY (uscc, lender, year, valid_from, import_id)
);
COMMENT ON TABLE annual_inspection IS 'Results of the annual inspection';
COMMENT ON COLUMN annual_inspection.year IS 'Year inspected';
COMMENT ON COLUMN annual_inspection.result IS 'Result';

CREATE TABLE organisation_grade (
    LIKE fact INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    granted_on date NOT NULL,
    level      grade_level_code,
    PRIMARY KEY (uscc, lender, granted_on, valid_from, import_id)
);
COMMENT ON TABLE organisation_grade IS 'Grades granted by the civil-affairs authority';
COMMENT ON COLUMN organisation_grade.granted_on IS 'Day of granting';
COMMENT ON COLUMN organisation_grade.level IS 'Grade';

CREATE TABLE service_evaluation (
    LIKE fact INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    year   integer NOT NULL,
    result evaluation_result_code,
    PRIMARY KEY (uscc, lender, year, valid_from, import_id)
);
COMMENT ON TABLE service_evaluation IS 'Results of the evaluation of services';
COMMENT ON COLUMN service_evaluation.year IS 'Year evaluated';
COMMENT ON COLUMN service_evaluation.result IS 'Result';

CREATE TABLE list_entry (
    LIKE fact INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    list       list_kind_code NOT NULL,
    entered_on date NOT NULL,
    removed_on date,
    PRIMARY KEY (uscc, lender, list, entered_on, valid_from, import_id)
);
COMMENT ON TABLE list_entry IS 'Entries in public lists';
COMMENT ON COLUMN list_entry.list IS 'Which list';
COMMENT ON COLUMN list_entry.entered_on IS 'Day of entry';
COMMENT ON COLUMN list_entry.removed_on IS 'Day of removal; NULL while still on it';

CREATE TABLE staff_report (
    LIKE fact INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    on_day                date NOT NULL,
    total                 person_count,
    licensed_assistant    person_count,
    licensed_intermediate person_count,
    licensed_senior       person_count,
    PRIMARY KEY (uscc, lender, on_day, valid_from, import_id)
);
COMMENT ON TABLE staff_report IS 'Staff on a day';
COMMENT ON COLUMN staff_report.on_day IS 'Day of the count';
COMMENT ON COLUMN staff_report.total IS 'Head count';
COMMENT ON COLUMN staff_report.licensed_assistant IS 'Licensed assistant social workers';
COMMENT ON COLUMN staff_report.licensed_intermediate IS 'Licensed social workers';
COMMENT ON COLUMN staff_report.licensed_senior IS 'Licensed senior social workers';

CREATE TABLE statement (
    LIKE fact INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    year                        integer NOT NULL,
    regime                      accounting_regime_code,
    income_fen                  fen,
    public_income_fen           fen,
    cost_fen                    fen,
    unrestricted_net_assets_fen fen,
    restricted_net_assets_fen   fen,
    receivables_fen             fen,
    liabilities_fen             fen,
    PRIMARY KEY (uscc, lender, year, valid_from, import_id)
);
COMMENT ON TABLE statement IS 'Accounts of a year';
COMMENT ON COLUMN statement.year IS 'Year';
COMMENT ON COLUMN statement.regime IS 'Accounting rules';
COMMENT ON COLUMN statement.income_fen IS 'Income';
COMMENT ON COLUMN statement.public_income_fen IS 'Part of income that is public money';
COMMENT ON COLUMN statement.cost_fen IS 'Cost';
COMMENT ON COLUMN statement.unrestricted_net_assets_fen IS 'Unrestricted net assets';
COMMENT ON COLUMN statement.restricted_net_assets_fen IS 'Restricted net assets';
COMMENT ON COLUMN statement.receivables_fen IS 'Receivables';
COMMENT ON COLUMN statement.liabilities_fen IS 'Liabilities';

CREATE TABLE linked_resource (
    LIKE fact INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    kind       linked_resource_kind_code NOT NULL,
    on_day     date NOT NULL,
    number     integer NOT NULL,
    count      person_count,
    amount_fen fen,
    note       text,
    PRIMARY KEY (uscc, lender, kind, on_day, number, valid_from, import_id)
);
COMMENT ON TABLE linked_resource IS 'Resources of the five-party linkage (五社联动): context, shown, not scored';
COMMENT ON COLUMN linked_resource.kind IS 'Kind';
COMMENT ON COLUMN linked_resource.on_day IS 'Day';
COMMENT ON COLUMN linked_resource.number IS 'From 1, among those of one kind and day';
COMMENT ON COLUMN linked_resource.count IS 'How many';
COMMENT ON COLUMN linked_resource.amount_fen IS 'Amount';
COMMENT ON COLUMN linked_resource.note IS 'Note';

CREATE TABLE payer (
    LIKE fact INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    payer_id   fact_id NOT NULL,
    payer_uscc text CHECK (length(payer_uscc) = 18),
    name       text,
    level      payer_level_code,
    region     text CHECK (length(region) = 6),
    PRIMARY KEY (uscc, lender, payer_id, valid_from, import_id)
);
COMMENT ON TABLE payer IS 'Who pays this organisations contracts, as this lender knows it';
COMMENT ON COLUMN payer.payer_id IS 'Id within the organisations facts';
COMMENT ON COLUMN payer.payer_uscc IS 'Its USCC';
COMMENT ON COLUMN payer.name IS 'Name';
COMMENT ON COLUMN payer.level IS 'Level of government, or what else it is';
COMMENT ON COLUMN payer.region IS 'GB/T 2260 code of its finance authority';

CREATE TABLE payer_alias (
    LIKE fact INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    payer_id fact_id NOT NULL,
    alias    text NOT NULL COLLATE "C" CHECK (octet_length(alias) BETWEEN 1 AND 500),
    PRIMARY KEY (uscc, lender, payer_id, alias, valid_from, import_id)
);
COMMENT ON TABLE payer_alias IS 'Other names under which a payer pays: what bank statements show';
COMMENT ON COLUMN payer_alias.payer_id IS 'The payer';
COMMENT ON COLUMN payer_alias.alias IS 'The name';

CREATE TABLE payer_experience_given (
    LIKE fact INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    payer_id     fact_id NOT NULL,
    level        text NOT NULL COLLATE "C",
    fund_source  text NOT NULL COLLATE "C",
    events_ppm   bigint,
    exposure_ppm bigint,
    PRIMARY KEY (uscc, lender, payer_id, level, fund_source, valid_from, import_id)
);
COMMENT ON TABLE payer_experience_given IS 'What a dossier brought along of other books experience with payers; what this book knows itself stands in its place';
COMMENT ON COLUMN payer_experience_given.payer_id IS 'The payer; empty in the row of a class';
COMMENT ON COLUMN payer_experience_given.level IS 'Level of the class; empty in the row of a payer';
COMMENT ON COLUMN payer_experience_given.fund_source IS 'Fund source of the class; empty in the row of a payer';
COMMENT ON COLUMN payer_experience_given.events_ppm IS 'Payments seen, in millionths';
COMMENT ON COLUMN payer_experience_given.exposure_ppm IS 'Prior hazard summed over the weeks at risk, in millionths';

CREATE TABLE contract (
    LIKE fact INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    contract_id        fact_id NOT NULL,
    number             text,
    title              text,
    payer_id           fact_id,
    tier               contract_tier_code,
    fund_source        fund_source_code,
    stage              contract_stage_code,
    currency           text CHECK (currency ~ '^[A-Z]{3}$'),
    value_fen          fen,
    awarded_on         date,
    signed_on          date,
    published_on       date,
    starts_on          date,
    ends_on            date,
    payment_term_days  person_count,
    payment_trigger    payment_trigger_code,
    renewals           person_count,
    service_evaluation evaluation_result_code,
    retained_fen       fen,
    disputed_fen       fen,
    PRIMARY KEY (uscc, lender, contract_id, valid_from, import_id)
);
COMMENT ON TABLE contract IS 'Contracts with those who pay';
COMMENT ON COLUMN contract.contract_id IS 'Id within the organisations facts';
COMMENT ON COLUMN contract.number IS 'As printed on the contract';
COMMENT ON COLUMN contract.title IS 'Title';
COMMENT ON COLUMN contract.payer_id IS 'Who pays it';
COMMENT ON COLUMN contract.tier IS 'Tier of the service system';
COMMENT ON COLUMN contract.fund_source IS 'Which money it is paid from';
COMMENT ON COLUMN contract.stage IS 'Where it stands';
COMMENT ON COLUMN contract.currency IS 'ISO 4217 code of its amounts: only CNY is scored';
COMMENT ON COLUMN contract.value_fen IS 'Value, in minor units of the currency';
COMMENT ON COLUMN contract.awarded_on IS 'Day of award';
COMMENT ON COLUMN contract.signed_on IS 'Day of signing';
COMMENT ON COLUMN contract.published_on IS 'Day of its announcement';
COMMENT ON COLUMN contract.starts_on IS 'First day';
COMMENT ON COLUMN contract.ends_on IS 'Last day';
COMMENT ON COLUMN contract.payment_term_days IS 'Days that the payer has';
COMMENT ON COLUMN contract.payment_trigger IS 'What starts them';
COMMENT ON COLUMN contract.renewals IS 'How often it was renewed';
COMMENT ON COLUMN contract.service_evaluation IS 'Last evaluation';
COMMENT ON COLUMN contract.retained_fen IS 'Held back until the end';
COMMENT ON COLUMN contract.disputed_fen IS 'Disputed';

CREATE TABLE security_evidence (
    LIKE fact INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    contract_id fact_id NOT NULL,
    kind        text NOT NULL COLLATE "C" CHECK (kind IN ('account_lock', 'pledge_registration', 'buyer_confirmation')),
    reference   text,
    PRIMARY KEY (uscc, lender, contract_id, kind, valid_from, import_id)
);
COMMENT ON TABLE security_evidence IS 'What secures a contracts receivables: three evidences, none of which implies another';
COMMENT ON COLUMN security_evidence.contract_id IS 'The contract';
COMMENT ON COLUMN security_evidence.kind IS 'Which evidence';
COMMENT ON COLUMN security_evidence.reference IS 'Registration number of a pledge; last four digits of a locked account';

CREATE TABLE milestone (
    LIKE fact INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    contract_id  fact_id NOT NULL,
    milestone_id fact_id NOT NULL,
    title        text,
    due_on       date,
    currency     text CHECK (currency ~ '^[A-Z]{3}$'),
    amount_fen   fen,
    accepted_on  date,
    invoiced_on  date,
    deducted_fen fen,
    PRIMARY KEY (uscc, lender, contract_id, milestone_id, valid_from, import_id)
);
COMMENT ON TABLE milestone IS 'Pieces of a contracts work, each with its price';
COMMENT ON COLUMN milestone.contract_id IS 'The contract';
COMMENT ON COLUMN milestone.milestone_id IS 'Id within the contract';
COMMENT ON COLUMN milestone.title IS 'Title';
COMMENT ON COLUMN milestone.due_on IS 'Due day';
COMMENT ON COLUMN milestone.currency IS 'ISO 4217 code';
COMMENT ON COLUMN milestone.amount_fen IS 'Price, in minor units of the currency';
COMMENT ON COLUMN milestone.accepted_on IS 'Day of acceptance';
COMMENT ON COLUMN milestone.invoiced_on IS 'Day of the invoice';
COMMENT ON COLUMN milestone.deducted_fen IS 'Finally withheld by the payer';

CREATE TABLE payment (
    LIKE fact INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    contract_id  fact_id NOT NULL,
    milestone_id fact_id NOT NULL,
    payment_id   fact_id NOT NULL,
    paid_on      date,
    currency     text CHECK (currency ~ '^[A-Z]{3}$'),
    amount_fen   fen CHECK (amount_fen > 0),
    payer_name   text,
    PRIMARY KEY (uscc, lender, contract_id, milestone_id, payment_id, import_id)
);
COMMENT ON TABLE payment IS 'Payments that came in under a contract';
COMMENT ON COLUMN payment.contract_id IS 'The contract';
COMMENT ON COLUMN payment.milestone_id IS 'The milestone; empty when the source does not say which';
COMMENT ON COLUMN payment.payment_id IS 'Id within the milestone';
COMMENT ON COLUMN payment.paid_on IS 'Day';
COMMENT ON COLUMN payment.currency IS 'ISO 4217 code';
COMMENT ON COLUMN payment.amount_fen IS 'Amount, in minor units of the currency';
COMMENT ON COLUMN payment.payer_name IS 'Who paid, as the source has it';

CREATE TABLE receipt (
    LIKE fact INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    account        text NOT NULL COLLATE "C" CHECK (octet_length(account) <= 4),
    receipt_id     fact_id NOT NULL,
    contract_id    fact_id NOT NULL,
    milestone_id   fact_id NOT NULL,
    received_on    date,
    currency       text CHECK (currency ~ '^[A-Z]{3}$'),
    amount_fen     fen,
    matched_fen    fen,
    payer_name     text,
    note           text,
    confidence_ppm integer CHECK (confidence_ppm BETWEEN 0 AND 1000000),
    reason         text,
    PRIMARY KEY (uscc, lender, account, receipt_id, contract_id, milestone_id, import_id)
);
COMMENT ON TABLE receipt IS 'Lines of bank statements that brought money in, each with what it was matched to';
COMMENT ON COLUMN receipt.account IS 'Last four digits of the account';
COMMENT ON COLUMN receipt.receipt_id IS 'Id of the bank, or made from the line';
COMMENT ON COLUMN receipt.contract_id IS 'The contract it was matched to; empty while it waits for a person';
COMMENT ON COLUMN receipt.milestone_id IS 'The milestone; the same';
COMMENT ON COLUMN receipt.received_on IS 'Day';
COMMENT ON COLUMN receipt.currency IS 'ISO 4217 code';
COMMENT ON COLUMN receipt.amount_fen IS 'Amount of the line, in minor units of the currency';
COMMENT ON COLUMN receipt.matched_fen IS 'The part that went to this milestone';
COMMENT ON COLUMN receipt.payer_name IS 'Who paid, as the bank has it';
COMMENT ON COLUMN receipt.note IS 'Note of the payment';
COMMENT ON COLUMN receipt.confidence_ppm IS 'How sure the match is; 0 while it waits';
COMMENT ON COLUMN receipt.reason IS 'Code of the rule that matched it or did not';

CREATE TABLE facility (
    LIKE fact INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    facility_id       fact_id NOT NULL,
    facility_lender   text,
    product           text,
    limit_fen         fen,
    outstanding_fen   fen,
    opened_on         date,
    matures_on        date,
    classification    facility_classification_code,
    pledged_contracts text,
    PRIMARY KEY (uscc, lender, facility_id, valid_from, import_id)
);
COMMENT ON TABLE facility IS 'What the organisation has borrowed, here or elsewhere';
COMMENT ON COLUMN facility.facility_id IS 'Id within the organisations facts';
COMMENT ON COLUMN facility.facility_lender IS 'Who lent';
COMMENT ON COLUMN facility.product IS 'Product';
COMMENT ON COLUMN facility.limit_fen IS 'Limit';
COMMENT ON COLUMN facility.outstanding_fen IS 'Outstanding principal';
COMMENT ON COLUMN facility.opened_on IS 'First day';
COMMENT ON COLUMN facility.matures_on IS 'Last day';
COMMENT ON COLUMN facility.classification IS 'Five-tier classification';
COMMENT ON COLUMN facility.pledged_contracts IS 'Ids of the contracts pledged for it, a space between two';

CREATE TABLE instalment (
    LIKE fact INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    facility_id   fact_id NOT NULL,
    due_on        date NOT NULL,
    number        integer NOT NULL,
    principal_fen fen,
    interest_fen  fen,
    PRIMARY KEY (uscc, lender, facility_id, due_on, number, valid_from, import_id)
);
COMMENT ON TABLE instalment IS 'What a facility takes back and when, as first agreed';
COMMENT ON COLUMN instalment.facility_id IS 'The facility';
COMMENT ON COLUMN instalment.due_on IS 'Due day';
COMMENT ON COLUMN instalment.number IS 'From 1, among those of one day';
COMMENT ON COLUMN instalment.principal_fen IS 'Principal';
COMMENT ON COLUMN instalment.interest_fen IS 'Interest';

CREATE TABLE repayment (
    LIKE fact INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    facility_id fact_id NOT NULL,
    due_on      date NOT NULL,
    number      integer NOT NULL,
    paid_on     date NOT NULL,
    part        integer NOT NULL,
    amount_fen  fen,
    PRIMARY KEY (uscc, lender, facility_id, due_on, number, paid_on, part, valid_from, import_id)
);
COMMENT ON TABLE repayment IS 'Payments on instalments';
COMMENT ON COLUMN repayment.facility_id IS 'The facility';
COMMENT ON COLUMN repayment.due_on IS 'Due day of the instalment';
COMMENT ON COLUMN repayment.number IS 'The instalments number on that day';
COMMENT ON COLUMN repayment.paid_on IS 'Day';
COMMENT ON COLUMN repayment.part IS 'From 1, among the payments of one instalment and day';
COMMENT ON COLUMN repayment.amount_fen IS 'Amount';

CREATE TABLE deferral (
    LIKE fact INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    facility_id fact_id NOT NULL,
    agreed_on   date NOT NULL,
    from_on     date NOT NULL,
    to_on       date,
    cause       deferral_cause_code,
    PRIMARY KEY (uscc, lender, facility_id, agreed_on, from_on, valid_from, import_id)
);
COMMENT ON TABLE deferral IS 'What was agreed to fall due later';
COMMENT ON COLUMN deferral.facility_id IS 'The facility';
COMMENT ON COLUMN deferral.agreed_on IS 'Day of the agreement';
COMMENT ON COLUMN deferral.from_on IS 'What falls due from this day';
COMMENT ON COLUMN deferral.to_on IS 'is due on this day instead';
COMMENT ON COLUMN deferral.cause IS 'Why';

CREATE TABLE monitoring_event (
    LIKE fact INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    event_id    fact_id NOT NULL,
    on_day      date,
    kind        text,
    contract_id fact_id,
    note        text,
    PRIMARY KEY (uscc, lender, event_id, import_id)
);
COMMENT ON TABLE monitoring_event IS 'What was noticed about an organisation after a loan';
COMMENT ON COLUMN monitoring_event.event_id IS 'Id within the organisations facts';
COMMENT ON COLUMN monitoring_event.on_day IS 'Day';
COMMENT ON COLUMN monitoring_event.kind IS 'What happened, a code of the lenders';
COMMENT ON COLUMN monitoring_event.contract_id IS 'The contract it is about; NULL: the organisation';
COMMENT ON COLUMN monitoring_event.note IS 'In words';

CREATE TABLE visit (
    LIKE fact INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    visit_id fact_id NOT NULL,
    on_day   date,
    visitor  text,
    place    text,
    note     text,
    PRIMARY KEY (uscc, lender, visit_id, import_id)
);
COMMENT ON TABLE visit IS 'Visits of a lenders officer';
COMMENT ON COLUMN visit.visit_id IS 'Id within the organisations facts';
COMMENT ON COLUMN visit.on_day IS 'Day';
COMMENT ON COLUMN visit.visitor IS 'Who came';
COMMENT ON COLUMN visit.place IS 'Where';
COMMENT ON COLUMN visit.note IS 'What was seen';

CREATE TABLE matching_meeting (
    LIKE fact INCLUDING CONSTRAINTS INCLUDING COMMENTS,
    meeting_id fact_id NOT NULL,
    on_day     date,
    organiser  text,
    place      text,
    outcome    text,
    PRIMARY KEY (uscc, lender, meeting_id, import_id)
);
COMMENT ON TABLE matching_meeting IS 'Meetings at which organisations and lenders are brought together (银企对接)';
COMMENT ON COLUMN matching_meeting.meeting_id IS 'Id within the organisations facts';
COMMENT ON COLUMN matching_meeting.on_day IS 'Day';
COMMENT ON COLUMN matching_meeting.organiser IS 'Who held it';
COMMENT ON COLUMN matching_meeting.place IS 'Where';
COMMENT ON COLUMN matching_meeting.outcome IS 'What came of it';

DROP TABLE fact;

-- The service adds rows, and says of an older row which import replaced it. Its imports pass through temporary tables.
REVOKE ALL ON import, import_number FROM PUBLIC;
GRANT SELECT, INSERT ON import TO zcd_app;
GRANT USAGE ON SEQUENCE import_number TO zcd_app;
DO $$
DECLARE
    facts text;
BEGIN
    FOR facts IN SELECT DISTINCT attrelid::regclass::text FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
                 WHERE attname = 'superseded_by' AND relkind = 'r' AND relnamespace = current_schema()::regnamespace LOOP
        EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', facts);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE (superseded_by) ON %s TO zcd_app', facts);
    END LOOP;
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO zcd_app', current_database());
END
$$;
