-- 1: the attempt is going on, and who makes it is yet to write its end.
SELECT CASE WHEN d.target = '' THEN d.uri ELSE d.target END,
    CASE WHEN a.ended_at IS NULL AND d.worker <> ''
        AND d.attempts = $2 AND d.due_at > $3 THEN 1 ELSE 0 END
FROM delivery d JOIN delivery_attempt a ON a.delivery_id = d.delivery_id
WHERE d.delivery_id = $1 AND a.attempt = $2
