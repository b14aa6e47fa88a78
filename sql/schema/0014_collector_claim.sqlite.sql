-- Two collectors with one id: each tlsrptd that starts leaves a claim, and who
-- does not know the last one is a copy.
ALTER TABLE collector ADD COLUMN
    claim TEXT NOT NULL DEFAULT '';  -- UUID; '': the next to come is taken
ALTER TABLE collector ADD COLUMN
    place TEXT NOT NULL DEFAULT '';  -- where it runs; '': it was ended

-- Up to where a journal was committed that its collector has left.
CREATE TABLE collector_journal (
    collector TEXT NOT NULL,
    journal   TEXT NOT NULL,
    segment   INTEGER NOT NULL,
    position  INTEGER NOT NULL,
    PRIMARY KEY (collector, journal)
) STRICT, WITHOUT ROWID;
