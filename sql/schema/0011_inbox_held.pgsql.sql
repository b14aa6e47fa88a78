-- The same tables as in SQLite, where the columns are explained. What rows are
-- spread by comes first: the intake, or whose account it is.
CREATE TABLE inbox_held (
    intake_id   TEXT COLLATE "C" PRIMARY KEY,
    class       BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    source      TEXT COLLATE "C" NOT NULL,
    raw_bytes   BIGINT NOT NULL,
    row_bytes   BIGINT NOT NULL,
    raw_gone_at BIGINT
);
CREATE INDEX inbox_held_worth ON inbox_held (class, received_at, intake_id);
CREATE INDEX inbox_held_raw ON inbox_held (class, received_at, intake_id)
    WHERE raw_gone_at IS NULL;

CREATE TABLE inbox_sum (
    account TEXT COLLATE "C" NOT NULL,
    class   BIGINT NOT NULL,
    n       BIGINT NOT NULL,
    bytes   BIGINT NOT NULL,
    PRIMARY KEY (account, class)
);

CREATE TABLE inbox_count (
    account TEXT COLLATE "C" NOT NULL,
    day     BIGINT NOT NULL,
    event   BIGINT NOT NULL,
    class   BIGINT NOT NULL,
    n       BIGINT NOT NULL,
    bytes   BIGINT NOT NULL,
    PRIMARY KEY (account, day, event, class)
);

CREATE TABLE inbox_signer (
    domain   TEXT COLLATE "C" PRIMARY KEY,
    first_at BIGINT NOT NULL,
    last_at  BIGINT NOT NULL
);

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
    400 + 700 * COUNT(*) + 400 * CAST(SUM(i.policies) AS BIGINT)
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
