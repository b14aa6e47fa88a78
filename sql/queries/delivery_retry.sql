-- By hand: the 24 hours begin anew.
UPDATE delivery SET state = $2, reason = '', due_at = $3, first_at = NULL,
    forgiven = attempts, done_at = NULL
WHERE delivery_id = $1 AND done_at IS NOT NULL
