-- What happened, for those who want to be told: written in the transaction in which it happens, delivered afterwards.

CREATE TABLE webhook (
    id              text        NOT NULL PRIMARY KEY CHECK (id ~ '^wh_[0-9a-f]{32}$'),
    lender          text        NOT NULL CHECK (octet_length(lender) BETWEEN 1 AND 128),
    url             text        NOT NULL CHECK (url ~ '^https?://' AND octet_length(url) <= 2048),
    types           text[]      NOT NULL CHECK (cardinality(types) BETWEEN 1 AND 32),
    created_by      text        NOT NULL CHECK (octet_length(created_by) BETWEEN 1 AND 128),
    created_at      timestamptz NOT NULL DEFAULT now(),
    disabled_at     timestamptz,
    disabled_reason text        CHECK (disabled_reason IN ('failing', 'gone')),
    last_success_at timestamptz,
    last_failure_at timestamptz,
    last_error      text        CHECK (octet_length(last_error) <= 1024),
    CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL))
);
COMMENT ON TABLE webhook IS 'Where a lender wants to be told of what happens';
COMMENT ON COLUMN webhook.id IS 'Public';
COMMENT ON COLUMN webhook.lender IS 'Whose it is: it is told of what concerns this lender';
COMMENT ON COLUMN webhook.url IS 'Where to POST to';
COMMENT ON COLUMN webhook.types IS 'Names from api/events/event_types.def that it is told of';
COMMENT ON COLUMN webhook.created_by IS 'The user who made it';
COMMENT ON COLUMN webhook.created_at IS 'When it was made: it is told of nothing from before';
COMMENT ON COLUMN webhook.disabled_at IS 'Since when nothing is sent; NULL: it is';
COMMENT ON COLUMN webhook.disabled_reason IS 'failing: for so long that a delivery was given up; gone: it answered 410';
COMMENT ON COLUMN webhook.last_success_at IS 'When it last took an event';
COMMENT ON COLUMN webhook.last_failure_at IS 'When it last did not';
COMMENT ON COLUMN webhook.last_error IS 'Why not; NULL once it has taken one again';
CREATE INDEX webhook_lender ON webhook (lender, id);

CREATE TABLE webhook_secret (
    webhook_id text        NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    secret     bytea       NOT NULL CHECK (octet_length(secret) BETWEEN 24 AND 64),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    PRIMARY KEY (webhook_id, secret)
);
COMMENT ON TABLE webhook_secret IS 'What events are signed with, so that the receiver knows from whom they are';
COMMENT ON COLUMN webhook_secret.webhook_id IS 'Whose';
COMMENT ON COLUMN webhook_secret.secret IS 'Random; the service must be able to sign with it, so it is kept as it is';
COMMENT ON COLUMN webhook_secret.created_at IS 'When it was made';
COMMENT ON COLUMN webhook_secret.expires_at IS 'Until then it signs beside the one that replaced it; NULL: the present one';

CREATE TABLE event (
    uscc       text        NOT NULL CHECK (octet_length(uscc) <= 64),
    position   bigint      NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
    id         text        NOT NULL CHECK (id ~ '^evt_[0-9a-f]{32}$'),
    type       text        NOT NULL CHECK (octet_length(type) BETWEEN 1 AND 64),
    lender     text        NOT NULL,
    at         timestamptz NOT NULL,
    data       text        NOT NULL CHECK (octet_length(data) <= 16384),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (uscc, position)
);
COMMENT ON TABLE event IS 'The outbox: what some webhook wanted to be told of when it happened; removed after 30 days';
COMMENT ON COLUMN event.uscc IS 'The organisation that it is about; empty for none';
COMMENT ON COLUMN event.position IS 'The order in which they were committed';
COMMENT ON COLUMN event.id IS 'The same however often it is sent: receivers know by it what they have already';
COMMENT ON COLUMN event.type IS 'Name from api/events/event_types.def';
COMMENT ON COLUMN event.lender IS 'Whom it concerns';
COMMENT ON COLUMN event.at IS 'When it happened';
COMMENT ON COLUMN event.data IS 'JSON object: ids and no more than is needed to ask for the rest';
COMMENT ON COLUMN event.created_at IS 'When it was written here';
CREATE INDEX event_created_at ON event (created_at);

CREATE TABLE webhook_delivery (
    uscc           text        NOT NULL,
    webhook_id     text        NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    position       bigint      NOT NULL,
    state          text        NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed')),
    attempts       integer     NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    first_tried_at timestamptz,
    last_tried_at  timestamptz,
    last_status    integer,
    last_error     text        CHECK (octet_length(last_error) <= 1024),
    PRIMARY KEY (uscc, webhook_id, position),
    FOREIGN KEY (uscc, position) REFERENCES event (uscc, position) ON DELETE CASCADE
);
COMMENT ON TABLE webhook_delivery IS 'Which event goes to which webhook, and how that went';
COMMENT ON COLUMN webhook_delivery.uscc IS 'The event''s organisation';
COMMENT ON COLUMN webhook_delivery.webhook_id IS 'Where to';
COMMENT ON COLUMN webhook_delivery.position IS 'The event';
COMMENT ON COLUMN webhook_delivery.state IS 'waiting; delivered; failed: given up';
COMMENT ON COLUMN webhook_delivery.attempts IS 'How often it was sent';
COMMENT ON COLUMN webhook_delivery.first_tried_at IS 'When first';
COMMENT ON COLUMN webhook_delivery.last_tried_at IS 'When last';
COMMENT ON COLUMN webhook_delivery.last_status IS 'The HTTP status of the last answer; NULL when there was none';
COMMENT ON COLUMN webhook_delivery.last_error IS 'Why the last attempt failed';
CREATE INDEX webhook_delivery_waiting ON webhook_delivery (uscc, webhook_id, position) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_webhook ON webhook_delivery (webhook_id, position DESC);
CREATE INDEX webhook_delivery_event ON webhook_delivery (uscc, position);

CREATE TABLE webhook_stream (
    uscc        text        NOT NULL,
    webhook_id  text        NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    is_open     boolean     NOT NULL DEFAULT true,
    not_before  timestamptz NOT NULL DEFAULT now(),
    lease       uuid,
    lease_until timestamptz,
    PRIMARY KEY (uscc, webhook_id),
    CHECK ((lease IS NULL) = (lease_until IS NULL))
);
COMMENT ON TABLE webhook_stream IS 'One organisation''s events to one webhook: sent one after another, so that none overtakes another';
COMMENT ON COLUMN webhook_stream.uscc IS 'The organisation; empty for events about none';
COMMENT ON COLUMN webhook_stream.webhook_id IS 'Where to';
COMMENT ON COLUMN webhook_stream.is_open IS 'Something waits, and the webhook is not disabled';
COMMENT ON COLUMN webhook_stream.not_before IS 'When the first that waits may be sent';
COMMENT ON COLUMN webhook_stream.lease IS 'Of the process that is sending it just now';
COMMENT ON COLUMN webhook_stream.lease_until IS 'When another process may';
CREATE INDEX webhook_stream_open ON webhook_stream (not_before) WHERE is_open;
CREATE INDEX webhook_stream_webhook ON webhook_stream (webhook_id);

REVOKE ALL ON webhook, webhook_secret, event, webhook_delivery, webhook_stream FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook, webhook_secret, webhook_delivery, webhook_stream TO zcd_app;
GRANT SELECT, INSERT, DELETE ON event TO zcd_app;
