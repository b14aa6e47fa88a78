-- Of hosts that no mail went to since the day began.
DELETE FROM log_history
WHERE (domain, mx_host) IN (
    SELECT domain, mx_host FROM log_history
    WHERE last_at < CAST($1 AS BIGINT) * 86400 LIMIT $2)
