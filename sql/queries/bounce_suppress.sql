-- One that lasts longer, such as the operator's own, stays.
INSERT INTO suppression AS s (kind, value, reason, added_at, until)
VALUES ('rua', $1, $2, $3, $4)
ON CONFLICT (kind, value) DO UPDATE SET reason = excluded.reason,
    added_at = excluded.added_at, until = excluded.until
    WHERE s.until < excluded.until
