-- Domains of a day with sessions of which nothing is decided yet, that have not
-- been looked at since $2; longest ago first.
SELECT domain
FROM log_level
WHERE day = $1
GROUP BY domain
HAVING MAX(looked_at) <= $2
    AND MAX(CASE WHEN sessions > datagrams + settled THEN 1 ELSE 0 END) = 1
ORDER BY MAX(looked_at), domain
LIMIT $3
