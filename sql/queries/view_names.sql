SELECT o.domain
FROM owned_domain o
WHERE ($1 = '' OR o.domain = $1)
    AND ($2 = ''
        OR REPLACE($2, '|' || o.domain || '|', '') <> $2)
ORDER BY o.domain
