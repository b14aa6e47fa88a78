-- The same as in SQLite, where it is explained.
ALTER TABLE inbox ADD COLUMN has_succeeded BIGINT NOT NULL DEFAULT 1;
ALTER TABLE inbox ADD COLUMN has_failed BIGINT NOT NULL DEFAULT 1;
ALTER TABLE inbox_policy ADD COLUMN has_succeeded BIGINT NOT NULL DEFAULT 1;
ALTER TABLE inbox_policy ADD COLUMN has_failed BIGINT NOT NULL DEFAULT 1;
