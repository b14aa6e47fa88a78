-- Who was known first stays known, however many come after.
SELECT domain, last_at
FROM inbox_signer
WHERE last_at >= $1
ORDER BY first_at, domain
LIMIT $2
