-- One row for each destination of a report that was handed over.
CREATE TABLE delivery (
    delivery_id TEXT PRIMARY KEY,  -- UUID
    report_id   TEXT NOT NULL,
    uri         TEXT NOT NULL,     -- of the rua set
    host        TEXT NOT NULL,     -- that is visited; empty: the URI is refused
    state       INTEGER NOT NULL,  -- model/delivery_states.def
    reason      TEXT NOT NULL DEFAULT '',
    queued_at   INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,  -- next attempt; of one that is claimed: when
                                   -- another worker takes it
    worker      TEXT NOT NULL DEFAULT '',  -- UUID of the claim
    attempts    INTEGER NOT NULL DEFAULT 0,
    forgiven    INTEGER NOT NULL DEFAULT 0,  -- attempts that were broken off, or
                                             -- from before a retry by hand
    first_at    INTEGER,           -- attempt; retries end 24 hours later
    done_at     INTEGER,           -- NULL: there is something to do
    UNIQUE (report_id, uri)
) STRICT;

CREATE INDEX delivery_due ON delivery (due_at) WHERE done_at IS NULL;
CREATE INDEX delivery_queued ON delivery (queued_at, delivery_id);

CREATE TABLE delivery_attempt (
    delivery_id TEXT NOT NULL,
    attempt     INTEGER NOT NULL,  -- from 1
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER,           -- NULL: nobody knows how it ended
    transport   TEXT NOT NULL DEFAULT '',
    peer        TEXT NOT NULL DEFAULT '',
    tls         TEXT NOT NULL DEFAULT '',  -- 'verified', 'unverified'
    status      INTEGER NOT NULL DEFAULT 0,  -- HTTP status or SMTP reply code
    answer      TEXT NOT NULL DEFAULT '',  -- the peer's first bytes, or why not
    PRIMARY KEY (delivery_id, attempt)
) STRICT, WITHOUT ROWID;
