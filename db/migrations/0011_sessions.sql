-- How users show who they are besides tokens, how their roles change, and whom organisations let see their facts.

CREATE TABLE user_subject (
    kind       text        NOT NULL CHECK (kind IN ('oidc', 'certificate')),
    subject    text        NOT NULL CHECK (octet_length(subject) BETWEEN 1 AND 1024),
    user_id    text        NOT NULL REFERENCES service_user (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kind, subject)
);
COMMENT ON TABLE user_subject IS 'Whom others vouch for: the subject of an OpenID issuer''s tokens or of a client certificate, and which user that is';
COMMENT ON COLUMN user_subject.kind IS 'oidc: claim sub of the issuer; certificate: subject as in RFC 4514';
COMMENT ON COLUMN user_subject.subject IS 'Byte for byte';
COMMENT ON COLUMN user_subject.user_id IS 'Who it is';
COMMENT ON COLUMN user_subject.created_at IS 'When it was bound';

CREATE TABLE user_password (
    user_id    text        NOT NULL PRIMARY KEY REFERENCES service_user (id),
    hash       text        NOT NULL CHECK (hash LIKE '$scrypt$%'),
    changed_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE user_password IS 'Passwords for the console; users without one use tokens, an OpenID issuer or certificates';
COMMENT ON COLUMN user_password.user_id IS 'Whose it is';
COMMENT ON COLUMN user_password.hash IS 'scrypt with its cost and a salt of its own (api/identity/password.h)';
COMMENT ON COLUMN user_password.changed_at IS 'When it was set';

CREATE TABLE login_failure (
    name_sha256 bytea       NOT NULL CHECK (octet_length(name_sha256) = 32),
    at          timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE login_failure IS 'Logins that failed in the last quarter of an hour, or are being tried: after so many a name has to wait';
COMMENT ON COLUMN login_failure.name_sha256 IS 'SHA-256 of the name given, whether there is such a user or not';
COMMENT ON COLUMN login_failure.at IS 'When';
CREATE INDEX login_failure_at ON login_failure (at);
CREATE INDEX login_failure_name ON login_failure (name_sha256, at);

CREATE TABLE user_session (
    sha256     bytea       NOT NULL PRIMARY KEY CHECK (octet_length(sha256) = 32),
    user_id    text        NOT NULL REFERENCES service_user (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz
);
COMMENT ON TABLE user_session IS 'Sessions of the console: 256 random bits in a cookie, of which only the digest is kept';
COMMENT ON COLUMN user_session.sha256 IS 'SHA-256 of the cookie''s value';
COMMENT ON COLUMN user_session.user_id IS 'Who logged in';
COMMENT ON COLUMN user_session.created_at IS 'When';
COMMENT ON COLUMN user_session.expires_at IS 'From when on it is not taken any more';
COMMENT ON COLUMN user_session.ended_at IS 'Since when it is not taken, by logging out or by another password; NULL: not ended';
CREATE INDEX user_session_user ON user_session (user_id) WHERE ended_at IS NULL;

CREATE TABLE role_change (
    id          text        NOT NULL PRIMARY KEY CHECK (id ~ '^rc_[0-9a-f]{32}$'),
    lender      text        NOT NULL CHECK (octet_length(lender) BETWEEN 1 AND 128),
    user_id     text        NOT NULL CHECK (user_id ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    roles       text[]      NOT NULL CHECK (cardinality(roles) > 0),
    proposed_by text        NOT NULL REFERENCES service_user (id),
    proposed_at timestamptz NOT NULL DEFAULT now(),
    decided_by  text        REFERENCES service_user (id),
    decided_at  timestamptz,
    outcome     text        CHECK (outcome IN ('approved', 'refused')),
    CHECK (num_nonnulls(decided_by, decided_at, outcome) IN (0, 3)),
    CHECK (outcome <> 'approved' OR decided_by <> proposed_by)
);
COMMENT ON TABLE role_change IS 'Roles that one administrator of a lender proposes for a user, new or not, and another one decides on';
COMMENT ON COLUMN role_change.id IS 'Random';
COMMENT ON COLUMN role_change.lender IS 'Of both administrators and of the user';
COMMENT ON COLUMN role_change.user_id IS 'Whose roles; the user need not exist before';
COMMENT ON COLUMN role_change.roles IS 'All that the user shall have';
COMMENT ON COLUMN role_change.proposed_by IS 'The first administrator';
COMMENT ON COLUMN role_change.proposed_at IS 'When';
COMMENT ON COLUMN role_change.decided_by IS 'The second administrator; the first one may refuse, but not approve; NULL: nobody yet';
COMMENT ON COLUMN role_change.decided_at IS 'When';
COMMENT ON COLUMN role_change.outcome IS 'approved: in force, with a record role_changed; refused: not';
CREATE UNIQUE INDEX role_change_open ON role_change (user_id) WHERE outcome IS NULL;

CREATE TABLE authorisation (
    uscc         text   NOT NULL CHECK (length(uscc) = 18),
    id           text   NOT NULL CHECK (id ~ '^au_[0-9A-Z]{18}_[0-9a-f]{32}$'),
    log_index    bigint NOT NULL,
    granted_to   text   NOT NULL CHECK (granted_to ~ '^(lender/.+|round/.+|organiser)$'),
    purpose      text   NOT NULL,
    scope        text[] NOT NULL CHECK (cardinality(scope) > 0),
    expires_on   date,
    granted_by   text   NOT NULL,
    withdrawn_index bigint,
    PRIMARY KEY (uscc, id)
);
COMMENT ON TABLE authorisation IS 'Whom an organisation lets see its facts, made in the transaction of the leaf that says so';
COMMENT ON COLUMN authorisation.uscc IS 'The organisation';
COMMENT ON COLUMN authorisation.id IS 'From the organisation and the nonce of the record';
COMMENT ON COLUMN authorisation.log_index IS 'The record that gave it';
COMMENT ON COLUMN authorisation.granted_to IS 'lender/NAME, round/ID of a matching round, or organiser';
COMMENT ON COLUMN authorisation.purpose IS 'Name from api/identity/authorisation_codes.def';
COMMENT ON COLUMN authorisation.scope IS 'What may be seen: names from the same file';
COMMENT ON COLUMN authorisation.expires_on IS 'The last day on which it holds; NULL: until withdrawn';
COMMENT ON COLUMN authorisation.granted_by IS 'The director who gave it';
COMMENT ON COLUMN authorisation.withdrawn_index IS 'The record that withdrew it; NULL: not withdrawn';
CREATE UNIQUE INDEX authorisation_log_index ON authorisation (log_index);
CREATE INDEX authorisation_granted_to ON authorisation (granted_to, log_index);

REVOKE ALL ON user_subject, user_password, login_failure, user_session, role_change, authorisation FROM PUBLIC;
GRANT SELECT, INSERT, DELETE ON user_subject, login_failure TO zcd_app;
GRANT SELECT, INSERT ON user_password, user_session, role_change, authorisation TO zcd_app;
GRANT UPDATE (hash, changed_at) ON user_password TO zcd_app;
GRANT UPDATE (ended_at) ON user_session TO zcd_app;
GRANT UPDATE (decided_by, decided_at, outcome) ON role_change TO zcd_app;
GRANT UPDATE (withdrawn_index) ON authorisation TO zcd_app;
