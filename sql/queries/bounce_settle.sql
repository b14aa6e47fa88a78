UPDATE delivery SET state = $3, reason = $4
WHERE delivery_id = $1 AND attempts = $2 AND state IN ($5, $6)
