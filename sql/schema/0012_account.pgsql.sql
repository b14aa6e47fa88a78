-- The same as in SQLite, where it is explained.
CREATE TABLE web_user (
    name TEXT COLLATE "C" PRIMARY KEY,
    role TEXT COLLATE "C" NOT NULL,
    bound BIGINT NOT NULL,
    password TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);

CREATE TABLE web_user_domain (
    name TEXT COLLATE "C" NOT NULL,
    domain TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (name, domain)
);

CREATE TABLE web_session (
    secret_key BYTEA PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    csrf TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);

CREATE TABLE api_token (
    token_id TEXT COLLATE "C" PRIMARY KEY,
    secret_key BYTEA NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    label TEXT COLLATE "C" NOT NULL,
    scope TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);

CREATE TABLE audit (
    audit_id TEXT COLLATE "C" PRIMARY KEY,
    at BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    event TEXT COLLATE "C" NOT NULL,
    detail TEXT COLLATE "C" NOT NULL
);
