-- What the inbox holds of each intake, and how much that is worth: what is worth
-- least goes first when there is too much.
CREATE TABLE inbox_held (
    intake_id   TEXT PRIMARY KEY,
    class       INTEGER NOT NULL,  -- model/inbox_classes.def
    received_at INTEGER NOT NULL,
    source      TEXT NOT NULL,     -- block of addresses, or domain
    raw_bytes   INTEGER NOT NULL,  -- in inbox_raw
    row_bytes   INTEGER NOT NULL,  -- of all other rows, about
    raw_gone_at INTEGER            -- NULL: they are there
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_held_worth ON inbox_held (class, received_at, intake_id);
CREATE INDEX inbox_held_raw ON inbox_held (class, received_at, intake_id)
    WHERE raw_gone_at IS NULL;

-- The same added up. Each writer has rows of its own, so that none waits for
-- another; those of one may be below zero, where it removed what others put in.
CREATE TABLE inbox_sum (
    account TEXT NOT NULL,     -- UUID of a spool, 'import', or ''
    class   INTEGER NOT NULL,
    n       INTEGER NOT NULL,  -- intakes
    bytes   INTEGER NOT NULL,
    PRIMARY KEY (account, class)
) STRICT, WITHOUT ROWID;

-- What came and went on a UTC day.
CREATE TABLE inbox_count (
    account TEXT NOT NULL,
    day     INTEGER NOT NULL,
    event   INTEGER NOT NULL,  -- model/inbox_events.def
    class   INTEGER NOT NULL,  -- 0: nobody has looked
    n       INTEGER NOT NULL,
    bytes   INTEGER NOT NULL,
    PRIMARY KEY (account, day, event, class)
) STRICT, WITHOUT ROWID;

-- Organisational domains whose reports were authenticated.
CREATE TABLE inbox_signer (
    domain   TEXT PRIMARY KEY,
    first_at INTEGER NOT NULL,
    last_at  INTEGER NOT NULL  -- to the day, about
) STRICT, WITHOUT ROWID;

-- What there is already.
INSERT INTO inbox_held (intake_id, class, received_at, source, raw_bytes,
    row_bytes)
SELECT i.intake_id,
    MIN(CASE WHEN i.state IN (3, 5, 6) THEN 4
        WHEN i.state IN (2, 7) THEN 3
        WHEN i.verdict = 1 THEN 1
        WHEN i.verdict = 3 THEN 2
        ELSE 3 END),
    MIN(i.received_at), '',
    COALESCE((SELECT LENGTH(r.raw) FROM inbox_raw r
        WHERE r.intake_id = i.intake_id), 0),
    400 + 700 * COUNT(*) + 400 * SUM(i.policies)
FROM inbox i
GROUP BY i.intake_id;

INSERT INTO inbox_sum (account, class, n, bytes)
SELECT '', class, COUNT(*), SUM(raw_bytes + row_bytes)
FROM inbox_held
GROUP BY class;

INSERT INTO inbox_count (account, day, event, class, n, bytes)
SELECT '', received_at / 86400, 1, class, COUNT(*), SUM(raw_bytes + row_bytes)
FROM inbox_held
GROUP BY received_at / 86400, class;
