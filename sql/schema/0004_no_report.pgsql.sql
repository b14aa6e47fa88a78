-- The same table as in SQLite, where the columns are explained.
CREATE TABLE no_report (
    day    BIGINT NOT NULL,
    domain TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (domain, day)
);
