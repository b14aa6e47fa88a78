-- What the logs of our MTAs tell of their sessions, how far each log has been
-- read, and what was seen of each MX host so far.
CREATE TABLE log_file (
    collector  TEXT NOT NULL,     -- whose machine it is on
    path       TEXT NOT NULL,
    device     INTEGER NOT NULL,
    inode      INTEGER NOT NULL,
    position   INTEGER NOT NULL,  -- bytes that are counted
    head_bytes INTEGER NOT NULL,  -- of its first bytes,
    head_crc   INTEGER NOT NULL,  -- CRC-32C, by which it is known again
    read_at    INTEGER NOT NULL,
    PRIMARY KEY (collector, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE log_level (
    day       INTEGER NOT NULL,  -- of the log's time
    domain    TEXT NOT NULL,     -- policy domain
    mx_host   TEXT NOT NULL,
    peer_ip   TEXT NOT NULL,
    tls       INTEGER NOT NULL,  -- model/tls_seen.def
    level     INTEGER NOT NULL,  -- model/levels.def
    sessions  INTEGER NOT NULL,
    datagrams INTEGER NOT NULL,  -- of them the MTA sent one: in tallies too
    first_at  INTEGER NOT NULL,
    last_at   INTEGER NOT NULL,
    PRIMARY KEY (day, domain, mx_host, peer_ip, tls, level)
) STRICT, WITHOUT ROWID;

CREATE INDEX log_level_domain ON log_level (domain, day);

-- model/mta_history.h; a time that was never is 0.
CREATE TABLE log_history (
    domain          TEXT NOT NULL,
    mx_host         TEXT NOT NULL,
    first_at        INTEGER NOT NULL,
    last_at         INTEGER NOT NULL,
    first_tls_at    INTEGER NOT NULL,
    last_tls_at     INTEGER NOT NULL,
    run             INTEGER NOT NULL,
    run_since       INTEGER NOT NULL,
    best            INTEGER NOT NULL,  -- model/levels.def; 0: no TLS yet
    missing_since   INTEGER NOT NULL,
    last_missing_at INTEGER NOT NULL,
    missing         INTEGER NOT NULL,
    PRIMARY KEY (domain, mx_host)
) STRICT, WITHOUT ROWID;

CREATE INDEX log_history_last ON log_history (last_at);
