-- Records of every kind: what they are searched by, the values that may be erased, a signature for every batch, and the
-- large tables in partitions.

-- What a record is searched by, taken from the leaf in its transaction. It proves nothing: the leaf does.
CREATE TABLE log_record (
    uscc        text        NOT NULL CHECK (length(uscc) IN (0, 18)),
    sequence    bigint      NOT NULL CHECK (sequence > 0),
    index       bigint      NOT NULL UNIQUE CHECK (index >= 0),
    kind        text        NOT NULL,
    at          timestamptz NOT NULL,
    application text,
    actor_id    text        NOT NULL,
    as_of       date,
    outcome     text,
    reasons     text[]      NOT NULL,
    PRIMARY KEY (uscc, sequence)
);
COMMENT ON TABLE log_record IS 'What each leaf is searched by; derived from the leaf, which alone is signed';
COMMENT ON COLUMN log_record.uscc IS 'The organisation that the record is about; empty for a record about the log itself';
COMMENT ON COLUMN log_record.sequence IS 'The organisation''s own count of its records, or the log''s of those about itself: from 1, without gaps';
COMMENT ON COLUMN log_record.index IS 'Index of the leaf';
COMMENT ON COLUMN log_record.kind IS 'Name of the kind, audit/record_kinds.def';
COMMENT ON COLUMN log_record.at IS 'The instant in the leaf';
COMMENT ON COLUMN log_record.application IS 'The application it belongs to; NULL when there is none';
COMMENT ON COLUMN log_record.actor_id IS 'Who did it';
COMMENT ON COLUMN log_record.as_of IS 'The day that the decision is about; NULL where there is none';
COMMENT ON COLUMN log_record.outcome IS 'The outcome in the body; NULL where there is none';
COMMENT ON COLUMN log_record.reasons IS 'The reasons in the body';

