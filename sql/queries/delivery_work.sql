-- The two parts are what the partial indices hold.
SELECT (SELECT COUNT(*) FROM delivery_attempt
        WHERE started_at >= $1 AND started_at < $2),
    CAST(SUM(n) AS BIGINT), MIN(oldest)
FROM (SELECT COUNT(*) AS n, MIN(queued_at) AS oldest FROM delivery
    WHERE done_at IS NULL AND to_sign = 0
    UNION ALL
    SELECT COUNT(*), MIN(queued_at) FROM delivery
    WHERE to_sign = 1 AND done_at IS NULL) AS w
