-- The newest stay.
DELETE FROM published
WHERE domain = $1 AND kind = $2 AND subject = $3
    AND first_at < (SELECT first_at FROM published
        WHERE domain = $1 AND kind = $2 AND subject = $3
        ORDER BY first_at DESC LIMIT 1 OFFSET $4)
