-- Hosts that deliveries wait for, so that one with a million of them, whose turn
-- it is not, is passed over in one step.
CREATE TABLE delivery_host (
    host   TEXT PRIMARY KEY,
    due_at INTEGER NOT NULL  -- no delivery to it is due earlier
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_host_due ON delivery_host (due_at, host);

INSERT INTO delivery_host (host, due_at)
SELECT host, MIN(due_at) FROM delivery
WHERE done_at IS NULL AND to_sign = 0
GROUP BY host;

DROP INDEX delivery_due;
CREATE INDEX delivery_due ON delivery (host, due_at, delivery_id)
    WHERE done_at IS NULL AND to_sign = 0;
