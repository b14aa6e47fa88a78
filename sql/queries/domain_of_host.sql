SELECT domain
FROM owned_host
WHERE host = $1
ORDER BY domain
LIMIT 2
