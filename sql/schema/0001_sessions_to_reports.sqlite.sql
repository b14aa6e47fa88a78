-- Where a collector's journal has been committed up to, RFC 8460 aside.
CREATE TABLE collector (
    collector     TEXT PRIMARY KEY,  -- UUID
    host          TEXT NOT NULL,
    journal       TEXT NOT NULL,     -- UUID: a journal made anew has another
    segment       INTEGER NOT NULL,
    position      INTEGER NOT NULL,  -- bytes into the segment
    watermark     INTEGER NOT NULL,  -- everything received before is here
    registered_at INTEGER NOT NULL,
    seen_at       INTEGER NOT NULL,
    forgotten     INTEGER NOT NULL DEFAULT 0  -- 1: no day waits for it
) STRICT, WITHOUT ROWID;

-- UTC days that have sessions.
CREATE TABLE day (
    day       INTEGER PRIMARY KEY,
    closed_at INTEGER,            -- NULL: still open
    closed_by TEXT NOT NULL DEFAULT '',  -- 'watermark', 'grace', 'operator'
    missing   TEXT NOT NULL DEFAULT '',  -- collectors that were not waited for
    due       INTEGER NOT NULL DEFAULT 0 -- >0: reports are to be built; each
                                         -- change of the tallies adds one
) STRICT;

CREATE TABLE collector_count (
    day       INTEGER NOT NULL,
    collector TEXT NOT NULL,
    counter   TEXT NOT NULL,      -- model/counters.def
    n         INTEGER NOT NULL,
    PRIMARY KEY (day, collector, counter)
) STRICT, WITHOUT ROWID;

-- domain is the TLSRPT domain; an empty one stands for the domains past the
-- ceiling. part 0 is the day's report, 1 and up are what came after it had been
-- handed over.
CREATE TABLE tally_record (
    day        INTEGER NOT NULL,
    domain     TEXT NOT NULL,
    record_key BLOB NOT NULL,
    part       INTEGER NOT NULL,
    record     TEXT NOT NULL,     -- a TXT record with this rua set
    rua        TEXT NOT NULL,     -- one URI a line; empty: nobody to report to
    PRIMARY KEY (day, domain, record_key, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE tally_policy (
    day           INTEGER NOT NULL,
    domain        TEXT NOT NULL,
    record_key    BLOB NOT NULL,
    part          INTEGER NOT NULL,
    policy_key    BLOB NOT NULL,
    policy_type   INTEGER NOT NULL,  -- include/tlsrpt_policy_types.def
    policy_domain TEXT NOT NULL,
    strings       TEXT NOT NULL,     -- one a line
    mx_hosts      TEXT NOT NULL,     -- one a line
    succeeded     INTEGER NOT NULL,
    failed        INTEGER NOT NULL,
    PRIMARY KEY (day, domain, record_key, part, policy_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE tally_detail (
    day          INTEGER NOT NULL,
    domain       TEXT NOT NULL,
    record_key   BLOB NOT NULL,
    part         INTEGER NOT NULL,
    policy_key   BLOB NOT NULL,
    detail_key   BLOB NOT NULL,
    result_type  INTEGER NOT NULL,  -- include/tlsrpt_result_types.def
    sending_ip   TEXT NOT NULL,
    mx_hostname  TEXT NOT NULL,
    helo         TEXT NOT NULL,
    receiving_ip TEXT NOT NULL,
    info         TEXT NOT NULL,
    reason       TEXT NOT NULL,
    sessions     INTEGER NOT NULL,
    PRIMARY KEY (day, domain, record_key, part, policy_key, detail_key)
) STRICT, WITHOUT ROWID;

-- A report is stale when late sessions were added to what it was built from,
-- and frozen from the moment that somebody outside may have seen it.
CREATE TABLE report (
    report_id    TEXT PRIMARY KEY,
    day          INTEGER NOT NULL,
    domain       TEXT NOT NULL,
    record_key   BLOB NOT NULL,
    part         INTEGER NOT NULL,
    rua          TEXT NOT NULL,
    file_name    TEXT NOT NULL,
    body         BLOB NOT NULL,     -- gzip
    json_bytes   INTEGER NOT NULL,
    policies     INTEGER NOT NULL,
    succeeded    INTEGER NOT NULL,
    failed       INTEGER NOT NULL,
    folded       INTEGER NOT NULL,  -- details that were merged to fit
    built_at     INTEGER NOT NULL,
    stale        INTEGER NOT NULL DEFAULT 0,
    frozen_at    INTEGER,
    delivered_at INTEGER,
    UNIQUE (day, domain, record_key, part)
) STRICT;

CREATE INDEX report_undelivered ON report (day, domain)
    WHERE delivered_at IS NULL;
