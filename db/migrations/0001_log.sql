-- The append-only log: head, batches, leaves, tree nodes, documents. What it promises: audit/log.h.
--
-- The service works as the group role zcd_app, which may add to the log and read it, and can change nothing but the
-- head row. The owner of the tables runs migrations and nothing else.

-- The role belongs to the whole cluster, so another database may have made it already, or be making it right now.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'zcd_app') THEN
        BEGIN
            CREATE ROLE zcd_app NOLOGIN;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
            WHEN insufficient_privilege THEN
                RAISE EXCEPTION 'role zcd_app is missing and this login has no CREATEROLE; '
                                'a superuser must run: CREATE ROLE zcd_app NOLOGIN; GRANT zcd_app TO %', current_user;
        END;
    END IF;
    -- So that a simple installation with one login can give its rights up by SET ROLE.
    IF NOT pg_catalog.pg_has_role(current_user, 'zcd_app', 'MEMBER') THEN
        BEGIN
            EXECUTE pg_catalog.format('GRANT zcd_app TO %I', current_user);
        EXCEPTION
            WHEN insufficient_privilege THEN NULL; -- fine where the service has a login of its own
        END;
    END IF;
    EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA %I TO zcd_app', pg_catalog.current_schema());
    -- zcd_app reads which migrations are applied, so that the service can refuse to start on another version.
    EXECUTE 'GRANT SELECT ON schema_migration TO zcd_app';
END
$$;

CREATE TABLE log_batch (
    id          uuid        NOT NULL PRIMARY KEY,
    first_index bigint      NOT NULL UNIQUE CHECK (first_index >= 0),
    leaf_count  bigint      NOT NULL CHECK (leaf_count > 0),
    created_at  timestamptz NOT NULL
);
COMMENT ON TABLE log_batch IS 'One row for each transaction that added leaves: how a writer that lost its connection while committing finds out what became of it';
COMMENT ON COLUMN log_batch.id IS 'Chosen at random by the writer before the transaction';
COMMENT ON COLUMN log_batch.first_index IS 'Index of its first leaf';
COMMENT ON COLUMN log_batch.leaf_count IS 'Number of its leaves, which follow one another';
COMMENT ON COLUMN log_batch.created_at IS 'The instant that its leaves carry';

CREATE TABLE log_leaf (
    index     bigint NOT NULL PRIMARY KEY CHECK (index >= 0),
    leaf_hash bytea  NOT NULL CHECK (octet_length(leaf_hash) = 32),
    uscc      text   NOT NULL CHECK (length(uscc) = 18),
    sequence  bigint NOT NULL CHECK (sequence > 0),
    leaf      bytea  NOT NULL CHECK (octet_length(leaf) BETWEEN 1 AND 65535),
    UNIQUE (uscc, sequence)
);
COMMENT ON TABLE log_leaf IS 'The leaves of the log, dense from 0';
COMMENT ON COLUMN log_leaf.index IS 'Place in the log, from 0, without gaps';
COMMENT ON COLUMN log_leaf.leaf_hash IS 'SHA-256 of a zero byte and the leaf (RFC 9162 2.1.1): level 0 of the tree';
COMMENT ON COLUMN log_leaf.uscc IS 'The organisation that the record is about, as it stands in the leaf';
COMMENT ON COLUMN log_leaf.sequence IS 'The organisation''s own count of its records, from 1, without gaps, as it stands in the leaf';
COMMENT ON COLUMN log_leaf.leaf IS 'The record, canonical JSON, byte for byte as hashed';

CREATE TABLE log_node (
    level smallint NOT NULL CHECK (level BETWEEN 1 AND 62),
    index bigint   NOT NULL CHECK (index >= 0),
    hash  bytea    NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (level, index)
);
COMMENT ON TABLE log_node IS 'The tree''s permanent nodes above the leaves: each the root of a whole subtree, about one for each leaf';
COMMENT ON COLUMN log_node.level IS 'Height above the leaf hashes, which are level 0 and stand in log_leaf';
COMMENT ON COLUMN log_node.index IS 'Place within the level: the node covers leaves index << level up to (index + 1) << level';
COMMENT ON COLUMN log_node.hash IS 'SHA-256 of a one byte and both children (RFC 9162 2.1.1)';

CREATE TABLE document (
    sha256 bytea    NOT NULL PRIMARY KEY CHECK (octet_length(sha256) = 32),
    kind   smallint NOT NULL CHECK (kind > 0),
    body   bytea    NOT NULL CHECK (octet_length(body) <= 67108864)
);
COMMENT ON TABLE document IS 'The documents that records name by their digest, each stored once';
COMMENT ON COLUMN document.sha256 IS 'SHA-256 of body; checked whenever it is read';
COMMENT ON COLUMN document.kind IS 'enum log_document_kind in audit/log.h: 1 dossier, 2 policy, 3 decision';
COMMENT ON COLUMN document.body IS 'The document, byte for byte';

-- lz4 costs a tenth of the default's time; a server built without it keeps the default.
DO $$
BEGIN
    ALTER TABLE document ALTER COLUMN body SET COMPRESSION lz4;
    ALTER TABLE log_leaf ALTER COLUMN leaf SET COMPRESSION lz4;
EXCEPTION
    WHEN feature_not_supported THEN NULL;
END
$$;

-- Of one row, updated by every batch: room on the page lets each new version stay on it.
CREATE TABLE log_head (
    one_row  boolean     NOT NULL PRIMARY KEY DEFAULT true CHECK (one_row),
    origin   text        NOT NULL CHECK (octet_length(origin) BETWEEN 1 AND 255),
    size     bigint      NOT NULL CHECK (size >= 0),
    peaks    bytea       NOT NULL CHECK (octet_length(peaks) = 32 * length(replace(size::bit(64)::text, '0', ''))),
    at       timestamptz,
    batch_id uuid        REFERENCES log_batch (id),
    CHECK ((size = 0) = (at IS NULL)),
    CHECK ((size = 0) = (batch_id IS NULL))
) WITH (fillfactor = 20);
COMMENT ON TABLE log_head IS 'One row, whose lock every writer takes first: how far the log reaches';
COMMENT ON COLUMN log_head.one_row IS 'Always true: there is one head';
COMMENT ON COLUMN log_head.origin IS 'Names the log for ever; the first line of its checkpoints';
COMMENT ON COLUMN log_head.size IS 'Number of leaves';
COMMENT ON COLUMN log_head.peaks IS 'The roots of the whole subtrees that make up the tree, largest first: 32 bytes for each bit set in size';
COMMENT ON COLUMN log_head.at IS 'The instant of the newest leaves, behind which no later leaf may fall';
COMMENT ON COLUMN log_head.batch_id IS 'The newest batch';

REVOKE ALL ON log_batch, log_leaf, log_node, document, log_head FROM PUBLIC;
GRANT SELECT, INSERT ON log_batch, log_leaf, log_node, document, log_head TO zcd_app;
GRANT UPDATE (size, peaks, at, batch_id) ON log_head TO zcd_app;
