-- Which requests that create something were carried out: a repetition with the same key is told what came of the first.

CREATE TABLE idempotency_key (
    caller      text        NOT NULL CHECK (octet_length(caller) BETWEEN 1 AND 128),
    key         text        NOT NULL CHECK (octet_length(key) BETWEEN 1 AND 255),
    method      text        NOT NULL,
    path        text        NOT NULL,
    body_sha256 bytea       NOT NULL CHECK (octet_length(body_sha256) = 32),
    status      smallint    NOT NULL,
    subject     text        NOT NULL CHECK (octet_length(subject) BETWEEN 1 AND 255),
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (caller, key)
);
COMMENT ON TABLE idempotency_key IS 'Keys of requests that were carried out, each written in the transaction of what it created; kept for a week';
COMMENT ON COLUMN idempotency_key.caller IS 'The user: keys of two users never meet';
COMMENT ON COLUMN idempotency_key.key IS 'The field Idempotency-Key';
COMMENT ON COLUMN idempotency_key.method IS 'Of the request';
COMMENT ON COLUMN idempotency_key.path IS 'Of the request';
COMMENT ON COLUMN idempotency_key.body_sha256 IS 'SHA-256 of its body';
COMMENT ON COLUMN idempotency_key.status IS 'Of the answer';
COMMENT ON COLUMN idempotency_key.subject IS 'The id of what was created: the repetition is told what it is now';
COMMENT ON COLUMN idempotency_key.created_at IS 'When';
CREATE INDEX idempotency_key_created_at ON idempotency_key USING brin (created_at);

REVOKE ALL ON idempotency_key FROM PUBLIC;
GRANT SELECT, INSERT, DELETE ON idempotency_key TO zcd_app;
