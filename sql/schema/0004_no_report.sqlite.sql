-- Domains of a closed day that get no report although they ask for one. Late
-- sessions remove the row.
CREATE TABLE no_report (
    day    INTEGER NOT NULL,
    domain TEXT NOT NULL,
    reason TEXT NOT NULL,       -- for a person
    PRIMARY KEY (day, domain)
) STRICT, WITHOUT ROWID;
