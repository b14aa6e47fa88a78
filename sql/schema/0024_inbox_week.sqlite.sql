-- The days of inbox_day added up by weeks, named by their Monday: what a view of
-- all domains reads for the weeks that are whole in its range.
CREATE TABLE inbox_week (
    week          INTEGER NOT NULL,
    domain        TEXT NOT NULL,
    state         INTEGER NOT NULL,
    verdict       INTEGER NOT NULL,
    reports       INTEGER NOT NULL,
    received_at   INTEGER NOT NULL,  -- of the last
    authenticated INTEGER NOT NULL,
    testing       INTEGER NOT NULL,
    encrypted     INTEGER NOT NULL,
    cleartext     INTEGER NOT NULL,
    not_sent      INTEGER NOT NULL,
    told          INTEGER NOT NULL,  -- reports
    PRIMARY KEY (week, domain, state, verdict)
) STRICT, WITHOUT ROWID;

INSERT INTO inbox_week (week, domain, state, verdict, reports, received_at,
    authenticated, testing, encrypted, cleartext, not_sent, told)
SELECT day - (day + 3) % 7, domain, state, verdict, SUM(reports),
    MAX(received_at), SUM(authenticated), SUM(testing), SUM(encrypted),
    SUM(cleartext), SUM(not_sent), SUM(told)
FROM inbox_day
GROUP BY 1, 2, 3, 4;
