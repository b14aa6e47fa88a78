SELECT l.reporter
FROM owned_domain o CROSS JOIN inbox_level l
WHERE l.domain = o.domain AND l.reporter >= $1 AND l.reporter < $2
    AND ($4 = '' OR o.domain = ANY (string_to_array($4, '|')))
GROUP BY l.reporter
ORDER BY l.reporter
LIMIT $3
