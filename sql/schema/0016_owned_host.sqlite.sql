-- MX hosts of domains that are ours: what is told of a host by its name counts
-- for the domain. A host may be of many domains, and need not be ours.
CREATE TABLE owned_host (
    host   TEXT NOT NULL,  -- A-labels, lower case
    domain TEXT NOT NULL,
    PRIMARY KEY (host, domain)
) STRICT, WITHOUT ROWID;
CREATE INDEX owned_host_domain ON owned_host (domain, host);
