-- A delivery may be claimed from its time on: its host is due then at the
-- latest.
INSERT INTO delivery_host AS h (host, due_at)
SELECT host, due_at
FROM delivery
WHERE delivery_id = $1 AND done_at IS NULL AND to_sign = 0
ON CONFLICT (host) DO UPDATE SET due_at =
    CASE WHEN excluded.due_at < h.due_at THEN excluded.due_at
        ELSE h.due_at END
