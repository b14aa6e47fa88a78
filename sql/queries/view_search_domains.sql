SELECT o.domain
FROM owned_domain o
WHERE REPLACE(o.domain, $1, '') <> o.domain
    AND ($2 = ''
        OR REPLACE($2, '|' || o.domain || '|', '') <> $2)
ORDER BY o.domain
LIMIT $3
