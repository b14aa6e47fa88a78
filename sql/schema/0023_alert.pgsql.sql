-- As in SQLite, where it is explained.
CREATE TABLE alert_way (
    way         TEXT COLLATE "C" PRIMARY KEY,
    worker      TEXT COLLATE "C" NOT NULL DEFAULT '',
    worked_until BIGINT NOT NULL DEFAULT 0,
    due_at      BIGINT NOT NULL DEFAULT 0,
    failures    BIGINT NOT NULL DEFAULT 0,
    message_id  TEXT COLLATE "C" NOT NULL DEFAULT '',
    left_out    BIGINT NOT NULL DEFAULT 0,
    message_left_out BIGINT NOT NULL DEFAULT 0,
    tried_at    BIGINT,
    answer      TEXT COLLATE "C" NOT NULL DEFAULT ''
);
CREATE TABLE alert_said (
    way         TEXT COLLATE "C" NOT NULL,
    domain      TEXT COLLATE "C" NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    subject     TEXT COLLATE "C" NOT NULL,
    finding_id  TEXT COLLATE "C" NOT NULL,
    severity    BIGINT NOT NULL,
    conclusion  BIGINT NOT NULL,
    is_closed   BIGINT NOT NULL,
    is_silent   BIGINT NOT NULL,
    said_at     BIGINT NOT NULL,
    PRIMARY KEY (way, domain, kind, subject)
);
CREATE TABLE alert (
    alert_id    TEXT COLLATE "C" PRIMARY KEY,
    way         TEXT COLLATE "C" NOT NULL,
    event       BIGINT NOT NULL,
    state       BIGINT NOT NULL,
    message_id  TEXT COLLATE "C" NOT NULL DEFAULT '',
    made_at     BIGINT NOT NULL,
    done_at     BIGINT,
    finding_id  TEXT COLLATE "C" NOT NULL,
    kind        TEXT COLLATE "C" NOT NULL,
    domain      TEXT COLLATE "C" NOT NULL,
    subject     TEXT COLLATE "C" NOT NULL,
    severity    BIGINT NOT NULL,
    conclusion  BIGINT NOT NULL,
    confidence  BIGINT NOT NULL,
    first_day   BIGINT NOT NULL,
    last_day    BIGINT NOT NULL
);
CREATE INDEX alert_waiting ON alert (way, alert_id) WHERE state = 1;
CREATE INDEX alert_made ON alert (made_at);
