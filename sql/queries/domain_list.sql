SELECT domain, token, added_at
FROM owned_domain
ORDER BY domain
