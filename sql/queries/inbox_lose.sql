UPDATE inbox SET
    state = CASE WHEN content_key = $4 THEN $5 ELSE $6 END, like_id = $2
WHERE identity_key = $1 AND state IN ($5, $6, $7, $8)
    AND NOT (intake_id = $2 AND part = $3)
