SELECT last_at, first_at, dnssec
FROM rua_seen
WHERE domain = $1 AND uri = $2
