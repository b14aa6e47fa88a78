-- As in SQLite, where it is explained.
CREATE TABLE finding (
    finding_id  TEXT COLLATE "C" PRIMARY KEY,
    kind        TEXT COLLATE "C" NOT NULL,
    domain      TEXT COLLATE "C" NOT NULL,
    subject     TEXT COLLATE "C" NOT NULL,
    state       BIGINT NOT NULL,
    severity    BIGINT NOT NULL,
    conclusion  BIGINT NOT NULL,
    confidence  BIGINT NOT NULL,
    first_day   BIGINT NOT NULL,
    last_day    BIGINT NOT NULL,
    opened_at   BIGINT NOT NULL,
    closed_at   BIGINT,
    muted_until BIGINT,
    reason      TEXT COLLATE "C" NOT NULL DEFAULT '',
    evidence    TEXT COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX finding_current ON finding (domain, kind, subject)
    WHERE closed_at IS NULL;
CREATE INDEX finding_listed ON finding (state, last_day);
