-- The same as in SQLite, where it is explained.
ALTER TABLE delivery ADD COLUMN target TEXT COLLATE "C" NOT NULL DEFAULT '';

CREATE INDEX delivery_done_at ON delivery (done_at, state)
    WHERE done_at IS NOT NULL;
CREATE INDEX delivery_attempt_started ON delivery_attempt (started_at);
