-- By hand: the 24 hours begin anew, and a mail is made for today's keys.
UPDATE delivery SET state = $2, reason = '', due_at = $3, first_at = NULL,
    forgiven = attempts, done_at = NULL,
    to_sign = CASE WHEN LOWER(CASE WHEN target = '' THEN uri ELSE target END)
        LIKE 'mailto:%' THEN 1 ELSE 0 END
WHERE delivery_id = $1 AND done_at IS NOT NULL
