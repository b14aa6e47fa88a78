-- The same tables as in SQLite, where the columns are explained.
CREATE TABLE published (
    domain   TEXT COLLATE "C" NOT NULL,
    kind     BIGINT NOT NULL,
    subject  TEXT COLLATE "C" NOT NULL,
    first_at BIGINT NOT NULL,
    last_at  BIGINT NOT NULL,
    value    TEXT COLLATE "C" NOT NULL,
    dnssec   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (domain, kind, subject, first_at)
);

CREATE TABLE watched (
    domain       TEXT COLLATE "C" PRIMARY KEY,
    due_at       BIGINT NOT NULL,
    looked_at    BIGINT NOT NULL DEFAULT 0,
    not_measured TEXT COLLATE "C" NOT NULL DEFAULT ''
);
