DELETE FROM owned_host
WHERE domain = $1
