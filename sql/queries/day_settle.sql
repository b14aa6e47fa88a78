-- All reports are built, unless more came meanwhile.
UPDATE day SET due = 0 WHERE day = $1 AND due = $2
