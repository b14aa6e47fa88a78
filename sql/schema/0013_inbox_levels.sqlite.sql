-- Roll-ups of the inbox, written in the transaction of the rows that they sum:
-- pages read them first. Levels are those of model/levels.def.

-- 0: levels of its policies, and rows in inbox_level, are yet to be made.
ALTER TABLE inbox ADD COLUMN has_levels INTEGER NOT NULL DEFAULT 0;
CREATE INDEX inbox_unlevelled ON inbox (intake_id, part) WHERE has_levels = 0;
CREATE INDEX inbox_named ON inbox (report_id);

-- What the sessions under it are that succeeded, and that failed; 0: see above.
ALTER TABLE inbox_policy ADD COLUMN succeeded_level INTEGER NOT NULL DEFAULT 0;
ALTER TABLE inbox_policy ADD COLUMN failed_level INTEGER NOT NULL DEFAULT 0;

-- A report and a domain that it is about; '' if it is about none of ours.
CREATE TABLE inbox_level (
    day            INTEGER NOT NULL,
    domain         TEXT NOT NULL,
    intake_id      TEXT NOT NULL,
    part           INTEGER NOT NULL,
    state          INTEGER NOT NULL,  -- as in inbox
    verdict        INTEGER NOT NULL,
    reporter       TEXT NOT NULL,     -- submitter, or else organization
    received_at    INTEGER NOT NULL,
    authenticated  INTEGER NOT NULL,  -- sessions
    testing        INTEGER NOT NULL,
    encrypted      INTEGER NOT NULL,
    cleartext      INTEGER NOT NULL,
    not_sent       INTEGER NOT NULL,
    told           INTEGER NOT NULL,  -- 0: it tells no counts
    worst_type     INTEGER NOT NULL,  -- result type of most failures; 0: none
    worst_sessions INTEGER NOT NULL,
    PRIMARY KEY (day, domain, intake_id, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_level_of ON inbox_level (intake_id, part);
CREATE INDEX inbox_level_domain
    ON inbox_level (domain, day, reporter, verdict, state);
CREATE INDEX inbox_level_reporter ON inbox_level (reporter, day);
CREATE INDEX inbox_level_listed ON inbox_level (day, intake_id, part);

-- The same, added up for a day.
CREATE TABLE inbox_day (
    day           INTEGER NOT NULL,
    domain        TEXT NOT NULL,
    state         INTEGER NOT NULL,
    verdict       INTEGER NOT NULL,
    reports       INTEGER NOT NULL,
    reporters     INTEGER NOT NULL,
    received_at   INTEGER NOT NULL,  -- of the last
    authenticated INTEGER NOT NULL,
    testing       INTEGER NOT NULL,
    encrypted     INTEGER NOT NULL,
    cleartext     INTEGER NOT NULL,
    not_sent      INTEGER NOT NULL,
    told          INTEGER NOT NULL,  -- reports
    worst_type    INTEGER NOT NULL,
    PRIMARY KEY (day, domain, state, verdict)
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_day_domain ON inbox_day (domain, day);

-- And for a reporter's day, over all domains of ours.
CREATE TABLE inbox_reporter (
    day         INTEGER NOT NULL,
    reporter    TEXT NOT NULL,
    state       INTEGER NOT NULL,
    verdict     INTEGER NOT NULL,
    reports     INTEGER NOT NULL,
    received_at INTEGER NOT NULL,  -- of the last
    sessions    INTEGER NOT NULL,
    failures    INTEGER NOT NULL,
    PRIMARY KEY (day, reporter, state, verdict)
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_reporter_name ON inbox_reporter (reporter, day);
