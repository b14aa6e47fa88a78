-- Unless more came meanwhile.
UPDATE day SET authenticated = $2, testing = $3, encrypted = $4, cleartext = $5,
    not_sent = $6
WHERE day = $1 AND due = 0
