-- The last value, if it is this one, was seen again.
UPDATE published SET last_at = CASE WHEN last_at > $6 THEN last_at ELSE $6 END
WHERE domain = $1 AND kind = $2 AND subject = $3 AND value = $4 AND dnssec = $5
    AND first_at = (SELECT MAX(first_at) FROM published
        WHERE domain = $1 AND kind = $2 AND subject = $3)
