-- The same tables as in SQLite, where the columns are explained.
CREATE TABLE delivery (
    delivery_id TEXT COLLATE "C" PRIMARY KEY,
    report_id   TEXT COLLATE "C" NOT NULL,
    uri         TEXT COLLATE "C" NOT NULL,
    host        TEXT COLLATE "C" NOT NULL,
    state       BIGINT NOT NULL,
    reason      TEXT COLLATE "C" NOT NULL DEFAULT '',
    queued_at   BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    worker      TEXT COLLATE "C" NOT NULL DEFAULT '',
    attempts    BIGINT NOT NULL DEFAULT 0,
    forgiven    BIGINT NOT NULL DEFAULT 0,
    first_at    BIGINT,
    done_at     BIGINT,
    UNIQUE (report_id, uri)
);

CREATE INDEX delivery_due ON delivery (due_at) WHERE done_at IS NULL;
CREATE INDEX delivery_queued ON delivery (queued_at, delivery_id);

CREATE TABLE delivery_attempt (
    delivery_id TEXT COLLATE "C" NOT NULL,
    attempt     BIGINT NOT NULL,
    started_at  BIGINT NOT NULL,
    ended_at    BIGINT,
    transport   TEXT COLLATE "C" NOT NULL DEFAULT '',
    peer        TEXT COLLATE "C" NOT NULL DEFAULT '',
    tls         TEXT COLLATE "C" NOT NULL DEFAULT '',
    status      BIGINT NOT NULL DEFAULT 0,
    answer      TEXT COLLATE "C" NOT NULL DEFAULT '',
    PRIMARY KEY (delivery_id, attempt)
);
