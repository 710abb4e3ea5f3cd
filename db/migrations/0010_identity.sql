-- Who may call: users, and the tokens that they show.

CREATE TABLE service_user (
    id          text        NOT NULL PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    roles       text[]      NOT NULL CHECK (cardinality(roles) > 0),
    lender      text        CHECK (octet_length(lender) BETWEEN 1 AND 128),
    uscc        text        CHECK (length(uscc) = 18),
    created_at  timestamptz NOT NULL DEFAULT now(),
    disabled_at timestamptz,
    CHECK (num_nonnulls(lender, uscc) <= 1)
);
COMMENT ON TABLE service_user IS 'Everybody whom the service knows; a person or another system';
COMMENT ON COLUMN service_user.id IS 'Names the user for ever, in records too: no personal data';
COMMENT ON COLUMN service_user.roles IS 'Names from api/identity/caller_roles.def';
COMMENT ON COLUMN service_user.lender IS 'The lender that the user belongs to; NULL for directors and the authority';
COMMENT ON COLUMN service_user.uscc IS 'The organisation that a director acts for; NULL for all others';
COMMENT ON COLUMN service_user.created_at IS 'When it was added';
COMMENT ON COLUMN service_user.disabled_at IS 'Since when none of its credentials is taken; NULL: they are';

CREATE TABLE access_token (
    sha256     bytea       NOT NULL PRIMARY KEY CHECK (octet_length(sha256) = 32),
    user_id    text        NOT NULL REFERENCES service_user (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_on    date,
    revoked_at timestamptz
);
COMMENT ON TABLE access_token IS 'Bearer tokens (RFC 6750), of which only the digest is kept: 256 random bits need no salt';
COMMENT ON COLUMN access_token.sha256 IS 'SHA-256 of the token; its first 16 hexadecimal digits are the token''s id';
COMMENT ON COLUMN access_token.user_id IS 'Whose it is';
COMMENT ON COLUMN access_token.created_at IS 'When it was made';
COMMENT ON COLUMN access_token.expires_at IS 'From when on it is not taken any more';
COMMENT ON COLUMN access_token.used_on IS 'The last civil day in Shanghai on which it was shown; NULL: never';
COMMENT ON COLUMN access_token.revoked_at IS 'Since when it is not taken; NULL: not revoked';

REVOKE ALL ON service_user, access_token FROM PUBLIC;
GRANT SELECT, INSERT ON service_user, access_token TO zcd_app;
GRANT UPDATE (roles, disabled_at) ON service_user TO zcd_app;
GRANT UPDATE (used_on, revoked_at) ON access_token TO zcd_app;

-- Whose record it is: lenders see their own.
ALTER TABLE log_record ADD COLUMN lender text;
COMMENT ON COLUMN log_record.lender IS 'The lender in the leaf; NULL for what the service did itself';
UPDATE log_record r SET lender = convert_from(l.leaf, 'UTF8')::jsonb #>> '{actor,lender}' FROM log_leaf l WHERE l.index = r.index;
CREATE INDEX log_record_lender ON log_record (lender, index) WHERE lender IS NOT NULL;
