-- The same tables as in SQLite, where the columns are explained.
CREATE TABLE log_file (
    collector  TEXT COLLATE "C" NOT NULL,
    path       TEXT COLLATE "C" NOT NULL,
    device     BIGINT NOT NULL,
    inode      BIGINT NOT NULL,
    position   BIGINT NOT NULL,
    head_bytes BIGINT NOT NULL,
    head_crc   BIGINT NOT NULL,
    read_at    BIGINT NOT NULL,
    PRIMARY KEY (collector, path)
);

-- Made and dropped by the day, like the tallies.
CREATE TABLE log_level (
    day       BIGINT NOT NULL,
    domain    TEXT COLLATE "C" NOT NULL,
    mx_host   TEXT COLLATE "C" NOT NULL,
    peer_ip   TEXT COLLATE "C" NOT NULL,
    tls       BIGINT NOT NULL,
    level     BIGINT NOT NULL,
    sessions  BIGINT NOT NULL,
    datagrams BIGINT NOT NULL,
    first_at  BIGINT NOT NULL,
    last_at   BIGINT NOT NULL,
    PRIMARY KEY (domain, day, mx_host, peer_ip, tls, level)
) PARTITION BY RANGE (day);
CREATE TABLE log_level_rest PARTITION OF log_level DEFAULT;
CREATE INDEX log_level_rest_day ON log_level_rest (day);

CREATE TABLE log_history (
    domain          TEXT COLLATE "C" NOT NULL,
    mx_host         TEXT COLLATE "C" NOT NULL,
    first_at        BIGINT NOT NULL,
    last_at         BIGINT NOT NULL,
    first_tls_at    BIGINT NOT NULL,
    last_tls_at     BIGINT NOT NULL,
    run             BIGINT NOT NULL,
    run_since       BIGINT NOT NULL,
    best            BIGINT NOT NULL,
    missing_since   BIGINT NOT NULL,
    last_missing_at BIGINT NOT NULL,
    missing         BIGINT NOT NULL,
    PRIMARY KEY (domain, mx_host)
);
CREATE INDEX log_history_last ON log_history (last_at);
