SELECT l.reporter
FROM owned_domain o JOIN inbox_level l ON l.domain = o.domain
WHERE l.reporter >= $1 AND l.reporter < $2
    AND ($4 = ''
        OR REPLACE($4, '|' || o.domain || '|', '') <> $4)
GROUP BY l.reporter
ORDER BY l.reporter
LIMIT $3
