-- The same as in SQLite, where it is explained. What rows are spread by comes
-- first: the domain, or who reports.
ALTER TABLE inbox ADD COLUMN has_levels BIGINT NOT NULL DEFAULT 0;
CREATE INDEX inbox_unlevelled ON inbox (intake_id, part) WHERE has_levels = 0;
CREATE INDEX inbox_named ON inbox (report_id);

ALTER TABLE inbox_policy ADD COLUMN succeeded_level BIGINT NOT NULL DEFAULT 0;
ALTER TABLE inbox_policy ADD COLUMN failed_level BIGINT NOT NULL DEFAULT 0;

CREATE TABLE inbox_level (
    day            BIGINT NOT NULL,
    domain         TEXT COLLATE "C" NOT NULL,
    intake_id      TEXT COLLATE "C" NOT NULL,
    part           BIGINT NOT NULL,
    state          BIGINT NOT NULL,
    verdict        BIGINT NOT NULL,
    reporter       TEXT COLLATE "C" NOT NULL,
    received_at    BIGINT NOT NULL,
    authenticated  BIGINT NOT NULL,
    testing        BIGINT NOT NULL,
    encrypted      BIGINT NOT NULL,
    cleartext      BIGINT NOT NULL,
    not_sent       BIGINT NOT NULL,
    told           BIGINT NOT NULL,
    worst_type     BIGINT NOT NULL,
    worst_sessions BIGINT NOT NULL,
    PRIMARY KEY (domain, day, intake_id, part)
);
CREATE INDEX inbox_level_of ON inbox_level (intake_id, part);
CREATE INDEX inbox_level_domain
    ON inbox_level (domain, day, reporter, verdict, state);
CREATE INDEX inbox_level_reporter ON inbox_level (reporter, day);
CREATE INDEX inbox_level_listed ON inbox_level (day, intake_id, part);

CREATE TABLE inbox_day (
    day           BIGINT NOT NULL,
    domain        TEXT COLLATE "C" NOT NULL,
    state         BIGINT NOT NULL,
    verdict       BIGINT NOT NULL,
    reports       BIGINT NOT NULL,
    reporters     BIGINT NOT NULL,
    received_at   BIGINT NOT NULL,
    authenticated BIGINT NOT NULL,
    testing       BIGINT NOT NULL,
    encrypted     BIGINT NOT NULL,
    cleartext     BIGINT NOT NULL,
    not_sent      BIGINT NOT NULL,
    told          BIGINT NOT NULL,
    worst_type    BIGINT NOT NULL,
    PRIMARY KEY (domain, day, state, verdict)
);
CREATE INDEX inbox_day_day ON inbox_day (day);

CREATE TABLE inbox_reporter (
    day         BIGINT NOT NULL,
    reporter    TEXT COLLATE "C" NOT NULL,
    state       BIGINT NOT NULL,
    verdict     BIGINT NOT NULL,
    reports     BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    sessions    BIGINT NOT NULL,
    failures    BIGINT NOT NULL,
    PRIMARY KEY (reporter, day, state, verdict)
);
CREATE INDEX inbox_reporter_day ON inbox_reporter (day);
