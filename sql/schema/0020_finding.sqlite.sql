-- What was concluded from reports of others. One that is closed stays; if the
-- same is there again, it is another one.
CREATE TABLE finding (
    finding_id  TEXT PRIMARY KEY,    -- UUID
    kind        TEXT NOT NULL,       -- insight/findings.def
    domain      TEXT NOT NULL,       -- '': of no domain
    subject     TEXT NOT NULL,       -- a reporter, host or address
    state       INTEGER NOT NULL,    -- model/finding_states.def
    severity    INTEGER NOT NULL,    -- model/finding_severities.def
    conclusion  INTEGER NOT NULL,    -- model/finding_conclusions.def
    confidence  INTEGER NOT NULL,    -- model/finding_confidences.def
    first_day   INTEGER NOT NULL,    -- of the reports that show it
    last_day    INTEGER NOT NULL,
    opened_at   INTEGER NOT NULL,
    closed_at   INTEGER,             -- NULL: it is not
    muted_until INTEGER,             -- NULL: for good, if it is muted
    reason      TEXT NOT NULL DEFAULT '',
    evidence    TEXT NOT NULL        -- JSON: an array
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX finding_current ON finding (domain, kind, subject)
    WHERE closed_at IS NULL;
CREATE INDEX finding_listed ON finding (state, last_day);
