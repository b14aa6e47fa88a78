DELETE FROM owned_domain
WHERE domain = $1
