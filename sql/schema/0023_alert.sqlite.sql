-- Who is told of findings. A way is as alert.routes names it; who works on one
-- has it for a time, and nobody else does meanwhile.
CREATE TABLE alert_way (
    way         TEXT PRIMARY KEY,
    worker      TEXT NOT NULL DEFAULT '',  -- UUID
    worked_until INTEGER NOT NULL DEFAULT 0,
    due_at      INTEGER NOT NULL DEFAULT 0, -- not before, after a failure
    failures    INTEGER NOT NULL DEFAULT 0, -- in a row
    message_id  TEXT NOT NULL DEFAULT '',  -- UUID, while it may be under way
    left_out    INTEGER NOT NULL DEFAULT 0, -- past the ceiling, not told yet
    message_left_out INTEGER NOT NULL DEFAULT 0, -- that the message tells of
    tried_at    INTEGER,                   -- NULL: never
    answer      TEXT NOT NULL DEFAULT ''   -- what came of it
) STRICT, WITHOUT ROWID;

-- What was said last, or is to be, of what is found: a finding that comes again
-- is the same here.
CREATE TABLE alert_said (
    way         TEXT NOT NULL,
    domain      TEXT NOT NULL,
    kind        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    finding_id  TEXT NOT NULL,
    severity    INTEGER NOT NULL,
    conclusion  INTEGER NOT NULL,
    is_closed   INTEGER NOT NULL,
    is_silent   INTEGER NOT NULL,          -- acknowledged or muted since
    said_at     INTEGER NOT NULL,
    PRIMARY KEY (way, domain, kind, subject)
) STRICT, WITHOUT ROWID;

-- A finding as it was when something was to be said of it.
CREATE TABLE alert (
    alert_id    TEXT PRIMARY KEY,          -- UUID
    way         TEXT NOT NULL,
    event       INTEGER NOT NULL,          -- model/alert_events.def
    state       INTEGER NOT NULL,          -- model/alert_states.def
    message_id  TEXT NOT NULL DEFAULT '',
    made_at     INTEGER NOT NULL,
    done_at     INTEGER,
    finding_id  TEXT NOT NULL,
    kind        TEXT NOT NULL,
    domain      TEXT NOT NULL,
    subject     TEXT NOT NULL,
    severity    INTEGER NOT NULL,
    conclusion  INTEGER NOT NULL,
    confidence  INTEGER NOT NULL,
    first_day   INTEGER NOT NULL,
    last_day    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_waiting ON alert (way, alert_id) WHERE state = 1;
CREATE INDEX alert_made ON alert (made_at);
