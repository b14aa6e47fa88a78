-- Reports by mail, and whom the operator or a dead mailbox keeps from getting
-- any.
ALTER TABLE delivery ADD COLUMN
    to_sign INTEGER NOT NULL DEFAULT 0;  -- 1: its mail is to be made first

DROP INDEX delivery_due;
CREATE INDEX delivery_due ON delivery (due_at)
    WHERE done_at IS NULL AND to_sign = 0;
CREATE INDEX delivery_to_sign ON delivery (queued_at, delivery_id)
    WHERE to_sign = 1;
-- Our own mails to a domain are no news about it.
CREATE INDEX delivery_done ON delivery (host, done_at)
    WHERE done_at IS NOT NULL;

-- Until it is handed over, or for good if it is not to be sent (shadow).
CREATE TABLE delivery_mail (
    delivery_id TEXT PRIMARY KEY,
    message     BLOB NOT NULL,   -- signed, lines end with CRLF
    keys        TEXT NOT NULL,   -- a line each: domain name of the key's
                                 -- record, blank, what it has to say
    signed_at   INTEGER NOT NULL
) STRICT;

-- Nothing is sent there.
CREATE TABLE suppression (
    kind     TEXT NOT NULL,     -- 'rua', 'host', 'domain'
    value    TEXT NOT NULL,     -- as in delivery.uri, .host, report.domain
    reason   TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    until    INTEGER,           -- NULL: for good
    PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;

-- Mails that came back for good, since the first of them within a while.
CREATE TABLE bounce (
    uri      TEXT PRIMARY KEY,
    bounces  INTEGER NOT NULL,
    first_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What we saw in DNS ourselves; the record of a report is the MTA's word.
CREATE TABLE rua_seen (
    domain   TEXT NOT NULL,
    uri      TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    dnssec   TEXT NOT NULL,     -- 'secure', 'insecure', 'unknown'
    PRIMARY KEY (domain, uri)
) STRICT, WITHOUT ROWID;

-- Attempts an hour, for the hourly ceilings.
CREATE TABLE visit (
    target TEXT NOT NULL,       -- delivery.host, or delivery.uri of a mailbox
    hour   INTEGER NOT NULL,    -- since 1970
    n      INTEGER NOT NULL,
    PRIMARY KEY (target, hour)
) STRICT, WITHOUT ROWID;
CREATE INDEX visit_hour ON visit (hour);
