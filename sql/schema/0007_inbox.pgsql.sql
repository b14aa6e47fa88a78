-- The same tables as in SQLite, where the columns are explained. Domain first:
-- it is what rows are spread by.
CREATE TABLE owned_domain (
    domain   TEXT COLLATE "C" PRIMARY KEY,
    token    TEXT COLLATE "C" NOT NULL DEFAULT '',
    added_at BIGINT NOT NULL
);

CREATE TABLE inbox (
    intake_id    TEXT COLLATE "C" NOT NULL,
    part         BIGINT NOT NULL,
    received_at  BIGINT NOT NULL,
    way          TEXT COLLATE "C" NOT NULL,
    peer         TEXT COLLATE "C" NOT NULL,
    route        TEXT COLLATE "C" NOT NULL,
    sender       TEXT COLLATE "C" NOT NULL,
    recipient    TEXT COLLATE "C" NOT NULL,
    state        BIGINT NOT NULL,
    reason       TEXT COLLATE "C" NOT NULL,
    verdict      BIGINT NOT NULL,
    trust        TEXT COLLATE "C" NOT NULL,
    submitter    TEXT COLLATE "C" NOT NULL,
    organization TEXT COLLATE "C" NOT NULL,
    contact      TEXT COLLATE "C" NOT NULL,
    report_id    TEXT COLLATE "C" NOT NULL,
    start_at     BIGINT,
    end_at       BIGINT,
    policies     BIGINT NOT NULL,
    succeeded    BIGINT NOT NULL,
    failed       BIGINT NOT NULL,
    notes        TEXT COLLATE "C" NOT NULL,
    identity_key BYTEA NOT NULL,
    content_key  BYTEA NOT NULL,
    like_id      TEXT COLLATE "C" NOT NULL DEFAULT '',
    PRIMARY KEY (intake_id, part)
);

CREATE INDEX inbox_received ON inbox (received_at, intake_id, part);
CREATE INDEX inbox_identity ON inbox (identity_key);

CREATE TABLE inbox_raw (
    intake_id TEXT COLLATE "C" PRIMARY KEY,
    raw       BYTEA NOT NULL,
    raw_bytes BIGINT NOT NULL
);

CREATE TABLE inbox_policy (
    day           BIGINT NOT NULL,
    domain        TEXT COLLATE "C" NOT NULL,
    intake_id     TEXT COLLATE "C" NOT NULL,
    part          BIGINT NOT NULL,
    policy        BIGINT NOT NULL,
    policy_type   BIGINT NOT NULL,
    unknown_type  TEXT COLLATE "C" NOT NULL,
    policy_domain TEXT COLLATE "C" NOT NULL,
    strings       TEXT COLLATE "C" NOT NULL,
    mx_hosts      TEXT COLLATE "C" NOT NULL,
    succeeded     BIGINT NOT NULL,
    failed        BIGINT NOT NULL,
    PRIMARY KEY (domain, day, intake_id, part, policy)
);
CREATE INDEX inbox_policy_of ON inbox_policy (intake_id, part, policy);

CREATE TABLE inbox_detail (
    day          BIGINT NOT NULL,
    domain       TEXT COLLATE "C" NOT NULL,
    intake_id    TEXT COLLATE "C" NOT NULL,
    part         BIGINT NOT NULL,
    policy       BIGINT NOT NULL,
    detail       BIGINT NOT NULL,
    result_type  BIGINT NOT NULL,
    unknown_type TEXT COLLATE "C" NOT NULL,
    sending_ip   TEXT COLLATE "C" NOT NULL,
    mx_hostname  TEXT COLLATE "C" NOT NULL,
    helo         TEXT COLLATE "C" NOT NULL,
    receiving_ip TEXT COLLATE "C" NOT NULL,
    info         TEXT COLLATE "C" NOT NULL,
    reason       TEXT COLLATE "C" NOT NULL,
    sessions     BIGINT,
    PRIMARY KEY (domain, day, intake_id, part, policy, detail)
);

CREATE TABLE intake_place (
    spool    TEXT COLLATE "C" PRIMARY KEY,
    segment  BIGINT NOT NULL,
    position BIGINT NOT NULL
);
