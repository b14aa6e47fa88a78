-- As in SQLite, where it is explained.
ALTER TABLE day ADD COLUMN authenticated BIGINT;
ALTER TABLE day ADD COLUMN testing BIGINT;
ALTER TABLE day ADD COLUMN encrypted BIGINT;
ALTER TABLE day ADD COLUMN cleartext BIGINT;
ALTER TABLE day ADD COLUMN not_sent BIGINT;
