SELECT o.domain, o.added_at, o.token,
    COALESCE((SELECT MAX(d.received_at) FROM inbox_day d
        WHERE d.domain = o.domain AND d.state = $5), 0)
FROM owned_domain o
WHERE o.domain > $1 AND ($2 = '' OR o.domain = $2)
    AND ($3 = ''
        OR REPLACE($3, '|' || o.domain || '|', '') <> $3)
ORDER BY o.domain
LIMIT $4
