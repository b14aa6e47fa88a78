-- Unless more came meanwhile, or the tallies they are told from are going.
UPDATE day SET authenticated = $2, testing = $3, encrypted = $4, cleartext = $5,
    not_sent = $6
WHERE day = $1 AND due = 0 AND dropped = 0
