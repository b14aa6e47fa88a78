-- The same tables as in SQLite, where the columns are explained.
ALTER TABLE delivery ADD COLUMN to_sign BIGINT NOT NULL DEFAULT 0;

DROP INDEX delivery_due;
CREATE INDEX delivery_due ON delivery (due_at)
    WHERE done_at IS NULL AND to_sign = 0;
CREATE INDEX delivery_to_sign ON delivery (queued_at, delivery_id)
    WHERE to_sign = 1;
CREATE INDEX delivery_done ON delivery (host, done_at)
    WHERE done_at IS NOT NULL;

CREATE TABLE delivery_mail (
    delivery_id TEXT COLLATE "C" PRIMARY KEY,
    message     BYTEA NOT NULL,
    keys        TEXT COLLATE "C" NOT NULL,
    signed_at   BIGINT NOT NULL
);

CREATE TABLE suppression (
    kind     TEXT COLLATE "C" NOT NULL,
    value    TEXT COLLATE "C" NOT NULL,
    reason   TEXT COLLATE "C" NOT NULL,
    added_at BIGINT NOT NULL,
    until    BIGINT,
    PRIMARY KEY (kind, value)
);

CREATE TABLE bounce (
    uri      TEXT COLLATE "C" PRIMARY KEY,
    bounces  BIGINT NOT NULL,
    first_at BIGINT NOT NULL
);

CREATE TABLE rua_seen (
    domain   TEXT COLLATE "C" NOT NULL,
    uri      TEXT COLLATE "C" NOT NULL,
    first_at BIGINT NOT NULL,
    last_at  BIGINT NOT NULL,
    dnssec   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (domain, uri)
);

CREATE TABLE visit (
    target TEXT COLLATE "C" NOT NULL,
    hour   BIGINT NOT NULL,
    n      BIGINT NOT NULL,
    PRIMARY KEY (target, hour)
);
CREATE INDEX visit_hour ON visit (hour);
