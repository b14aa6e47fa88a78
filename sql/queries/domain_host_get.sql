SELECT domain
FROM owned_host
WHERE host = $1 AND domain = $2
