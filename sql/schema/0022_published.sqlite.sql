-- What domains of ours publish, by date: a row for each value, from the first
-- look that saw it to the last one. A look that fails leaves it as it is.
CREATE TABLE published (
    domain   TEXT NOT NULL,
    kind     INTEGER NOT NULL,  -- model/published.def
    subject  TEXT NOT NULL,     -- an MX host; '': the domain itself
    first_at INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    value    TEXT NOT NULL,     -- lines; '': there is none
    dnssec   TEXT NOT NULL,     -- '': not by DNS
    PRIMARY KEY (domain, kind, subject, first_at)
) STRICT, WITHOUT ROWID;

-- When each domain of ours is looked at next; no row: now.
CREATE TABLE watched (
    domain       TEXT PRIMARY KEY,
    due_at       INTEGER NOT NULL,
    looked_at    INTEGER NOT NULL DEFAULT 0,  -- 0: never
    not_measured TEXT NOT NULL DEFAULT ''     -- then: a line for each thing
) STRICT, WITHOUT ROWID;
