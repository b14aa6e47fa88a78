-- The same table as in SQLite, where it is explained.
CREATE TABLE delivery_host (
    host   TEXT COLLATE "C" PRIMARY KEY,
    due_at BIGINT NOT NULL
);
CREATE INDEX delivery_host_due ON delivery_host (due_at, host);

INSERT INTO delivery_host (host, due_at)
SELECT host, MIN(due_at) FROM delivery
WHERE done_at IS NULL AND to_sign = 0
GROUP BY host;

DROP INDEX delivery_due;
CREATE INDEX delivery_due ON delivery (host, due_at, delivery_id)
    WHERE done_at IS NULL AND to_sign = 0;
