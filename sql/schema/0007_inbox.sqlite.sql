-- What others reported, and about whom it may be.
CREATE TABLE owned_domain (
    domain   TEXT PRIMARY KEY,          -- or MX host; A-labels, lower case
    token    TEXT NOT NULL DEFAULT '',  -- of the rua's path or subaddress
    added_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row for each report that was found in what was received, or for what was
-- received if none was.
CREATE TABLE inbox (
    intake_id    TEXT NOT NULL,     -- UUID
    part         INTEGER NOT NULL,  -- from 0
    received_at  INTEGER NOT NULL,
    way          TEXT NOT NULL,     -- 'https', 'lmtp', 'file', 'imap'
    peer         TEXT NOT NULL,
    route        TEXT NOT NULL,     -- token
    sender       TEXT NOT NULL,
    recipient    TEXT NOT NULL,
    state        INTEGER NOT NULL,  -- model/inbox_states.def
    reason       TEXT NOT NULL,
    verdict      INTEGER NOT NULL,  -- model/trust_verdicts.def
    trust        TEXT NOT NULL,     -- why, one a line
    submitter    TEXT NOT NULL,
    organization TEXT NOT NULL,
    contact      TEXT NOT NULL,
    report_id    TEXT NOT NULL,
    start_at     INTEGER,
    end_at       INTEGER,
    policies     INTEGER NOT NULL,
    succeeded    INTEGER NOT NULL,
    failed       INTEGER NOT NULL,
    notes        TEXT NOT NULL,     -- codec/report_notes.def, one a line
    identity_key BLOB NOT NULL,     -- of submitter, report-id, range, policies
    content_key  BLOB NOT NULL,     -- of all its JSON
    like_id      TEXT NOT NULL DEFAULT '',  -- intake with the same identity
    PRIMARY KEY (intake_id, part)
) STRICT, WITHOUT ROWID;

CREATE INDEX inbox_received ON inbox (received_at, intake_id, part);
CREATE INDEX inbox_identity ON inbox (identity_key);

CREATE TABLE inbox_raw (
    intake_id TEXT PRIMARY KEY,
    raw       BLOB NOT NULL,     -- as received, gzip
    raw_bytes INTEGER NOT NULL   -- before that
) STRICT, WITHOUT ROWID;

-- domain is the owned one, '' if there is none: kept, and not counted.
CREATE TABLE inbox_policy (
    day           INTEGER NOT NULL,
    domain        TEXT NOT NULL,
    intake_id     TEXT NOT NULL,
    part          INTEGER NOT NULL,
    policy        INTEGER NOT NULL,  -- from 0
    policy_type   INTEGER NOT NULL,  -- include/tlsrpt_policy_types.def
    unknown_type  TEXT NOT NULL,     -- another one, as it was told
    policy_domain TEXT NOT NULL,
    strings       TEXT NOT NULL,     -- one a line
    mx_hosts      TEXT NOT NULL,     -- one a line
    succeeded     INTEGER NOT NULL,
    failed        INTEGER NOT NULL,
    PRIMARY KEY (day, domain, intake_id, part, policy)
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_policy_of ON inbox_policy (intake_id, part, policy);

CREATE TABLE inbox_detail (
    day          INTEGER NOT NULL,
    domain       TEXT NOT NULL,
    intake_id    TEXT NOT NULL,
    part         INTEGER NOT NULL,
    policy       INTEGER NOT NULL,
    detail       INTEGER NOT NULL,  -- from 0
    result_type  INTEGER NOT NULL,  -- include/tlsrpt_result_types.def
    unknown_type TEXT NOT NULL,     -- another one, as it was told
    sending_ip   TEXT NOT NULL,
    mx_hostname  TEXT NOT NULL,
    helo         TEXT NOT NULL,
    receiving_ip TEXT NOT NULL,
    info         TEXT NOT NULL,
    reason       TEXT NOT NULL,
    sessions     INTEGER,           -- NULL: not told
    PRIMARY KEY (day, domain, intake_id, part, policy, detail)
) STRICT, WITHOUT ROWID;

-- How far the spool of an intake has been read.
CREATE TABLE intake_place (
    spool    TEXT PRIMARY KEY,  -- UUID
    segment  INTEGER NOT NULL,
    position INTEGER NOT NULL   -- bytes
) STRICT, WITHOUT ROWID;
