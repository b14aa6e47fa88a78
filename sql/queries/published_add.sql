INSERT INTO published (domain, kind, subject, value, dnssec, first_at, last_at)
VALUES ($1, $2, $3, $4, $5, $6, $6)
ON CONFLICT (domain, kind, subject, first_at) DO UPDATE
    SET value = excluded.value, dnssec = excluded.dnssec