INSERT INTO log_record (uscc, sequence, index, kind, at, application, actor_id, as_of, outcome, reasons)
SELECT l.uscc, l.sequence, l.index, j.leaf ->> 'kind', (j.leaf ->> 'at')::timestamptz, j.leaf #>> '{subject,application}',
       j.leaf #>> '{actor,id}', (j.leaf ->> 'as_of')::date, j.leaf #>> '{body,outcome}',
       ARRAY(SELECT jsonb_array_elements_text(coalesce(j.leaf #> '{body,reasons}', '[]')))
FROM log_leaf l CROSS JOIN LATERAL (SELECT convert_from(l.leaf, 'UTF8')::jsonb AS leaf) j;

CREATE INDEX log_record_application ON log_record (application, index) WHERE application IS NOT NULL;
CREATE INDEX log_record_actor ON log_record (actor_id, index);
CREATE INDEX log_record_outcome ON log_record (outcome, index) WHERE outcome IS NOT NULL;
CREATE INDEX log_record_reasons ON log_record USING gin (reasons) WITH (fastupdate = on);
CREATE INDEX log_record_kind ON log_record (kind, index);
CREATE INDEX log_record_at ON log_record USING brin (at);

-- Leaves and bundles by ranges of 2^24 leaves, documents by their digest. Beyond the last range the default partition
-- takes what comes; nothing is ever refused for want of a partition.
ALTER TABLE log_leaf RENAME TO log_leaf_before;
CREATE TABLE log_leaf (
    index     bigint NOT NULL CHECK (index >= 0),
    leaf_hash bytea  NOT NULL CHECK (octet_length(leaf_hash) = 32),
    leaf      bytea  NOT NULL CHECK (octet_length(leaf) BETWEEN 1 AND 65535),
    PRIMARY KEY (index)
) PARTITION BY RANGE (index);
COMMENT ON TABLE log_leaf IS 'The leaves of the log, dense from 0';
COMMENT ON COLUMN log_leaf.index IS 'Place in the log, from 0, without gaps';
COMMENT ON COLUMN log_leaf.leaf_hash IS 'SHA-256 of a zero byte and the leaf (RFC 9162 2.1.1): level 0 of the tree';
COMMENT ON COLUMN log_leaf.leaf IS 'The record, canonical JSON, byte for byte as hashed';

ALTER TABLE log_bundle RENAME TO log_bundle_before;
CREATE TABLE log_bundle (
    index bigint NOT NULL CHECK (index >= 0),
    body  bytea  NOT NULL,
    PRIMARY KEY (index)
) PARTITION BY RANGE (index);
COMMENT ON TABLE log_bundle IS 'The full entry bundles: 256 leaves each, immutable';
COMMENT ON COLUMN log_bundle.index IS 'The bundle holds leaves 256 * index to 256 * index + 255';
COMMENT ON COLUMN log_bundle.body IS 'The leaves, each behind its length in two bytes, high byte first';

ALTER TABLE document RENAME TO document_before;
CREATE TABLE document (
    sha256 bytea    NOT NULL CHECK (octet_length(sha256) = 32),
    kind   smallint NOT NULL CHECK (kind > 0),
    body   bytea    NOT NULL CHECK (octet_length(body) <= 67108864),
    PRIMARY KEY (sha256)
) PARTITION BY HASH (sha256);
COMMENT ON TABLE document IS 'The documents that records name by their digest, each stored once';
COMMENT ON COLUMN document.sha256 IS 'SHA-256 of body; checked whenever it is read';
COMMENT ON COLUMN document.kind IS 'enum log_document_kind in audit/log.h: 1 dossier, 2 policy, 3 decision';
COMMENT ON COLUMN document.body IS 'The document, byte for byte';

DO $$
DECLARE
    part text;
BEGIN
    FOR n IN 0..3 LOOP
        EXECUTE format('CREATE TABLE log_leaf_%s PARTITION OF log_leaf FOR VALUES FROM (%s) TO (%s)',
                       n, n::bigint << 24, (n + 1)::bigint << 24);
        EXECUTE format('CREATE TABLE log_bundle_%s PARTITION OF log_bundle FOR VALUES FROM (%s) TO (%s)',
                       n, n::bigint << 16, (n + 1)::bigint << 16);
    END LOOP;
    CREATE TABLE log_leaf_rest PARTITION OF log_leaf DEFAULT;
    CREATE TABLE log_bundle_rest PARTITION OF log_bundle DEFAULT;
    FOR n IN 0..7 LOOP
        EXECUTE format('CREATE TABLE document_%s PARTITION OF document FOR VALUES WITH (MODULUS 8, REMAINDER %s)', n, n);
    END LOOP;
    -- lz4 costs a tenth of the default's time; a server built without it keeps the default.
    BEGIN
        FOR part IN SELECT inhrelid::regclass::text FROM pg_inherits
                    WHERE inhparent IN ('log_leaf'::regclass, 'log_bundle'::regclass, 'document'::regclass) LOOP
            EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET COMPRESSION lz4', part,
                           CASE WHEN part LIKE 'log_leaf%' THEN 'leaf' ELSE 'body' END);
        END LOOP;
    EXCEPTION
        WHEN feature_not_supported THEN NULL;
    END;
END
$$;

INSERT INTO log_leaf (index, leaf_hash, leaf) SELECT index, leaf_hash, leaf FROM log_leaf_before;
INSERT INTO log_bundle (index, body) SELECT index, body FROM log_bundle_before;
INSERT INTO document (sha256, kind, body) SELECT sha256, kind, body FROM document_before;
DROP TABLE log_leaf_before, log_bundle_before, document_before;

-- Salt and value behind a commitment. The only rows of the log that may go: the record bears no more than their digest.
CREATE TABLE personal_value (
    uscc       text   NOT NULL CHECK (length(uscc) IN (0, 18)),
    commitment bytea  NOT NULL CHECK (octet_length(commitment) = 32),
    salt       bytea  NOT NULL CHECK (octet_length(salt) = 32),
    value      text   NOT NULL CHECK (octet_length(value) <= 65536),
    log_index  bigint NOT NULL CHECK (log_index >= 0),
    PRIMARY KEY (uscc, commitment)
);
COMMENT ON TABLE personal_value IS 'Free text and personal data that records stand for by a commitment; erased on request, which leaves every proof valid';
COMMENT ON COLUMN personal_value.uscc IS 'The organisation that the record is about; empty for a record about the log itself';
COMMENT ON COLUMN personal_value.commitment IS 'SHA-256 of salt and value, as it stands in the record';
COMMENT ON COLUMN personal_value.salt IS 'Random, of this value alone: without it the commitment tells nothing';
COMMENT ON COLUMN personal_value.value IS 'The value';
COMMENT ON COLUMN personal_value.log_index IS 'Index of the record';

-- What the writer signed of each batch before it was committed. NULL in batches of before this version.
ALTER TABLE log_batch
    ADD COLUMN root_before bytea CHECK (octet_length(root_before) = 32),
    ADD COLUMN root        bytea CHECK (octet_length(root) = 32),
    ADD COLUMN signature   bytea CHECK (octet_length(signature) = 64),
    ADD CHECK ((root IS NULL) = (signature IS NULL) AND (root IS NULL) = (root_before IS NULL));
COMMENT ON COLUMN log_batch.root_before IS 'Root of the tree without this batch: the root of the batch before it';
COMMENT ON COLUMN log_batch.root IS 'Root of the tree with this batch';
COMMENT ON COLUMN log_batch.signature IS 'By the log''s key, over the batch statement (audit/batch_statement.h): whoever lacks the key cannot add a batch that is ever signed for';
CREATE INDEX log_batch_created_at ON log_batch (created_at);

-- One for each day on which anything was recorded, in order; who comes second is refused.
CREATE TABLE daily_statement (
    day        date   NOT NULL PRIMARY KEY,
    from_index bigint NOT NULL UNIQUE CHECK (from_index >= 0),
    to_index   bigint NOT NULL CHECK (to_index > from_index),
    log_index  bigint NOT NULL UNIQUE CHECK (log_index >= to_index)
);
COMMENT ON TABLE daily_statement IS 'Which leaf states how many records of each kind a day had';
COMMENT ON COLUMN daily_statement.day IS 'The civil day in Shanghai';
COMMENT ON COLUMN daily_statement.from_index IS 'First leaf of the day: where the last statement ended';
COMMENT ON COLUMN daily_statement.to_index IS 'The leaf behind the day''s last';
COMMENT ON COLUMN daily_statement.log_index IS 'Index of the statement''s own leaf';

-- Who read what: one row, and one leaf, for each organisation, caller, day and form.
CREATE TABLE disclosure (
    uscc      text   NOT NULL CHECK (length(uscc) = 18),
    caller    text   NOT NULL CHECK (octet_length(caller) BETWEEN 1 AND 128),
    day       date   NOT NULL,
    form      text   NOT NULL CHECK (form IN ('record', 'bundle')),
    log_index bigint NOT NULL UNIQUE CHECK (log_index >= 0),
    PRIMARY KEY (uscc, caller, day, form)
);
COMMENT ON TABLE disclosure IS 'Whose records were handed out, to whom, on which day, in which form';
COMMENT ON COLUMN disclosure.uscc IS 'The organisation whose record was read';
COMMENT ON COLUMN disclosure.caller IS 'Who read it';
COMMENT ON COLUMN disclosure.day IS 'The civil day in Shanghai';
COMMENT ON COLUMN disclosure.form IS 'record: the leaf with its proof; bundle: with its documents';
COMMENT ON COLUMN disclosure.log_index IS 'Index of the leaf that says so';

REVOKE ALL ON log_record, log_leaf, log_bundle, document, personal_value, daily_statement, disclosure FROM PUBLIC;
GRANT SELECT, INSERT ON log_record, log_leaf, log_bundle, document, personal_value, daily_statement, disclosure TO zcd_app;
GRANT DELETE ON personal_value TO zcd_app;
