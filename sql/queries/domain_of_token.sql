SELECT domain
FROM owned_domain
WHERE token = $1 AND token <> ''
ORDER BY domain
LIMIT 2
