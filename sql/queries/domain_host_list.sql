SELECT host
FROM owned_host
WHERE domain = $1
ORDER BY host
