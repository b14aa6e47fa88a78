-- The same as in SQLite, where it is explained.
CREATE TABLE inbox_week (
    week          BIGINT NOT NULL,
    domain        TEXT COLLATE "C" NOT NULL,
    state         BIGINT NOT NULL,
    verdict       BIGINT NOT NULL,
    reports       BIGINT NOT NULL,
    received_at   BIGINT NOT NULL,
    authenticated BIGINT NOT NULL,
    testing       BIGINT NOT NULL,
    encrypted     BIGINT NOT NULL,
    cleartext     BIGINT NOT NULL,
    not_sent      BIGINT NOT NULL,
    told          BIGINT NOT NULL,
    PRIMARY KEY (domain, week, state, verdict)
);
CREATE INDEX inbox_week_week ON inbox_week (week);

INSERT INTO inbox_week (week, domain, state, verdict, reports, received_at,
    authenticated, testing, encrypted, cleartext, not_sent, told)
SELECT day - (day + 3) % 7, domain, state, verdict, SUM(reports),
    MAX(received_at), SUM(authenticated), SUM(testing), SUM(encrypted),
    SUM(cleartext), SUM(not_sent), SUM(told)
FROM inbox_day
GROUP BY 1, 2, 3, 4;

-- So that the first view does not wait for autovacuum to look at it.
ANALYZE inbox_week;
