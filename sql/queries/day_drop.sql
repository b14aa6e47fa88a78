-- Unless more came meanwhile.
UPDATE day SET dropped = 1 WHERE day = $1 AND due = 0
