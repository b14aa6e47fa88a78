SELECT MAX(d.received_at)
FROM owned_domain o JOIN inbox_day d ON d.domain = o.domain
WHERE d.state = $1 AND ($2 = '' OR o.domain = $2)
    AND ($3 = ''
        OR REPLACE($3, '|' || o.domain || '|', '') <> $3)
