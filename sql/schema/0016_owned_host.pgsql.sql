-- The same as in SQLite, where it is explained.
CREATE TABLE owned_host (
    host   TEXT COLLATE "C" NOT NULL,
    domain TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (host, domain)
);
CREATE INDEX owned_host_domain ON owned_host (domain, host);
