-- The one that lasts longest.
SELECT kind, value, reason, added_at, until
FROM suppression
WHERE ((kind = 'domain'
            AND value = (SELECT domain FROM report WHERE report_id = $1))
        OR (kind = 'rua' AND value IN ($2, $3))
        OR (kind = 'host' AND value = $4))
    AND (until IS NULL OR until > $5)
ORDER BY CASE WHEN until IS NULL THEN 0 ELSE 1 END, until DESC
LIMIT 1
