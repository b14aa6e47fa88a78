-- The same tables as in SQLite, where the columns are explained. Here the policy
-- domain comes first in every key: see docs/architecture.md.

CREATE TABLE collector (
    collector     TEXT COLLATE "C" PRIMARY KEY,
    host          TEXT COLLATE "C" NOT NULL,
    journal       TEXT COLLATE "C" NOT NULL,
    segment       BIGINT NOT NULL,
    position      BIGINT NOT NULL,
    watermark     BIGINT NOT NULL,
    registered_at BIGINT NOT NULL,
    seen_at       BIGINT NOT NULL,
    forgotten     BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE day (
    day       BIGINT PRIMARY KEY,
    closed_at BIGINT,
    closed_by TEXT COLLATE "C" NOT NULL DEFAULT '',
    missing   TEXT COLLATE "C" NOT NULL DEFAULT '',
    due       BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE collector_count (
    day       BIGINT NOT NULL,
    collector TEXT COLLATE "C" NOT NULL,
    counter   TEXT COLLATE "C" NOT NULL,
    n         BIGINT NOT NULL,
    PRIMARY KEY (day, collector, counter)
);

CREATE TABLE tally_record (
    day        BIGINT NOT NULL,
    domain     TEXT COLLATE "C" NOT NULL,
    record_key BYTEA NOT NULL,
    part       BIGINT NOT NULL,
    record     TEXT COLLATE "C" NOT NULL,
    rua        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (domain, day, record_key, part)
);

CREATE TABLE tally_policy (
    day           BIGINT NOT NULL,
    domain        TEXT COLLATE "C" NOT NULL,
    record_key    BYTEA NOT NULL,
    part          BIGINT NOT NULL,
    policy_key    BYTEA NOT NULL,
    policy_type   BIGINT NOT NULL,
    policy_domain TEXT COLLATE "C" NOT NULL,
    strings       TEXT COLLATE "C" NOT NULL,
    mx_hosts      TEXT COLLATE "C" NOT NULL,
    succeeded     BIGINT NOT NULL,
    failed        BIGINT NOT NULL,
    PRIMARY KEY (domain, day, record_key, part, policy_key)
);

CREATE TABLE tally_detail (
    day          BIGINT NOT NULL,
    domain       TEXT COLLATE "C" NOT NULL,
    record_key   BYTEA NOT NULL,
    part         BIGINT NOT NULL,
    policy_key   BYTEA NOT NULL,
    detail_key   BYTEA NOT NULL,
    result_type  BIGINT NOT NULL,
    sending_ip   TEXT COLLATE "C" NOT NULL,
    mx_hostname  TEXT COLLATE "C" NOT NULL,
    helo         TEXT COLLATE "C" NOT NULL,
    receiving_ip TEXT COLLATE "C" NOT NULL,
    info         TEXT COLLATE "C" NOT NULL,
    reason       TEXT COLLATE "C" NOT NULL,
    sessions     BIGINT NOT NULL,
    PRIMARY KEY (domain, day, record_key, part, policy_key, detail_key)
);

CREATE TABLE report (
    report_id    TEXT COLLATE "C" PRIMARY KEY,
    day          BIGINT NOT NULL,
    domain       TEXT COLLATE "C" NOT NULL,
    record_key   BYTEA NOT NULL,
    part         BIGINT NOT NULL,
    rua          TEXT COLLATE "C" NOT NULL,
    file_name    TEXT COLLATE "C" NOT NULL,
    body         BYTEA NOT NULL,
    json_bytes   BIGINT NOT NULL,
    policies     BIGINT NOT NULL,
    succeeded    BIGINT NOT NULL,
    failed       BIGINT NOT NULL,
    folded       BIGINT NOT NULL,
    built_at     BIGINT NOT NULL,
    stale        BIGINT NOT NULL DEFAULT 0,
    frozen_at    BIGINT,
    delivered_at BIGINT,
    UNIQUE (domain, day, record_key, part)
);

CREATE INDEX report_undelivered ON report (day, domain)
    WHERE delivered_at IS NULL;
