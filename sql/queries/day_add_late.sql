-- Late sessions of a closed day; $4 to $8 by level.
UPDATE day SET late = late + $2 + $3,
    succeeded = succeeded + dropped * $2,
    failed = failed + dropped * $3,
    authenticated = authenticated + dropped * $4,
    testing = testing + dropped * $5,
    encrypted = encrypted + dropped * $6,
    cleartext = cleartext + dropped * $7,
    not_sent = not_sent + dropped * $8
WHERE day = $1
