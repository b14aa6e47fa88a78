-- Who may look at the page and ask the API, and what was done about that.
CREATE TABLE web_user (
    name       TEXT PRIMARY KEY,
    role       TEXT NOT NULL,     -- 'admin', 'analyst', 'viewer'
    bound      INTEGER NOT NULL,  -- 1: sees the domains of web_user_domain only
    password   TEXT NOT NULL,     -- as crypt(5) has it; '*': none fits
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL   -- last login; 0: never
) STRICT, WITHOUT ROWID;

CREATE TABLE web_user_domain (
    name   TEXT NOT NULL,
    domain TEXT NOT NULL,
    PRIMARY KEY (name, domain)
) STRICT, WITHOUT ROWID;

-- secret_key: SHA-256 of what the client shows; the secret itself is not kept.
CREATE TABLE web_session (
    secret_key BLOB PRIMARY KEY,
    name       TEXT NOT NULL,
    csrf       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE api_token (
    token_id   TEXT PRIMARY KEY,   -- UUID
    secret_key BLOB NOT NULL UNIQUE,
    name       TEXT NOT NULL,      -- of the user
    label      TEXT NOT NULL,      -- what it is for
    scope      TEXT NOT NULL,      -- 'read', 'admin'
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL    -- 0: never
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    audit_id TEXT PRIMARY KEY,  -- UUID, grows with time
    at       INTEGER NOT NULL,
    name     TEXT NOT NULL,     -- who did it, or tried
    address  TEXT NOT NULL,
    event    TEXT NOT NULL,     -- 'login', 'user-add', ...
    detail   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
