-- The same as in SQLite, where it is explained.
ALTER TABLE collector ADD COLUMN claim TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE collector ADD COLUMN place TEXT COLLATE "C" NOT NULL DEFAULT '';

CREATE TABLE collector_journal (
    collector TEXT COLLATE "C" NOT NULL,
    journal   TEXT COLLATE "C" NOT NULL,
    segment   BIGINT NOT NULL,
    position  BIGINT NOT NULL,
    PRIMARY KEY (collector, journal)
);
